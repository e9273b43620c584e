//! The other form of a certificate with an ECDSA signature.
//!
//! Where (r, s) is a signature of some bytes, (r, n − s) is one too, n being the order of the curve (FIPS 186-5 §6.4.2
//! asks for no more). So whoever has such a certificate can write it in a second way that verifies as well, without any
//! key, and only in one: a list that names it by its fingerprint has to ask for both.

use crate::algorithm::dotted;
use crate::der::{self, significant};
use crate::x509::Parsed;

/// The orders of P-256, P-384 and P-521 (SP 800-186 §3.2.1), the smallest first, without leading zeros.
const ORDERS: [&[u8]; 3] = [
    &[
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ],
    &[
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
        0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
    ],
    &[
        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
        0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b,
        0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
    ],
];

/// The certificate with the other signature; `None` if its signature is not by ECDSA.
pub(super) fn twin(certificate: &Parsed<'_>) -> Option<Vec<u8>> {
    let signed = &certificate.raw.signed;
    let oid = der::take(signed.signature_algorithm, der::OBJECT_IDENTIFIER)?;
    if !dotted(oid.contents).starts_with("1.2.840.10045.4.") {
        return None;
    }
    let pair = der::take(signed.signature, der::SEQUENCE)?;
    let r = der::take(pair.contents, der::INTEGER)?;
    let s = der::take(r.rest, der::INTEGER)?;
    let other_s = negative(significant(r.contents), significant(s.contents))?;
    let pair = der::write(der::SEQUENCE, &[r.whole, &unsigned(&other_s)].concat());
    let signature = der::write(der::BIT_STRING, &[&[0], pair.as_slice()].concat());
    Some(der::write(der::SEQUENCE, &[signed.tbs, certificate.raw.outer_algorithm, &signature].concat()))
}

/// n − s for the curve that `r` and `s` are of. Both are below its order, and the greater of them is not below that of a
/// smaller curve, but with a probability that is none (2^-128).
fn negative(r: &[u8], s: &[u8]) -> Option<Vec<u8>> {
    let is_below = |number: &[u8], order: &[u8]| (number.len(), number) < (order.len(), order);
    let order = ORDERS.into_iter().find(|order| is_below(r, order) && is_below(s, order))?;
    let mut difference = order.to_vec();
    let mut borrow = false;
    let places = s.iter().rev().chain(std::iter::repeat(&0));
    for (digit, subtrahend) in difference.iter_mut().rev().zip(places) {
        let (partly, first) = digit.overflowing_sub(*subtrahend);
        let (wholly, second) = partly.overflowing_sub(u8::from(borrow));
        *digit = wholly;
        borrow = first || second;
    }
    Some(difference)
}

/// A positive INTEGER: a leading zero where the first bit would be taken for a sign (X.690 §8.3).
fn unsigned(number: &[u8]) -> Vec<u8> {
    let digits = significant(number);
    let sign: &[u8] = if digits.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    der::write(der::INTEGER, &[sign, digits].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtracts_from_the_order_of_the_right_curve() {
        for order in ORDERS {
            let mut less_one = order.to_vec();
            *less_one.last_mut().expect("not empty") -= 1;
            let one = negative(&less_one, &less_one).expect("below the order");
            assert_eq!(significant(&one), [1]);
            assert_eq!(negative(&less_one, &[1]), Some(less_one));
        }
        assert_eq!(negative(&[1], &[0xff; 67]), None);
        let borrowed = negative(&[1], &[0xff, 0xff]).expect("below the order");
        assert_eq!(borrowed[29..], [0x62, 0x25, 0x52]);
    }

    #[test]
    fn integers_are_positive_and_short() {
        for (number, written) in
            [(&[0, 1][..], &[2, 1, 1][..]), (&[0x80], &[2, 2, 0, 0x80]), (&[0, 0], &[2, 1, 0])]
        {
            assert_eq!(unsigned(number), written);
        }
    }
}
