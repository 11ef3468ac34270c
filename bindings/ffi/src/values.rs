//! Secrets, ids, times and passwords as they cross.
//!
//! Ids cross as text, so that the generated records can be compared; secrets and passwords as bytes. What comes in is borrowed
//! for the call (`&[u8]`): UniFFI then makes no copy on the way, and the face wipes the one that it has. (A `Vec<u8>` would pass
//! through an array of Swift's that nobody can wipe.) What goes out is copied on the way; the face wipes what it gets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lock_keeper_core as core;

use crate::error::{Result, misuse};

/// What is known of a secret without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FfiSecretInfo {
    /// 32 lower-case hexadecimal digits.
    pub id: String,
    /// Its label.
    pub label: Option<String>,
    /// Where it came from.
    pub origin: FfiOrigin,
    /// When it was stored, by the server's clock: milliseconds since the Unix epoch.
    pub created_at_millis: i64,
    /// Bytes.
    pub length: u32,
}

impl From<core::SecretInfo> for FfiSecretInfo {
    fn from(info: core::SecretInfo) -> Self {
        Self {
            id: info.id.to_string(),
            label: info.label,
            origin: info.origin.into(),
            created_at_millis: millis(info.created),
            // A secret has at most 32 KiB.
            length: u32::try_from(info.length).unwrap_or(u32::MAX),
        }
    }
}

/// A secret.
#[derive(uniffi::Record)]
pub struct FfiSecret {
    /// What is known of it.
    pub info: FfiSecretInfo,
    /// Its bytes. The caller wipes them.
    pub bytes: Vec<u8>,
}

impl From<core::Secret> for FfiSecret {
    fn from(secret: core::Secret) -> Self {
        Self { info: secret.info.into(), bytes: secret.bytes.expose().to_vec() }
    }
}

/// Where a secret came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiOrigin {
    /// Made by the client.
    Generated,
    /// Brought by the app.
    Imported,
}

impl From<core::Origin> for FfiOrigin {
    fn from(origin: core::Origin) -> Self {
        match origin {
            core::Origin::Generated => Self::Generated,
            core::Origin::Imported => Self::Imported,
        }
    }
}

/// What a secret is retrieved for; it goes into the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiPurpose {
    /// Not said.
    Unspecified,
    /// For use on the device.
    LocalOnly,
    /// To hand it to another system.
    Export,
}

impl From<FfiPurpose> for core::Purpose {
    fn from(purpose: FfiPurpose) -> Self {
        match purpose {
            FfiPurpose::Unspecified => Self::Unspecified,
            FfiPurpose::LocalOnly => Self::LocalOnly,
            FfiPurpose::Export => Self::Export,
        }
    }
}

/// A password as a face hands it over, in UTF-8.
pub(crate) fn password(utf8: &[u8]) -> Result<core::Password> {
    let text = std::str::from_utf8(utf8)
        .map_err(|_| core::LockKeeperError::new(core::Code::PasswordInvalid).with_detail("it is not UTF-8"))?;
    Ok(core::password(text)?)
}

/// An id as a face hands it over.
pub(crate) fn secret_id(text: &str) -> Result<core::SecretId> {
    text.parse().map_err(|_| misuse("a secret id is 32 lower-case hexadecimal digits"))
}

/// A time as milliseconds since the Unix epoch, cut off where they do not fit.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let cut = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => cut(since),
        Err(before) => -cut(before.duration()),
    }
}

/// The time of milliseconds since the Unix epoch; none where the platform's clock does not reach it.
pub(crate) fn time(millis: i64) -> Option<SystemTime> {
    let length = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 { UNIX_EPOCH.checked_sub(length) } else { UNIX_EPOCH.checked_add(length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FfiError;

    fn refused<T>(result: Result<T>) -> (String, Option<String>) {
        match result {
            Err(FfiError::Failed { code, detail, .. }) => (code, detail),
            Ok(_) => panic!("it is not valid"),
        }
    }

    #[test]
    fn a_password_is_taken_as_utf8_and_a_bad_one_is_named() {
        assert!(password("pässword".as_bytes()).is_ok());
        assert_eq!(refused(password(&[0xff])), ("password_invalid".into(), Some("it is not UTF-8".into())));
        assert_eq!(refused(password(&[])), ("password_invalid".into(), Some("it is empty".into())));
    }

    #[test]
    fn an_id_crosses_as_text_and_a_wrong_one_is_a_defect_of_the_face() {
        let id = core::SecretId([0xa5; 16]);
        assert_eq!(secret_id(&id.to_string()).ok(), Some(id));
        for bad in ["", "a5", &"A5".repeat(16)] {
            assert_eq!(refused(secret_id(bad)).0, "internal");
        }
    }

    #[test]
    fn a_time_crosses_in_milliseconds_before_and_after_the_epoch() {
        for moment in [0, 1, -1, 1_700_000_000_123, -86_400_000] {
            assert_eq!(time(moment).map(millis), Some(moment));
        }
        let _ = (time(i64::MAX), time(i64::MIN));
    }

    #[test]
    fn a_secret_crosses_whole() {
        let info = core::SecretInfo {
            id: core::SecretId([1; 16]),
            label: Some("door".into()),
            origin: core::Origin::Imported,
            created: time(1_700_000_000_123).expect("a time"),
            length: 3,
        };
        let secret = FfiSecret::from(core::Secret { info, bytes: vec![1, 2, 3].into() });
        let expected = FfiSecretInfo {
            id: "01".repeat(16),
            label: Some("door".into()),
            origin: FfiOrigin::Imported,
            created_at_millis: 1_700_000_000_123,
            length: 3,
        };
        assert_eq!((secret.info, secret.bytes), (expected, vec![1, 2, 3]));
    }
}
