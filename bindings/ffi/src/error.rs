//! The one error, and the table of its codes.

use std::fmt;

use lock_keeper_core as core;
use lock_keeper_core::error::catalogue::CATALOGUE;

/// What a call of this crate returns.
pub(crate) type Result<T> = std::result::Result<T, FfiError>;

/// Why a call failed, as the core has it (`docs/errors.md`). It has one case, since UniFFI's errors are enums.
///
/// It never holds a name, a password, a secret, a key, or text from the server.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Error)]
pub enum FfiError {
    /// The call failed.
    Failed {
        /// What went wrong: the code's stable string in snake_case, such as `wrong_name_or_password`. An open set.
        code: String,
        /// What to do now: a closed set.
        advice: FfiAdvice,
        /// What it means, as one plain English sentence that may be shown.
        sentence: String,
        /// Milliseconds until the call can succeed, where that is known.
        retry_after_millis: Option<u64>,
        /// The request may have taken effect on the server, although no answer came.
        may_have_happened: bool,
        /// The request's name in the server's log, where the server gave one.
        request_id: Option<String>,
        /// Which field or limit it is about; never input, never server text.
        detail: Option<String>,
    },
}

impl From<core::LockKeeperError> for FfiError {
    fn from(error: core::LockKeeperError) -> Self {
        Self::Failed {
            code: error.code.name().to_owned(),
            advice: error.advice.into(),
            sentence: error.to_string(),
            retry_after_millis: error.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            may_have_happened: error.may_have_happened,
            request_id: error.request_id.map(|id| id.as_str().to_owned()),
            detail: error.detail.map(str::to_owned),
        }
    }
}

impl fmt::Display for FfiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { sentence, .. } = self;
        f.write_str(sentence)
    }
}

impl std::error::Error for FfiError {}

/// A face has called in a way that its types should have made impossible.
pub(crate) fn misuse(detail: &'static str) -> FfiError {
    core::LockKeeperError::new(core::Code::Internal).with_detail(detail).into()
}

/// What the caller does now. The set is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiAdvice {
    /// Ask for, or send, something else.
    FixInput,
    /// Ask the person for the password.
    AskPassword,
    /// Call again after `retry_after_millis`.
    Wait,
    /// Call again.
    Retry,
    /// Ask the person to look at the network connection.
    CheckNetwork,
    /// Ask the person to look at the device's date and time.
    CheckClock,
    /// Call again once the person has unlocked the device.
    UnlockDevice,
    /// Ask the person to update the app.
    UpdateApp,
    /// Stop, and send the person to the service provider.
    ContactSupport,
    /// Report it: something has a defect.
    Bug,
}

impl From<core::Advice> for FfiAdvice {
    fn from(advice: core::Advice) -> Self {
        match advice {
            core::Advice::FixInput => Self::FixInput,
            core::Advice::AskPassword => Self::AskPassword,
            core::Advice::Wait => Self::Wait,
            core::Advice::Retry => Self::Retry,
            core::Advice::CheckNetwork => Self::CheckNetwork,
            core::Advice::CheckClock => Self::CheckClock,
            core::Advice::UnlockDevice => Self::UnlockDevice,
            core::Advice::UpdateApp => Self::UpdateApp,
            core::Advice::ContactSupport => Self::ContactSupport,
            core::Advice::Bug => Self::Bug,
        }
    }
}

/// One row of the table of errors.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FfiErrorCode {
    /// The code's stable string.
    pub code: String,
    /// What the caller does.
    pub advice: FfiAdvice,
    /// What it means, as one plain English sentence that may be shown.
    pub sentence: String,
}

/// Every code that this library can fail with. A face's tests hold its own constants against it.
#[uniffi::export]
pub fn ffi_error_codes() -> Vec<FfiErrorCode> {
    let row = |entry: &core::error::catalogue::Entry| FfiErrorCode {
        code: entry.name.to_owned(),
        advice: entry.advice.into(),
        sentence: entry.meaning.to_owned(),
    };
    CATALOGUE.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_error_crosses_with_its_own_code_advice_and_sentence() {
        let codes = ffi_error_codes();
        assert_eq!(codes.len(), CATALOGUE.len());
        for (entry, row) in CATALOGUE.iter().zip(codes) {
            let FfiError::Failed { code, advice, sentence, .. } = core::LockKeeperError::new(entry.code).into();
            assert_eq!(FfiErrorCode { code, advice, sentence }, row);
            assert_eq!(row.code, entry.code.name());
        }
    }

    #[test]
    fn each_advice_keeps_its_name() {
        for advice in core::Advice::ALL {
            let name = format!("{:?}", FfiAdvice::from(advice));
            assert_eq!(name, format!("{advice:?}"));
        }
    }

    #[test]
    fn nothing_of_an_error_is_lost() {
        let error = core::LockKeeperError::new(core::Code::TooManyAttempts)
            .with_retry_after(Some(Duration::from_millis(1_500)))
            .with_may_have_happened(true)
            .with_request_id(core::RequestId::parse("7f3a-01"))
            .with_detail("a limit");
        let expected = FfiError::Failed {
            code: "too_many_attempts".to_owned(),
            advice: FfiAdvice::Wait,
            sentence: error.to_string(),
            retry_after_millis: Some(1_500),
            may_have_happened: true,
            request_id: Some("7f3a-01".to_owned()),
            detail: Some("a limit".to_owned()),
        };
        assert_eq!(FfiError::from(error), expected);
    }

    #[test]
    fn an_endless_wait_is_no_overflow() {
        let error = core::LockKeeperError::new(core::Code::ServerBusy).with_retry_after(Some(Duration::MAX));
        let FfiError::Failed { retry_after_millis, .. } = error.into();
        assert_eq!(retry_after_millis, Some(u64::MAX));
    }
}
