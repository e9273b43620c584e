//! Consistent hashing by rendezvous: each node draws a score from the key, and the best one has it.
//!
//! Scores do not depend on other nodes. So a node that is left out gives up its own keys and moves no other's, one that
//! comes takes its share from all alike, and shares follow the weights without a ring of points to keep.

/// Binary digits of a draw.
const DIGITS: u32 = f64::MANTISSA_DIGITS - 1;

/// The number that a consistent hash goes by for this key; the same in every process.
pub(crate) fn key_of(bytes: &[u8]) -> u64 {
    // FNV-1a, 64 bits.
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mixed(hash)
}

/// How well a node does for a key: the least wins. `seed` is the node's [`key_of`] its address.
///
/// A draw from the exponential distribution with the weight as its rate: the least of several belongs to each with the
/// probability of its weight's share.
pub(super) fn score(key: u64, seed: u64, weight: u32) -> f64 {
    let bits = mixed(key ^ seed) >> (u64::BITS - DIGITS);
    // In (0, 1), both ends out of reach, and exact: half a step needs the mantissa's last digit.
    #[expect(clippy::cast_precision_loss, reason = "they have no more digits than a mantissa")]
    let uniform = (bits as f64 + 0.5) / (1_u64 << DIGITS) as f64;
    -uniform.ln() / f64::from(weight)
}

/// Spreads each bit over all: the finaliser of `SplitMix64`.
pub(super) fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_in_every_process() {
        // Instances of one gateway must agree; changing these moves everybody's sessions.
        assert_eq!(key_of(b""), 0xf52a_15e9_a9b5_e89b);
        assert_eq!(key_of(b"10.0.0.7"), 0x7140_dfb1_5c70_ce5c);
    }

    #[test]
    fn scores_are_finite_and_positive() {
        for key in 0..10_000 {
            let score = score(key, key_of(b"a"), 1_000_000);
            assert!(score.is_finite() && score > 0.0, "{key}");
        }
    }
}
