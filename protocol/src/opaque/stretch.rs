use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

use crate::key::Key64;

/// KiB of memory of Argon2id in suite 1.
const MEMORY: u32 = 64 * 1_024;
/// Passes of Argon2id in suite 1.
const PASSES: u32 = 3;
/// Lanes of Argon2id in suite 1.
const LANES: u32 = 4;
/// The salt of RFC 9807, section 7: 16 zero bytes.
const SALT: [u8; 16] = [0; 16];

/// The key-stretching function between the OPRF and the envelope (RFC 9807, section 2.1), as the client runs it.
///
/// Its numbers are the suite's: a client never takes them from a server.
pub trait Stretch: Send + Sync {
    /// Stretches the OPRF output (64 bytes) to 64 bytes.
    ///
    /// # Errors
    /// [`StretchFailed`].
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed>;
}

/// Why the stretching did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StretchFailed {
    /// 64 MiB are not to be had.
    #[error("there is not enough memory to stretch the password")]
    NotEnoughMemory,
    /// The caller does not stretch, and does not know the result for this OPRF output.
    #[error("the remembered stretching is for another OPRF output")]
    NotRemembered,
    /// The call was cancelled or ran out of time while it waited for its turn.
    #[error("the call ended before the password was stretched")]
    Ended,
}

/// Argon2id with suite 1's numbers: m = 64 MiB, t = 3, p = 4, a salt of 16 zero bytes, 64 bytes of output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2id;

impl Stretch for Argon2id {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        let params = Params::new(MEMORY, PASSES, LANES, Some(64)).map_err(|_| StretchFailed::NotEnoughMemory)?;
        let mut memory = Memory::reserve(params.block_count())?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut result = Ok(());
        let stretched = Key64::init(|out| {
            result = argon2.hash_password_into_with_memory(oprf_output.expose(), &SALT, out, &mut memory.0);
        });
        result.map(|()| stretched).map_err(|_| StretchFailed::NotEnoughMemory)
    }
}

/// Argon2's blocks: reserved without aborting the process where there is no memory, wiped when dropped.
struct Memory(Vec<Block>);

impl Memory {
    fn reserve(blocks: usize) -> Result<Self, StretchFailed> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| StretchFailed::NotEnoughMemory)?;
        memory.resize(blocks, Block::default());
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretching_is_argon2id_with_the_numbers_of_suite_1() {
        let stretched = Argon2id.stretch(&Key64::init(|b| *b = [7; 64])).unwrap();
        let mut expected = [0; 64];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(65_536, 3, 4, Some(64)).unwrap())
            .hash_password_into(&[7; 64], &[0; 16], &mut expected)
            .unwrap();
        assert_eq!(stretched.expose(), &expected);
    }
}
