use core::fmt;
use core::str::FromStr;

use minicbor::{Decode, Encode};
use rand_core::CryptoRngCore;

/// The text is not an id in lower-case hexadecimal of the right length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is written as lower-case hexadecimal digits of a fixed length")]
pub struct IdInvalid;

/// 16 random bytes that name a secret; drawn by the client, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct SecretId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

/// 32 random bytes that name an account for good; drawn by the server at registration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct UserId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// 48 bytes that name a login and the session that it becomes. Opaque to the client, and not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct SessionId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 48]);

impl SecretId {
    /// A fresh id.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        Self(id)
    }
}

impl UserId {
    /// A fresh id.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        Self(id)
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for SecretId {
    type Err = IdInvalid;

    fn from_str(text: &str) -> Result<Self, IdInvalid> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(IdInvalid);
        }
        let mut id = [0; 16];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(id))
    }
}

fn digit(character: u8) -> Result<u8, IdInvalid> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(IdInvalid),
    }
}

impl fmt::Debug for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretId({self})")
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserId")
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_id_is_read_as_it_is_written() {
        let id = SecretId([0xa5; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "a5", &"A5".repeat(16), &"g5".repeat(16), &"a5".repeat(17), &"é".repeat(16)] {
            assert_eq!(bad.parse::<SecretId>(), Err(IdInvalid), "{bad}");
        }
    }
}
