//! The `Date` of answers (RFC 9110 §6.6.1), written once a second.

use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, SystemTime};

use domain::UnixTime;
use httpdate::HttpDate;

/// As long as `Sun, 06 Nov 1994 08:49:37 GMT`.
const LENGTH: usize = 29;

thread_local! {
    static WRITTEN: RefCell<(i64, [u8; LENGTH])> = const { RefCell::new((i64::MIN, [b' '; LENGTH])) };
}

/// Adds the date, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn write(text: &mut Vec<u8>, now: UnixTime) {
    WRITTEN.with_borrow_mut(|(second, written)| {
        if *second != now.0 {
            *second = now.0;
            // No clock shows a time before 1970, nor one that HTTP cannot write (behind the year 9999).
            let since = Duration::from_secs(u64::try_from(now.0).unwrap_or(0).min(253_402_300_799));
            let _ = write!(&mut written[..], "{}", HttpDate::from(SystemTime::UNIX_EPOCH + since));
        }
        text.extend_from_slice(written);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_date_of_the_moment() {
        for (now, expected) in [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_778, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (784_111_778, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            let mut text = Vec::new();
            write(&mut text, UnixTime(now));
            assert_eq!(str::from_utf8(&text), Ok(expected), "{now}");
        }
    }
}
