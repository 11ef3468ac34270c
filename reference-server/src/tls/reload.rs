//! Certificates that are replaced while the server serves.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{PairError, expiry, read_pair};

/// Tells one state of a file from another: length, time of change, and inode (an atomic replace changes it).
type Stamp = Option<(u64, Option<SystemTime>, u64)>;

/// A certificate and its key, from two files that are read again when they change.
pub struct Certificates {
    certificate_file: PathBuf,
    key_file: PathBuf,
    current: ArcSwap<CertifiedKey>,
    seen: Mutex<(Stamp, Stamp)>,
}

/// What a look at the files led to.
#[derive(Debug)]
pub enum Reload {
    /// They are as they were.
    Unchanged,
    /// They changed, and the new pair is in use.
    Replaced,
    /// They changed, and do not fit; the pair before stays in use.
    Refused(PairError),
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("certificate_file", &self.certificate_file).finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reads the pair for the first time.
    ///
    /// # Errors
    /// As [`read_pair`].
    pub fn load(certificate_file: &Path, key_file: &Path) -> Result<Self, PairError> {
        let seen = (stamp(certificate_file), stamp(key_file));
        let pair = read_pair(certificate_file, key_file)?;
        Ok(Self {
            certificate_file: certificate_file.to_owned(),
            key_file: key_file.to_owned(),
            current: ArcSwap::from_pointee(pair),
            seen: Mutex::new(seen),
        })
    }

    /// Looks at the files and reads them again if they changed. A pair that was refused is not looked at again before
    /// a file changes once more.
    pub fn reload_if_changed(&self) -> Reload {
        let now = (stamp(&self.certificate_file), stamp(&self.key_file));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return Reload::Unchanged;
        }
        *seen = now;
        self.read()
    }

    /// Reads the files again, whether they changed or not (SIGHUP).
    pub fn reload(&self) -> Reload {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = (stamp(&self.certificate_file), stamp(&self.key_file));
        self.read()
    }

    /// When the certificate in use expires, in seconds since the Unix epoch.
    pub fn expires_at(&self) -> Option<i64> {
        self.current.load().cert.first().and_then(|certificate| expiry(certificate))
    }

    fn read(&self) -> Reload {
        match read_pair(&self.certificate_file, &self.key_file) {
            Ok(pair) => {
                self.current.store(Arc::new(pair));
                Reload::Replaced
            }
            Err(error) => Reload::Refused(error),
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn stamp(path: &Path) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok(), metadata.ino()))
}
