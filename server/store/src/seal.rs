//! Encryption of what must not be read from the database: AES-256-GCM under the master key.
//!
//! A sealed value is `version (1 byte) || key id (4 bytes) || nonce (12 bytes) || ciphertext and tag`. The place that it
//! belongs to is authenticated with it, so that a value moved to another row or column does not open. Nonces are random
//! (NIST SP 800-38D §8.2.2): the collision bound of 2^32 values under one key is out of reach for certificates.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest;
use domain::Secret;

/// The version of the layout above.
const VERSION: u8 = 1;
/// Bytes of the key's id.
const KEY_ID_LEN: usize = 4;
/// Bytes in front of the ciphertext.
const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// Seals and opens under one master key.
pub(crate) struct Sealer {
    key: RandomizedNonceKey,
    key_id: [u8; KEY_ID_LEN],
}

/// The value was changed, moved, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotOpen;

/// Where a sealed value stands.
#[derive(Debug, Clone)]
pub(crate) struct Place(Vec<u8>);

impl Place {
    /// A column (`table.column`), and the primary key of the row.
    pub(crate) fn new(column: &'static str, row: &[&str]) -> Self {
        let mut place = column.as_bytes().to_vec();
        for part in row {
            // Neither columns nor ids hold a NUL, so no two places are written the same.
            place.push(0);
            place.extend_from_slice(part.as_bytes());
        }
        Self(place)
    }
}

impl Sealer {
    /// Bytes of a master key.
    pub(crate) const KEY_LEN: usize = 32;

    /// A sealer under this key.
    pub(crate) fn new(master_key: &[u8; Self::KEY_LEN]) -> Self {
        let mut named = digest::Context::new(&digest::SHA256);
        named.update(b"postern master key id\0");
        named.update(master_key);
        let mut key_id = [0; KEY_ID_LEN];
        key_id.copy_from_slice(&named.finish().as_ref()[..KEY_ID_LEN]);
        let key = RandomizedNonceKey::new(&AES_256_GCM, master_key).expect("32 bytes are an AES-256 key");
        Self { key, key_id }
    }

    /// Seals `secret` for `place`.
    pub(crate) fn seal(&self, place: &Place, secret: &[u8]) -> Vec<u8> {
        // Room for the tag from the start: growing would leave a copy of the secret behind in freed memory.
        let mut sealed = Vec::with_capacity(secret.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(secret);
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(&place.0), &mut sealed)
            .expect("AES-GCM takes anything up to 64 GiB");
        let mut value = Vec::with_capacity(HEADER_LEN + sealed.len());
        value.push(VERSION);
        value.extend_from_slice(&self.key_id);
        value.extend_from_slice(nonce.as_ref());
        value.append(&mut sealed);
        value
    }

    /// Opens what was sealed for `place`.
    pub(crate) fn open(&self, place: &Place, value: &[u8]) -> Result<Secret, DoesNotOpen> {
        let (header, sealed) = value.split_at_checked(HEADER_LEN).ok_or(DoesNotOpen)?;
        let (named, nonce) = header.split_at(1 + KEY_ID_LEN);
        if named[0] != VERSION || named[1..] != self.key_id {
            return Err(DoesNotOpen);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| DoesNotOpen)?;
        let mut opened = sealed.to_vec();
        let length =
            self.key.open_in_place(nonce, Aad::from(&place.0), &mut opened).map_err(|_| DoesNotOpen)?.len();
        opened.truncate(length);
        Ok(Secret::new(opened))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: &str) -> Place {
        Place::new("table.column", &["default", id])
    }

    #[test]
    fn opens_what_it_sealed() {
        let sealer = Sealer::new(&[7; 32]);
        for secret in [b"".as_slice(), b"-----BEGIN PRIVATE KEY-----"] {
            let value = sealer.seal(&place("1"), secret);
            assert_eq!(sealer.open(&place("1"), &value).expect("opens").expose(), secret);
        }
    }

    #[test]
    fn never_seals_the_same_twice() {
        let sealer = Sealer::new(&[7; 32]);
        assert_ne!(sealer.seal(&place("1"), b"key"), sealer.seal(&place("1"), b"key"));
    }

    #[test]
    fn a_moved_value_does_not_open() {
        let sealer = Sealer::new(&[7; 32]);
        let value = sealer.seal(&place("1"), b"key");
        for elsewhere in [
            place("2"),
            Place::new("table.other", &["default", "1"]),
            Place::new("table.column", &["default1"]),
            Place::new("table.column", &["default", "1", ""]),
        ] {
            assert_eq!(sealer.open(&elsewhere, &value), Err(DoesNotOpen), "{elsewhere:?}");
        }
    }

    #[test]
    fn a_value_with_any_bit_flipped_does_not_open() {
        let sealer = Sealer::new(&[7; 32]);
        let value = sealer.seal(&place("1"), b"key");
        for bit in 0..value.len() * 8 {
            let mut changed = value.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(sealer.open(&place("1"), &changed), Err(DoesNotOpen), "bit {bit}");
        }
    }

    #[test]
    fn a_value_cut_short_does_not_open() {
        let sealer = Sealer::new(&[7; 32]);
        let value = sealer.seal(&place("1"), b"key");
        for length in 0..value.len() {
            assert_eq!(sealer.open(&place("1"), &value[..length]), Err(DoesNotOpen), "{length} bytes");
        }
    }

    #[test]
    fn another_key_does_not_open() {
        let value = Sealer::new(&[7; 32]).seal(&place("1"), b"key");
        assert_eq!(Sealer::new(&[8; 32]).open(&place("1"), &value), Err(DoesNotOpen));
    }
}
