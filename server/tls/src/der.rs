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
/// Tag of a BOOLEAN.
pub(crate) const BOOLEAN: u8 = 0x01;
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

/// Takes the value off the front of `input`, if it has this one-byte tag and a length within `input` in its only form
/// (X.690 §10.1). With any other form, one certificate could be written in many ways, each with a fingerprint of its own.
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
            if length < 0x80 || digits.first() == Some(&0) {
                return None;
            }
            (length, body)
        }
        _ => return None,
    };
    let (contents, rest) = body.split_at_checked(length)?;
    let whole = &input[..input.len() - rest.len()];
    Some(Value { contents, whole, rest })
}

/// Writes one value with this tag.
pub(crate) fn write(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let digits = significant(&length);
    let mut value = vec![tag];
    match digits {
        [] => value.push(0),
        [short @ 0..=0x7f] => value.push(*short),
        _ => {
            value.push(0x80 | u8::try_from(digits.len()).expect("a length has at most 8 bytes"));
            value.extend(digits);
        }
    }
    value.extend(contents);
    value
}

/// An unsigned number, the most significant byte first, without leading zeros; 0 is empty.
pub(crate) fn significant(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

/// The number of bits of an unsigned INTEGER's contents, leading zeros not counted.
pub(crate) fn bit_length(integer: &[u8]) -> u32 {
    let significant = significant(integer);
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
        for length in [0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let written = write(SEQUENCE, &vec![7; length]);
            let value = take(&written, SEQUENCE).expect("well formed");
            assert_eq!((value.contents.len(), value.rest.len()), (length, 0));
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 3, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x81, 1, 7],
            &[[0x30, 0x82, 0, 0x80].as_slice(), &[0; 0x80]].concat(),
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
