//! Just enough DER (X.690 §8.1) to take one value off the front of some bytes. Everything deeper is x509-parser's.

/// Tag of a SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;
/// Tag of an INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// Tag of a BIT STRING.
pub(crate) const BIT_STRING: u8 = 0x03;
/// Tag of an OCTET STRING.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// Tag of an OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// Tag of the explicit context-specific element 0.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// One value, and what follows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    /// The value without its tag and length.
    pub(crate) contents: &'a [u8],
    /// The value with its tag and length.
    pub(crate) whole: &'a [u8],
    /// What follows the value.
    pub(crate) rest: &'a [u8],
}

/// Takes the value off the front of `input`, if it has this one-byte tag and a definite length within `input`.
pub(crate) fn take(input: &[u8], tag: u8) -> Option<Value<'_>> {
    let (&found, after_tag) = input.split_first()?;
    if found != tag {
        return None;
    }
    let (&first, after_first) = after_tag.split_first()?;
    let (length, body) = match first {
        0..=0x7f => (usize::from(first), after_first),
        0x81..=0x84 => {
            let (digits, body) = after_first.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .try_fold(0_usize, |sum, &digit| sum.checked_mul(256)?.checked_add(usize::from(digit)))?;
            (length, body)
        }
        _ => return None,
    };
    let (contents, rest) = body.split_at_checked(length)?;
    let whole = &input[..input.len() - rest.len()];
    Some(Value { contents, whole, rest })
}

/// The number of bits of an unsigned INTEGER's contents, leading zeros not counted.
pub(crate) fn bit_length(integer: &[u8]) -> u32 {
    let significant = integer.iter().position(|&byte| byte != 0).map_or(&[][..], |start| &integer[start..]);
    match significant.first() {
        Some(first) => u32::try_from(significant.len() * 8).unwrap_or(u32::MAX) - first.leading_zeros(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_one_value_and_leaves_the_rest() {
        let value = take(&[0x30, 2, 1, 2, 9], SEQUENCE).expect("well formed");
        assert_eq!((value.contents, value.whole, value.rest), (&[1, 2][..], &[0x30, 2, 1, 2][..], &[9][..]));
        let long = take(&[0x30, 0x81, 1, 7], SEQUENCE).expect("well formed");
        assert_eq!(long.contents, [7]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 3, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x31, 0],
        ] {
            assert!(take(bytes, SEQUENCE).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn counts_bits_without_leading_zeros() {
        for (integer, bits) in [(&[][..], 0), (&[0, 0], 0), (&[0, 0x80], 8), (&[0x7f, 0], 15), (&[1], 1)] {
            assert_eq!(bit_length(integer), bits, "{integer:?}");
        }
    }
}
