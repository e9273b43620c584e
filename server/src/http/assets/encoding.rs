//! Which content coding a client wants: `Accept-Encoding`, RFC 9110 §12.5.3.

use axum::http::{HeaderMap, header};

/// How the bytes of an answer are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    /// As they are.
    Identity,
}

impl Encoding {
    /// The coding's name in headers.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// The offer with the highest weight in the request, the earlier one of equals; None if the client takes none of them.
pub(super) fn best<T>(
    request: &HeaderMap,
    offers: impl IntoIterator<Item = (Encoding, T)>,
) -> Option<(Encoding, T)> {
    let mut best: Option<(u16, (Encoding, T))> = None;
    for offer in offers {
        let weight = offer.0.name().map_or(0, |name| weight(request, name));
        if weight > best.as_ref().map_or(0, |(best, _)| *best) {
            best = Some((weight, offer));
        }
    }
    best.map(|(_, offer)| offer)
}

/// The weight that the request gives to a coding, in thousandths; 0 means that it must not be used.
fn weight(request: &HeaderMap, coding: &str) -> u16 {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = 0;
    for element in values.flat_map(|value| value.split(',')) {
        let (name, parameter) = element.split_once(';').unwrap_or((element, "q=1"));
        let name = name.trim();
        if name.eq_ignore_ascii_case(coding) {
            return thousandths(parameter);
        }
        if name == "*" {
            any = thousandths(parameter);
        }
    }
    any
}

/// `q=0.5` in thousandths. What is not a weight counts as 0: the uncompressed content is always understood.
fn thousandths(parameter: &str) -> u16 {
    let Some((name, value)) = parameter.split_once('=') else { return 0 };
    if !name.trim().eq_ignore_ascii_case("q") {
        return 0;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match (whole, format!("{fraction:0<3}").parse()) {
        ("0", Ok(thousandths)) => thousandths,
        ("1", Ok(0)) => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &[&str]) -> Option<Encoding> {
        let mut request = HeaderMap::new();
        for value in accept {
            request.append(header::ACCEPT_ENCODING, value.parse().unwrap());
        }
        best(&request, [(Encoding::Brotli, ()), (Encoding::Gzip, ())]).map(|(encoding, ())| encoding)
    }

    #[test]
    fn the_accepted_coding_of_the_highest_weight_is_chosen() {
        use Encoding::{Brotli, Gzip};
        let cases: [(&[&str], Option<Encoding>); 16] = [
            (&[], None),
            (&[""], None),
            (&["br"], Some(Brotli)),
            (&["gzip, deflate, br, zstd"], Some(Brotli)),
            (&["gzip", "BR"], Some(Brotli)),
            (&["gzip;q=1.0, br;q=0.9"], Some(Gzip)),
            (&["br ; q=0.5 , gzip ; q=0.5"], Some(Brotli)),
            (&["gzip;q=0.001"], Some(Gzip)),
            (&["br;q=0, gzip;q=0.000"], None),
            (&["*"], Some(Brotli)),
            (&["*;q=0.3, br;q=0"], Some(Gzip)),
            (&["*;q=0"], None),
            (&["identity"], None),
            (&["deflate, zstd"], None),
            (&["br;q=2, gzip;q=0.1"], Some(Gzip)),
            (&["br;q=0.1234, gzip;level=9"], None),
        ];
        for (accept, expected) in cases {
            assert_eq!(chosen(accept), expected, "{accept:?}");
        }
    }
}
