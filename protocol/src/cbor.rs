//! Deterministic CBOR (RFC 8949, section 4.2), strict in both directions (`docs/protocol.md`, section 1.2).
//!
//! Every message is an array of fixed length, with definite lengths and shortest forms and nothing
//! after it. The decoder underneath is lenient about all of these, so what it understood is encoded
//! again and must give the same bytes.

use core::convert::Infallible;

use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};
use subtle::ConstantTimeEq;

/// The bytes are not the one encoding of such a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed message")]
pub struct Malformed;

/// The one encoding of `value`.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // A Vec that grows leaves behind what it held, where nobody wipes it; so it is made as long as it has to be.
    let mut length = Length(0);
    // Both take every write, and no type of this crate refuses to be encoded.
    let _: Result<(), minicbor::encode::Error<Infallible>> = minicbor::encode(value, &mut length);
    let mut bytes = Vec::with_capacity(length.0);
    let _: Result<(), minicbor::encode::Error<Infallible>> = minicbor::encode(value, &mut bytes);
    bytes
}

/// Counts the bytes that are written.
struct Length(usize);

impl Write for Length {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// The value whose one encoding is `bytes`.
///
/// # Errors
/// [`Malformed`] for anything else: another type, another length, a longer form of a number, an
/// indefinite length, trailing bytes.
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, Malformed> {
    let value: T = minicbor::decode(bytes).map_err(|_| Malformed)?;
    let again = zeroize::Zeroizing::new(encode(&value));
    if bool::from(again.as_slice().ct_eq(bytes)) { Ok(value) } else { Err(Malformed) }
}

/// A value or null. Unlike an `Option`, which leaves trailing nulls out, it always takes its place in the array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nullable<T>(pub Option<T>);

impl<C, T: Encode<C>> Encode<C> for Nullable<T> {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), minicbor::encode::Error<W::Error>> {
        match &self.0 {
            Some(value) => value.encode(e, ctx),
            None => e.null()?.ok(),
        }
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for Nullable<T> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        Option::<T>::decode(d, ctx).map(Self)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

/// `N` bytes as a CBOR byte string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Bytes<const N: usize>(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; N]);

/// Bytes of any length as a CBOR byte string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Blob(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Encode, Decode)]
    #[cbor(array)]
    struct Pair {
        #[n(0)]
        first: u64,
        #[n(1)]
        second: Nullable<Blob>,
    }

    fn pair(bytes: &str) -> Result<Pair, Malformed> {
        decode(&hex::decode(bytes).unwrap())
    }

    #[test]
    fn what_is_encoded_has_never_moved() {
        for length in [0, 1, 23, 24, 64, 300, 70_000] {
            let bytes = encode(&Pair { first: 1 << 40, second: Nullable(Some(Blob(vec![7; length]))) });
            assert_eq!(bytes.capacity(), bytes.len());
        }
    }

    #[test]
    fn a_null_at_the_end_keeps_its_place() {
        let value = Pair { first: 5, second: Nullable(None) };
        assert_eq!(hex::encode(encode(&value)), "8205f6");
        assert_eq!(pair("8205f6"), Ok(value));
    }

    #[test]
    fn only_the_one_encoding_of_a_message_is_taken() {
        assert!(pair("820541aa").is_ok());
        for (bytes, why) in [
            ("82180541aa", "a number in a longer form"),
            ("82055801aa", "a length in a longer form"),
            ("9f0541aaff", "an array of indefinite length"),
            ("82055f41aaff", "a byte string of indefinite length"),
            ("820541aa00", "a trailing byte"),
            ("830541aa00", "an array that is too long"),
            ("8105", "an array that is too short"),
            ("820541", "a value cut short"),
            ("82056161", "a text where bytes belong"),
            ("82c00541aa", "a tag"),
            ("", "nothing"),
        ] {
            assert_eq!(pair(bytes), Err(Malformed), "{why}");
        }
    }
}
