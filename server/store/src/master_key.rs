//! Where the master key comes from.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::data_dir::{self, DataDir};
use crate::seal::Sealer;
use crate::{OpenError, StoreConfig};

/// More than any form of a key has, so that a wrong file is not read as a whole.
const MOST_BYTES: u64 = 1024;

/// A master key, ready for use.
#[derive(Debug)]
pub(crate) struct MasterKey {
    /// Seals under it.
    pub(crate) sealer: Sealer,
    /// What to call the place it came from.
    pub(crate) origin: String,
}

/// The key that the configuration gives, else the one of the file; `None` if there is no file.
pub(crate) fn find(config: &StoreConfig, dir: &DataDir) -> Result<Option<MasterKey>, OpenError> {
    if let Some(given) = &config.master_key {
        return usable("POSTERN_MASTER_KEY".to_owned(), given.expose()).map(Some);
    }
    let path = dir.master_key();
    match data_dir::read_private(&path, MOST_BYTES)?.map(Zeroizing::new) {
        Some(text) => usable(name(&path), &text).map(Some),
        None => Ok(None),
    }
}

/// Makes a new key and its file. The file is on disk before this returns: nothing may be sealed under a key that a power
/// cut takes away.
pub(crate) fn create(dir: &DataDir) -> Result<MasterKey, OpenError> {
    let mut key = Zeroizing::new([0; Sealer::KEY_LEN]);
    aws_lc_rs::rand::fill(key.as_mut_slice()).expect("the system's random source answers");
    let text = Zeroizing::new(format!("{}\n", &*Zeroizing::new(STANDARD.encode(*key))));
    let path = dir.master_key();
    data_dir::write_private(&path, text.as_bytes())?;
    tracing::info!(path = %path.display(), "made a master key; keep a copy of it apart from the database");
    Ok(MasterKey { sealer: Sealer::new(&key), origin: name(&path) })
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn usable(origin: String, text: &[u8]) -> Result<MasterKey, OpenError> {
    match decode(text.trim_ascii()) {
        Some(key) => Ok(MasterKey { sealer: Sealer::new(&key), origin }),
        None => Err(OpenError::MasterKeyMalformed {
            origin,
            problem: "it must be 32 bytes, written in base64 or hex".to_owned(),
        }),
    }
}

fn decode(text: &[u8]) -> Option<Zeroizing<[u8; Sealer::KEY_LEN]>> {
    let bytes =
        if text.len() == 2 * Sealer::KEY_LEN { hex::decode(text).ok() } else { STANDARD.decode(text).ok() };
    let bytes = Zeroizing::new(bytes?);
    let mut key = Zeroizing::new([0; Sealer::KEY_LEN]);
    if bytes.len() != key.len() {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_32_bytes_in_base64_or_hex() {
        let key = [0xfb; 32];
        for text in [STANDARD.encode(key), hex::encode(key), hex::encode_upper(key)] {
            assert_eq!(*decode(text.as_bytes()).expect("a key"), key, "{text}");
        }
        for text in ["", "AAAA", &STANDARD.encode([1; 31]), &STANDARD.encode([1; 33]), &hex::encode([1; 31])]
        {
            assert!(decode(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(decode(&[0xff; 64]).is_none());
    }
}
