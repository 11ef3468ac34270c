use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter ones are found by chance.
const LEAST_BYTES: usize = 8;
/// How much of a file or of a process is looked at in one piece, in bytes.
pub(super) const PIECE: usize = 1 << 20;

/// What was found, as `the password (base64)`.
pub type Findings = BTreeSet<String>;

/// Something to look for.
#[derive(Clone)]
pub struct Needle {
    what: &'static str,
    bytes: Vec<u8>,
    is_text: bool,
}

impl Needle {
    /// Text, which may be there in UTF-16 too.
    #[must_use]
    pub fn text(what: &'static str, text: &str) -> Self {
        Self { what, bytes: text.as_bytes().to_vec(), is_text: true }
    }

    /// Bytes that are no text.
    #[must_use]
    pub fn bytes(what: &'static str, bytes: &[u8]) -> Self {
        Self { what, bytes: bytes.to_vec(), is_text: false }
    }

    /// What it is.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Every form in which somebody may have written it down.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let lower: String = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let numbers: Vec<String> = self.bytes.iter().map(u8::to_string).collect();
        let mut forms = vec![
            ("raw", self.bytes.clone()),
            ("hex", lower.clone().into_bytes()),
            ("hex, upper case", lower.to_uppercase().into_bytes()),
            // As a derived `Debug` prints bytes.
            ("a list of numbers", numbers.join(", ").into_bytes()),
        ];
        for offset in 0..3 {
            forms.push(("base64", base64_inside(&STANDARD_NO_PAD, &self.bytes, offset)));
            forms.push(("base64url", base64_inside(&URL_SAFE_NO_PAD, &self.bytes, offset)));
        }
        if self.is_text {
            let text = String::from_utf8_lossy(&self.bytes);
            forms.push(("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        }
        forms
    }
}

/// The characters that stand for `bytes` alone where `offset` other bytes, modulo 3, come before them.
fn base64_inside(engine: &impl Engine, bytes: &[u8], offset: usize) -> Vec<u8> {
    let text = engine.encode([vec![0; offset], bytes.to_vec()].concat());
    let first = (offset * 8).div_ceil(6);
    let last = (offset + bytes.len()) * 8 / 6;
    text.as_bytes()[first..last].to_vec()
}

/// Many needles in all of their forms, which are looked for at once.
pub struct Needles {
    forms: Vec<String>,
    automaton: AhoCorasick,
    longest: usize,
}

impl Needles {
    /// # Panics
    /// Where one is so short that it would be found by chance.
    #[must_use]
    pub fn new(needles: &[Needle]) -> Self {
        let mut forms = Vec::new();
        let mut patterns = Vec::new();
        for needle in needles {
            assert!(needle.bytes.len() >= LEAST_BYTES, "{} is too short to be looked for", needle.what);
            for (form, pattern) in needle.forms() {
                forms.push(format!("{} ({form})", needle.what));
                patterns.push(pattern);
            }
        }
        let longest = patterns.iter().map(Vec::len).max().unwrap_or(0);
        // The automaton without links to follow: many gigabytes are looked at.
        let built = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&patterns);
        Self { forms, automaton: built.expect("there are few needles"), longest }
    }

    /// What of it is in these bytes.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> Findings {
        self.automaton
            .find_overlapping_iter(bytes)
            .map(|found| self.forms[found.pattern().as_usize()].clone())
            .collect()
    }

    /// What of it is in this file.
    ///
    /// # Panics
    /// Where the file can't be read.
    #[must_use]
    pub fn in_file(&self, path: &Path) -> Findings {
        self.try_file(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn try_file(&self, path: &Path) -> io::Result<Findings> {
        let mut file = File::open(path)?;
        let mut pieces = Pieces::new(self);
        let mut buffer = vec![0; PIECE];
        loop {
            let length = file.read(&mut buffer)?;
            if length == 0 {
                return Ok(pieces.findings);
            }
            pieces.look_at(&buffer[..length]);
        }
    }

    /// What of it is in the files below this directory. What goes away meanwhile is passed over, and so is what is in a directory that
    /// `skip` names.
    ///
    /// # Panics
    /// Where a file can't be read.
    #[must_use]
    pub fn in_directory(&self, directory: &Path, skip: &dyn Fn(&Path) -> bool) -> Findings {
        let mut findings = Findings::new();
        for entry in std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.expect("a directory can be listed").path();
            if path.is_dir() {
                if !skip(&path) {
                    findings.extend(self.in_directory(&path, skip));
                }
                continue;
            }
            match self.try_file(&path) {
                Ok(found) => findings.extend(found),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
        findings
    }
}

/// Looks at what comes piece by piece, across the seams.
pub(super) struct Pieces<'a> {
    needles: &'a Needles,
    window: Vec<u8>,
    pub(super) findings: Findings,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(needles: &'a Needles) -> Self {
        Self { needles, window: Vec::new(), findings: Findings::new() }
    }

    pub(super) fn look_at(&mut self, piece: &[u8]) {
        // The end of the last piece may hold the beginning of a needle.
        let kept = self.window.len().min(self.needles.longest);
        self.window.drain(..self.window.len() - kept);
        self.window.extend_from_slice(piece);
        self.findings.extend(self.needles.in_bytes(&self.window));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "correct horse battery";

    #[test]
    fn every_form_is_found_wherever_it_stands() {
        let needles = Needles::new(&[Needle::text("it", TEXT)]);
        for before in 0..7 {
            let inside = [vec![b'x'; before], TEXT.into(), vec![b'y'; 5]].concat();
            let utf16: Vec<u8> = String::from_utf8_lossy(&inside).encode_utf16().flat_map(u16::to_le_bytes).collect();
            let hex: String = inside.iter().map(|byte| format!("{byte:02x}")).collect();
            for (form, bytes) in [
                ("raw", inside.clone()),
                ("hex", hex.clone().into()),
                ("hex, upper case", hex.to_uppercase().into()),
                ("a list of numbers", format!("{inside:?}").into()),
                ("base64", STANDARD_NO_PAD.encode(&inside).into()),
                ("base64url", URL_SAFE_NO_PAD.encode(&inside).into()),
                ("UTF-16", utf16),
            ] {
                assert!(needles.in_bytes(&bytes).contains(&format!("it ({form})")), "{form} after {before} bytes");
            }
        }
    }

    #[test]
    fn what_lies_across_a_seam_is_found_and_what_is_not_there_is_not() {
        let needles = Needles::new(&[Needle::text("it", TEXT)]);
        for seam in 0..=TEXT.len() {
            let mut pieces = Pieces::new(&needles);
            pieces.look_at(&[b"before ", &TEXT.as_bytes()[..seam]].concat());
            pieces.look_at(&TEXT.as_bytes()[seam..]);
            assert_eq!(pieces.findings.len(), 1, "{seam}");
        }
        assert!(needles.in_bytes(&TEXT.as_bytes()[1..]).is_empty());
    }
}
