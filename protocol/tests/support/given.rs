//! Random values for the tests of the vectors: those that the vectors name.

use rand_core::{CryptoRng, RngCore};

/// A generator that hands out given bytes, in order.
pub(crate) struct Given(Vec<u8>);

impl Given {
    /// The parts, one after the other.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        Self(parts.concat())
    }
}

impl RngCore for Given {
    fn next_u32(&mut self) -> u32 {
        unreachable!("only bytes are asked for")
    }

    fn next_u64(&mut self) -> u64 {
        unreachable!("only bytes are asked for")
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        let given: Vec<u8> = self.0.drain(..out.len()).collect();
        out.copy_from_slice(&given);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Given {}

/// All that was given must have been asked for: else the vector names a random value that is none.
impl Drop for Given {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "{} bytes were left over", self.0.len());
    }
}
