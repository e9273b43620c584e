//! One field of text. Whatever stands in it, a certificate that is appended on a line of its own is still found, unless
//! the text is at fault itself.

#![no_main]

use domain::{Fault, UnixTime};
use libfuzzer_sys::fuzz_target;
use tls::TrustAnchors;

const NOW: UnixTime = UnixTime(1_800_000_000);

fuzz_target!(|text: &[u8]| {
    let ca = include_bytes!("../../tests/fixtures/skid/ca.crt");
    let alone = TrustAnchors::read(text, NOW);
    let followed = TrustAnchors::read(&[text, b"\n", ca].concat(), NOW);
    let has_block = text.windows(11).any(|window| window == b"-----BEGIN ");
    match (alone, followed) {
        (Ok(alone), Ok(followed)) => assert!(followed.facts().len() <= alone.facts().len() + 1),
        // Text without a block is junk in front of one.
        (Err(_), Err(errors)) if !has_block => {
            assert!(errors.iter().all(|error| matches!(error.fault, Fault::TooLarge(_))));
        }
        // A block that is at fault stays so whatever follows; only the lack of a certificate can be mended.
        (Err(errors), Ok(_)) if has_block => {
            assert!(errors.iter().all(|error| { matches!(error.fault, Fault::NoCertificate { .. }) }))
        }
        _ => {}
    }
});
