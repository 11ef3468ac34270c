use std::sync::{Arc, Mutex, PoisonError};

use generic_array::{ArrayLength, GenericArray};
use opaque_ke::errors::InternalError;
use opaque_ke::ksf::Ksf;
use opaque_ke::{CipherSuite, Ristretto255, TripleDh};
use sha2::Sha512;

use super::stretch::{Argon2id, Stretch, StretchFailed};
use crate::key::Key64;

/// Suite 1 (`docs/protocol.md`, section 3.1).
pub(super) struct Suite1;

impl CipherSuite for Suite1 {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Stretcher;
}

/// Carries the caller's [`Stretch`] through the library, and the reason for a failure back.
pub(super) struct Stretcher {
    stretch: Arc<dyn Stretch>,
    failure: Mutex<Option<StretchFailed>>,
}

impl Stretcher {
    pub(super) fn new(stretch: Arc<dyn Stretch>) -> Self {
        Self { stretch, failure: Mutex::new(None) }
    }

    pub(super) fn failure(&self) -> Option<StretchFailed> {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Stretcher {
    fn default() -> Self {
        Self::new(Arc::new(Argon2id))
    }
}

impl Ksf for Stretcher {
    fn hash<L: ArrayLength<u8>>(&self, input: GenericArray<u8, L>) -> Result<GenericArray<u8, L>, InternalError> {
        let oprf_output = Key64::from_slice(&input).ok_or(InternalError::KsfError)?;
        match self.stretch.stretch(&oprf_output) {
            Ok(stretched) => Ok(GenericArray::clone_from_slice(stretched.expose())),
            Err(failure) => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                Err(InternalError::KsfError)
            }
        }
    }
}
