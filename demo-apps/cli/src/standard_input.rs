//! Lines and bytes of a file or of standard input, read without a buffer that keeps a copy of what passed through it.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;

use zeroize::Zeroizing;

/// Bytes of a line at most: a password of 1024 bytes may have been four times as long before preparation.
const MAX_LINE_BYTES: usize = 4_096;

/// A source of lines, then of the bytes after them.
pub(crate) struct Source(File);

impl Source {
    /// Standard input.
    pub(crate) fn standard() -> io::Result<Self> {
        Ok(Self(File::from(io::stdin().as_fd().try_clone_to_owned()?)))
    }

    /// A file.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// The next line without its end; `None` where there is nothing more.
    pub(crate) fn line(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        // With room for the longest line it never moves, and leaves no copy behind.
        let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE_BYTES));
        let mut byte = Zeroizing::new([0]);
        loop {
            if self.0.read(&mut *byte)? == 0 {
                return Ok((!line.is_empty()).then_some(line));
            }
            if byte[0] == b'\n' {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(line));
            }
            if line.len() == MAX_LINE_BYTES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
            }
            line.push(byte[0]);
        }
    }

    /// All the bytes that are left, or `most` and one more where there are more than `most`.
    pub(crate) fn rest(&mut self, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(vec![0; most + 1]);
        let mut length = 0;
        while length < bytes.len() {
            match self.0.read(&mut bytes[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(length);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn source(bytes: &[u8]) -> Source {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Source(file.reopen().unwrap())
    }

    #[test]
    fn lines_end_with_or_without_a_carriage_return_and_the_rest_stays_as_it_is() {
        let mut source = source(b"one\r\n two \n\nrest\r\n\n");
        for expected in [&b"one"[..], b" two ", b""] {
            assert_eq!(source.line().unwrap().unwrap().as_slice(), expected);
        }
        assert_eq!(source.rest(100).unwrap().as_slice(), b"rest\r\n\n");
    }

    #[test]
    fn the_last_line_needs_no_end_and_after_it_there_is_none() {
        let mut source = source(b"one");
        assert_eq!(source.line().unwrap().unwrap().as_slice(), b"one");
        assert!(source.line().unwrap().is_none());
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_and_a_rest_is_cut_one_byte_beyond() {
        assert!(source(&[b'x'; MAX_LINE_BYTES + 1]).line().is_err());
        assert_eq!(source(&[b'x'; 10]).rest(4).unwrap().len(), 5);
        assert_eq!(source(&[b'x'; 4]).rest(4).unwrap().len(), 4);
    }
}
