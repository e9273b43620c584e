//! Numbers as people type them.

use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::{Fault, UpstreamNumber};

use super::Reader;
use crate::pages::service::control::Control;

/// A whole number within a range.
pub(super) fn whole<T>(text: &str, range: RangeInclusive<T>) -> Result<T, Fault>
where
    T: FromStr + PartialOrd + Copy + Into<u64>,
{
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::NotANumber);
    }
    let out_of_range = Fault::OutOfRange { least: (*range.start()).into(), most: (*range.end()).into() };
    text.parse().ok().filter(|number| range.contains(number)).ok_or(out_of_range)
}

/// Seconds with up to three decimals (`60`, `1.5`, `0.001`), in milliseconds, at least one of them.
pub(super) fn milliseconds(text: &str, most_seconds: u32) -> Result<u32, Fault> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(decimals) || decimals.len() > 3 {
        return Err(Fault::NotANumber);
    }
    let out_of_range = Fault::OutOfRange { least: 1, most: most_seconds.into() };
    let whole = whole.parse::<u32>().ok().and_then(|whole| whole.checked_mul(1000));
    let rest: u32 = format!("{decimals:0<3}").parse().map_err(|_| Fault::NotANumber)?;
    let sum = whole.and_then(|whole| whole.checked_add(rest));
    sum.filter(|sum| (1..=most_seconds.saturating_mul(1000)).contains(sum)).ok_or(out_of_range)
}

impl Reader<'_> {
    /// Reads a number into `value`; where nothing is typed it is the `usual` one.
    pub(super) fn set_number<T>(
        &mut self,
        number: UpstreamNumber,
        value: &mut T,
        usual: T,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) {
        self.set(
            Control::Number(number),
            value,
            |text| if text.is_empty() { Ok(usual) } else { parse(text) },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_decimals() {
        for (text, read) in
            [("60", 60_000), ("1.5", 1_500), ("0.001", 1), ("0.25", 250), ("86400", 86_400_000)]
        {
            assert_eq!(milliseconds(text, 86_400), Ok(read), "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "1e3", "1.0001", "1,5", "٣"] {
            assert_eq!(milliseconds(text, 86_400), Err(Fault::NotANumber), "{text}");
        }
        for text in ["0", "0.000", "86400.001", "4294967296", "99999999999"] {
            let range = Fault::OutOfRange { least: 1, most: 86_400 };
            assert_eq!(milliseconds(text, 86_400), Err(range), "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_bounds() {
        assert_eq!(whole("254", 1_u8..=254), Ok(254));
        assert_eq!(whole("0254", 1_u8..=254), Ok(254));
        for text in ["0", "255", "300"] {
            assert_eq!(whole(text, 1_u8..=254), Err(Fault::OutOfRange { least: 1, most: 254 }), "{text}");
        }
        for text in ["", "+1", "-1", "1.0", "x"] {
            assert_eq!(whole(text, 1_u8..=254), Err(Fault::NotANumber), "{text}");
        }
    }
}
