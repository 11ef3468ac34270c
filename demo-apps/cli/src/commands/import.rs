use std::io::{IsTerminal, stdin};
use std::path::Path;

use lock_keeper_core::{Code, SecretBytes};
use zeroize::Zeroizing;

use super::Context;
use super::generate::not_stored;
use crate::arguments::Import;
use crate::failure::{Failure, Trouble};
use crate::output::Report;
use crate::standard_input::Source;

/// Bytes of a secret at most (`docs/protocol.md`, limits).
const MAX_SECRET_BYTES: usize = 32_768;

pub(super) fn run(context: &Context<'_>, import: &Import) -> Result<Report, Failure> {
    let mut passwords = context.passwords()?;
    let (password, bytes) = if import.file == Path::new("-") {
        // The line with the password comes first where both come on standard input.
        let password = passwords.current(&context.device, &import.account.name)?;
        (password, from_standard_input()?)
    } else {
        // A file that cannot be read ends the command before anybody types a password.
        let bytes =
            Source::file(&import.file).and_then(|mut source| source.rest(MAX_SECRET_BYTES)).map_err(|error| {
                let message = format!("{} cannot be read: {error}.", import.file.display());
                Failure::new(Trouble::FileUnreadable, message)
            })?;
        (passwords.current(&context.device, &import.account.name)?, bytes)
    };
    if bytes.len() > MAX_SECRET_BYTES {
        return Err(Code::SecretTooLarge.into());
    }
    let session = context.device.open_session(&import.account.name, password)?;
    let id = import.new.id.unwrap_or_else(|| session.new_secret_id());
    let call = context.device.call()?;
    let label = import.new.label.as_deref();
    let info = session
        .import_secret(SecretBytes::from(bytes), label, Some(id), &call)
        .map_err(|error| not_stored(error, id))?;
    Ok(Report::Imported(info))
}

/// What is left of standard input. It is read without a buffer, so the line with the password is gone from it, if it was there.
fn from_standard_input() -> Result<Zeroizing<Vec<u8>>, Failure> {
    if stdin().is_terminal() {
        return Err(Failure::new(Trouble::FileUnreadable, "Nothing is piped into standard input.")
            .with_next("Give a file, or pipe the secret in: what is typed here would stay on the screen."));
    }
    Source::standard()
        .and_then(|mut source| source.rest(MAX_SECRET_BYTES))
        .map_err(|error| Failure::new(Trouble::FileUnreadable, format!("Standard input cannot be read: {error}.")))
}
