//! Files with secrets: new, whole, and readable by their owner alone.

use std::io::Write;
use std::path::Path;

use crate::failure::{Failure, Trouble};

/// Refuses a path where something is already, before the key server is asked for anything.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// Writes the bytes to a file (0600) that was not there before: all of them or no file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let unwritable = |error: std::io::Error| {
        Failure::new(Trouble::FileUnwritable, format!("{} cannot be written: {error}.", path.display()))
            .with_next("Choose another --out. The secret itself is safe on the server.")
    };
    // `tempfile` makes its files 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(unwritable)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(unwritable)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(unwritable(error.error)),
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new(Trouble::FileExists, format!("{} is there already.", path.display()))
        .with_next("Choose another --out: a file is never overwritten.")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_new_file_is_the_owners_alone_and_an_old_one_stays_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        write(&path, b"first").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write(&path, b"second").unwrap_err().code, "file_exists");
        assert_eq!(check(&path).unwrap_err().code, "file_exists");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_link_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        symlink(&target, &link).unwrap();
        assert!(check(&link).is_err());
        assert_eq!(write(&link, b"secret").unwrap_err().code, "file_exists");
        assert!(!target.exists());
    }
}
