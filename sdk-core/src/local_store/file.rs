//! A directory of files, one for each slot.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{LocalStore, StoreFailure};

/// Bytes of a value at most.
const MAX_VALUE_BYTES: usize = 65_536;

/// First bytes of each file, so that a file of something else, or a cut one, is told from a value.
const MAGIC: &[u8; 8] = b"LKSTORE1";

/// Bytes of the SHA-256 that follows the magic: over the value, against damage (not against an attacker).
const DIGEST_BYTES: usize = 32;

/// Keeps each slot in a file of a directory that only its owner can read (0700, files 0600).
///
/// A file's name is a hash of the slot's, so it tells nothing and is valid on every file system. A value is replaced
/// atomically: written beside the old one, synced, renamed over it, and the directory synced.
#[derive(Debug, Clone)]
pub struct FileStore {
    directory: PathBuf,
}

impl FileStore {
    /// A store in this directory, which the first `put` makes if it is not there. Does no I/O.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    fn file_of(&self, slot: &str) -> PathBuf {
        let mut name = String::with_capacity(64);
        for byte in Sha256::digest(slot.as_bytes()) {
            name.push(char::from(HEX[usize::from(byte >> 4)]));
            name.push(char::from(HEX[usize::from(byte & 15)]));
        }
        self.directory.join(name)
    }

    fn replace(&self, file: &Path, value: &[u8]) -> io::Result<()> {
        make_directory(&self.directory)?;
        // `tempfile` makes its files 0600.
        let mut fresh = tempfile::NamedTempFile::new_in(&self.directory)?;
        fresh.write_all(MAGIC)?;
        fresh.write_all(&Sha256::digest(value))?;
        fresh.write_all(value)?;
        fresh.as_file().sync_all()?;
        fresh.persist(file).map_err(|error| error.error)?;
        sync_directory(&self.directory)
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl LocalStore for FileStore {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        match read_capped(&self.file_of(slot)) {
            Ok(bytes) => value_of(&bytes).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    fn put(&self, slot: &str, value: &[u8]) -> Result<(), StoreFailure> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(StoreFailure::Other);
        }
        self.replace(&self.file_of(slot), value).map_err(|error| failure(&error))
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        match fs::remove_file(self.file_of(slot)) {
            Ok(()) => sync_directory(&self.directory).map_err(|error| failure(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

fn read_capped(file: &Path) -> io::Result<Vec<u8>> {
    let most = MAGIC.len() + DIGEST_BYTES + MAX_VALUE_BYTES + 1;
    let mut bytes = Vec::new();
    File::open(file)?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn value_of(bytes: &[u8]) -> Result<Vec<u8>, StoreFailure> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(StoreFailure::Corrupt)?;
    let (digest, value) = rest.split_at_checked(DIGEST_BYTES).ok_or(StoreFailure::Corrupt)?;
    let whole = value.len() <= MAX_VALUE_BYTES && Sha256::digest(value).as_slice() == digest;
    if whole { Ok(value.to_vec()) } else { Err(StoreFailure::Corrupt) }
}

fn failure(error: &io::Error) -> StoreFailure {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ResourceBusy | ErrorKind::ReadOnlyFilesystem => {
            StoreFailure::Unavailable
        }
        ErrorKind::InvalidData => StoreFailure::Corrupt,
        _ => StoreFailure::Other,
    }
}

#[cfg(unix)]
fn make_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let open_to_others = fs::metadata(directory)?.permissions().mode() & 0o077 != 0;
    if open_to_others {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

/// A rename is lasting only once the directory is synced.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn store() -> (tempfile::TempDir, FileStore) {
        let directory = tempfile::tempdir().expect("a directory");
        let store = FileStore::new(directory.path().join("state"));
        (directory, store)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn a_slot_has_what_was_put_last_until_it_is_removed() {
        let (_directory, store) = store();
        assert_eq!(store.get("a"), Ok(None));
        store.put("a", b"one").unwrap();
        store.put("a", b"two").unwrap();
        assert_eq!(store.get("a"), Ok(Some(b"two".to_vec())));
        assert_eq!(store.get("b"), Ok(None));
        store.remove("a").unwrap();
        store.remove("a").unwrap();
        assert_eq!(store.get("a"), Ok(None));
    }

    #[test]
    fn only_the_owner_can_read_it_and_file_names_tell_nothing() {
        let (_directory, store) = store();
        store.put("account-alice", b"value").unwrap();
        assert_eq!(mode(&store.directory), 0o700);
        let files: Vec<_> = fs::read_dir(&store.directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "no temporary file is left");
        assert_eq!(mode(&files[0]), 0o600);
        assert!(!files[0].to_string_lossy().contains("alice"));
    }

    #[test]
    fn a_directory_that_is_open_to_others_is_closed() {
        let (_directory, store) = store();
        fs::create_dir(&store.directory).unwrap();
        fs::set_permissions(&store.directory, fs::Permissions::from_mode(0o755)).unwrap();
        store.put("a", b"value").unwrap();
        assert_eq!(mode(&store.directory), 0o700);
    }

    #[test]
    fn a_damaged_or_cut_file_is_corrupt_and_not_absent() {
        let (_directory, store) = store();
        store.put("a", b"value").unwrap();
        let file = store.file_of("a");
        let good = fs::read(&file).unwrap();
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for bad in [&flipped[..], &good[..good.len() - 1], &good[..3], b""] {
            fs::write(&file, bad).unwrap();
            assert_eq!(store.get("a"), Err(StoreFailure::Corrupt));
        }
    }

    #[test]
    fn a_value_that_is_too_large_is_refused_and_the_old_one_stays() {
        let (_directory, store) = store();
        store.put("a", b"old").unwrap();
        assert!(store.put("a", &vec![0; MAX_VALUE_BYTES + 1]).is_err());
        assert_eq!(store.get("a"), Ok(Some(b"old".to_vec())));
        store.put("a", &vec![7; MAX_VALUE_BYTES]).unwrap();
        assert_eq!(store.get("a").unwrap().map(|value| value.len()), Some(MAX_VALUE_BYTES));
    }

    #[test]
    fn what_cannot_be_read_is_a_failure_and_not_absent() {
        let (_directory, store) = store();
        fs::create_dir_all(store.file_of("a")).unwrap();
        assert!(store.get("a").is_err());
    }

    #[test]
    fn readers_see_the_old_value_or_the_new_one_and_never_half_of_one() {
        let (_directory, store) = store();
        store.put("a", &[0; 4096]).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| (0..50).for_each(|n| store.put("a", &[n; 4096]).unwrap()));
            for _ in 0..200 {
                let value = store.get("a").unwrap().expect("it is never absent");
                assert!(value.iter().all(|byte| *byte == value[0]));
            }
        });
    }
}
