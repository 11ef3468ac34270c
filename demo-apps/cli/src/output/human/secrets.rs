use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lock_keeper_core::vault::ExportedSecret;
use lock_keeper_core::{SecretBytes, SecretInfo};
use zeroize::Zeroizing;

use super::done;
use crate::moment;
use crate::output::json::origin;
use crate::output::printable::{as_text, printable};
use crate::output::style::Style;
use crate::output::{Retrieved, Text};

/// A secret that is on the server now.
pub(super) fn stored(what: &str, info: &SecretInfo, style: Style) -> String {
    let mut text = done(style, &format!("{what} of {}.", bytes(info.length)));
    describe(&mut text, info, style);
    text
}

/// All secrets in columns. The label is the last one, so that no script's characters can push another out of line.
pub(super) fn list(infos: &[SecretInfo], style: Style) -> String {
    if infos.is_empty() {
        return "There are no secrets yet.\n".to_owned();
    }
    let head = format!("{:<32}  {:>6}  {:<9}  {:<19}  LABEL", "SECRET ID", "BYTES", "ORIGIN", "STORED (UTC)");
    let mut text = style.bold(&head) + "\n";
    for info in infos {
        let label = info.label.as_deref().map_or_else(|| style.dim("-"), printable);
        let (id, origin, created) = (info.id.to_string(), origin(info.origin), moment::readable(info.created));
        add(&mut text, &format!("{}  {:>6}  {origin:<9}  {created}  {label}", style.cyan(&id), info.length));
    }
    let count = if infos.len() == 1 { "1 secret".to_owned() } else { format!("{} secrets", infos.len()) };
    add(&mut text, &style.dim(&count));
    text
}

/// A secret that came back: its bytes only where they were asked for.
pub(super) fn retrieved(retrieved: &Retrieved, style: Style) -> Text {
    let (info, secret) = (&retrieved.secret.info, retrieved.secret.bytes.expose());
    // Room for the secret in both forms, so that the text does not move and leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(4_096 + secret.len() * 3));
    text.push_str(&done(style, &format!("Opened a secret of {}.", bytes(info.length))));
    describe(&mut text, info, style);
    if let Some(out) = &retrieved.out {
        add(&mut text, &field("file", &format!("{} (only you can read it)", printable(out)), style));
    }
    if retrieved.show {
        text.push_str(&style.dim(&format!("  {:<8}", "base64")));
        URL_SAFE_NO_PAD.encode_string(secret, &mut text);
        text.push('\n');
        if let Some(readable) = as_text(secret) {
            text.push_str(&style.dim("  as text:\n"));
            text.push_str(readable);
            text.push_str(if readable.ends_with('\n') { "" } else { "\n" });
        }
    }
    text
}

/// A file in the exchange format, and how it is laid out.
pub(super) fn exported(out: &str, file: &SecretBytes, parts: &ExportedSecret, style: Style) -> String {
    let mut text = done(style, &format!("Wrote {} to {} (only you can read it).", bytes(file.len()), printable(out)));
    let rows = [
        (1, format!("the secret's length: {}", parts.secret.len())),
        (parts.secret.len(), "the secret".to_owned()),
        (1, format!("the associated data's length: {}", parts.associated_data.len())),
        (parts.associated_data.len(), "associated data: which vault and which secret it is".to_owned()),
    ];
    for (length, what) in rows {
        let unit = if length == 1 { "byte " } else { "bytes" };
        add(&mut text, &format!("  {} {what}", style.dim(&format!("{length:>4} {unit}"))));
    }
    text
}

fn describe(text: &mut String, info: &SecretInfo, style: Style) {
    add(text, &field("id", &style.cyan(&info.id.to_string()), style));
    if let Some(label) = &info.label {
        add(text, &field("label", &printable(label), style));
    }
    let stored = format!("{} UTC, {}", moment::readable(info.created), origin(info.origin));
    add(text, &field("stored", &stored, style));
}

fn field(name: &str, value: &str, style: Style) -> String {
    format!("{}{value}", style.dim(&format!("  {name:<8}")))
}

fn bytes(length: usize) -> String {
    if length == 1 { "1 byte".to_owned() } else { format!("{length} bytes") }
}

fn add(text: &mut String, line: &str) {
    // Writing into a String can't fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use lock_keeper_core::{Origin, Secret, SecretId};

    use super::*;

    fn secret(bytes: &[u8]) -> Secret {
        let info = SecretInfo {
            id: SecretId([0xa5; 16]),
            label: Some("codes".to_owned()),
            origin: Origin::Imported,
            created: UNIX_EPOCH,
            length: bytes.len(),
        };
        Secret { info, bytes: SecretBytes::from(bytes) }
    }

    fn shown(show: bool, bytes: &[u8]) -> Text {
        retrieved(&Retrieved { secret: secret(bytes), show, out: None }, Style::plain())
    }

    #[test]
    fn a_secret_is_shown_only_where_it_was_asked_for() {
        assert!(!shown(false, b"hunter2").contains("hunter2"));
        assert!(!shown(false, b"hunter2").contains("aHVudGVyMg"));
        assert!(shown(true, b"hunter2").contains("base64  aHVudGVyMg\n  as text:\nhunter2\n"));
    }

    #[test]
    fn bytes_that_would_act_on_the_terminal_are_shown_in_base64_only() {
        assert!(!shown(true, b"\x1b[2J").contains('\x1b'));
    }

    #[test]
    fn columns_line_up_whatever_the_label_is() {
        let infos = [secret(b"a").info, SecretInfo { label: None, length: 32_768, ..secret(b"a").info }];
        let text = list(&infos, Style::plain());
        let lines: Vec<_> = text.lines().collect();
        let column = lines[0].find("LABEL").unwrap();
        assert_eq!(&lines[1][column..], "codes");
        assert_eq!(&lines[2][column..], "-");
        assert_eq!(lines[3], "2 secrets");
    }
}
