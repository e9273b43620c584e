//! The beginning of a connection. A header ends at one place, and is none before that.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proxy::proxy_protocol::{V2_BYTES, parse};

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Ok(Some((_, length))) => {
            assert!((1..=V2_BYTES).contains(&length) && length <= bytes.len());
            assert_eq!(parse(&bytes[..length]), parse(bytes), "what follows the header changes it");
            for end in 0..length {
                assert_eq!(parse(&bytes[..end]), Ok(None), "taken for whole, or for none, at {end}");
            }
        }
        Ok(None) => assert!(bytes.len() < V2_BYTES, "waited for without end"),
        Err(error) => {
            let followed = [bytes, b"\r\n"].concat();
            assert_eq!(parse(&followed), Err(error), "mended by what follows");
        }
    }
});
