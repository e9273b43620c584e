use proptest::prelude::*;

use super::*;

/// What is forwarded, and the readings.
fn looked_at(raw: &str) -> Option<(String, String, Option<String>)> {
    let path = CheckedPath::new(raw)?;
    let eager = path.eager().map(|eager| String::from_utf8_lossy(eager).into_owned());
    Some((path.forwarded().to_owned(), path.literal().to_owned(), eager))
}

#[test]
fn takes_detours_out_and_decodes() {
    for (raw, forwarded, literal) in [
        ("/", "/", "/"),
        ("/a", "/a", "/a"),
        ("/a/", "/a/", "/a/"),
        ("//", "/", "/"),
        ("///a//b", "/a/b", "/a/b"),
        ("/a//", "/a/", "/a/"),
        ("/./a", "/a", "/a"),
        ("/a/.", "/a/", "/a/"),
        ("/a/..", "/", "/"),
        ("/a/b/..", "/a/", "/a/"),
        ("/a/b/../c", "/a/c", "/a/c"),
        ("/a//../b", "/b", "/b"),
        ("/a/...", "/a/...", "/a/..."),
        ("/.well-known/x", "/.well-known/x", "/.well-known/x"),
        ("/%61%2Db/../%63", "/%63", "/c"),
        ("/%e4%bd%a0", "/%e4%bd%a0", "/\u{4f60}"),
        ("/\u{4f60}", "/\u{4f60}", "/\u{4f60}"),
        ("/a%20b", "/a%20b", "/a b"),
        ("/a%2eb/%2e.%2e", "/a%2eb/%2e.%2e", "/a.b/..."),
        ("/a:b@c,d=e&f+g!$'()*~", "/a:b@c,d=e&f+g!$'()*~", "/a:b@c,d=e&f+g!$'()*~"),
    ] {
        assert_eq!(looked_at(raw), Some((forwarded.into(), literal.into(), None)), "{raw}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_has_two_readings() {
    for (raw, forwarded, literal, eager) in [
        ("/a%2Fb", "/a%2Fb", "/a%2Fb", "/a/b"),
        ("/a%2f%2fb", "/a%2f%2fb", "/a%2f%2fb", "/a/b"),
        ("/%61%5Cb", "/%61%5Cb", "/a%5Cb", "/a/b"),
        ("/a;v=1/b", "/a;v=1/b", "/a;v=1/b", "/a/b"),
        ("/a;v=1", "/a;v=1", "/a;v=1", "/a"),
        ("/a%3Bv/b", "/a%3Bv/b", "/a%3Bv/b", "/a/b"),
        ("/;/a", "/;/a", "/;/a", "/a"),
        ("/;", "/;", "/;", "/"),
        ("/a/;", "/a/;", "/a/;", "/a/"),
        ("/a%2F", "/a%2F", "/a%2F", "/a/"),
        ("/a%3Fb/c", "/a%3Fb/c", "/a%3Fb/c", "/a"),
        ("/a%23b", "/a%23b", "/a%23b", "/a"),
        ("/%3F", "/%3F", "/%3F", "/"),
        ("/100%25", "/100%25", "/100%25", "/100%"),
        ("/a%2541", "/a%2541", "/a%2541", "/aA"),
        ("/a%25252Fb", "/a%25252Fb", "/a%25252Fb", "/a/b"),
        ("/a%25%32%46b", "/a%25%32%46b", "/a%252Fb", "/a/b"),
        ("/a%2500.css", "/a%2500.css", "/a%2500.css", "/a"),
        ("/x;y/../a%2Fb", "/a%2Fb", "/a%2Fb", "/a/b"),
        ("/a%2F/../b", "/b", "/b", "/b"),
        ("/a/;/../b", "/a/b", "/a/b", "/a/b"),
    ] {
        assert_eq!(looked_at(raw), Some((forwarded.into(), literal.into(), Some(eager.into()))), "{raw}");
    }
}

/// What has carried attackers past rules elsewhere: into other folders, past filters, to the files of the system.
#[test]
fn what_nobody_should_have_to_make_sense_of_is_refused() {
    for raw in [
        // No absolute path.
        "",
        "*",
        "a",
        "http://x/a",
        // Above the root.
        "/..",
        "/../a",
        "/a/../../b",
        "/a//../../b",
        // Hidden detours.
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/a/.%2e",
        "/a/%2e/b",
        "/%2e%2e/../b",
        "/a/..%2fb",
        "/a/..%2Fb",
        "/a%2f..%2fb",
        "/a%2f..",
        "/a/..%5cb",
        "/a/..;/b",
        "/a/..;x=y/b",
        "/a/.;/b",
        "/a/..%3Bx/b",
        "/a/..%3fx",
        "/a%3f/..%2fb",
        "/a%23%2f..%2fb",
        "/a/%252e%252e/b",
        "/a/.%252e/b",
        "/a/%25252e%25252e/b",
        "/a/%25%32%65%25%32%65/b",
        "/a/..%252fb",
        "/a/..%255cb",
        "/a/..%2500/b",
        // One reader's parameter is another's folder.
        "/a;x%2fy/b",
        "/a;x%5cy/b",
        "/a;x%3fy/b",
        "/a;x%252fy/b",
        "/a%3Bx%2Fy",
        "/a%253Bx%2Fy",
        // Backslashes, control characters, spaces.
        "/a\\..\\b",
        "/a\\b",
        "/a\0b",
        "/a%00b",
        "/a%0d%0aHost: x",
        "/a%7f",
        "/a\tb",
        "/a b",
        "/a\x7fb",
        // A query or fragment where there is a path only.
        "/a?b",
        "/a#b",
        // Broken escapes, and such as are not UTF-8.
        "/a%",
        "/a%2",
        "/a%2/b",
        "/a%zz",
        "/a%+1",
        "/a%u002e",
        "/a%ff",
        "/a%c0%af",
        "/a/%c0%ae%c0%ae/b",
        "/a%e0%80%af",
        "/a%ed%a0%80",
    ] {
        assert!(looked_at(raw).is_none(), "{raw}");
    }
}

#[test]
fn a_plain_path_is_taken_as_it_is() {
    for raw in ["/", "/a/b.c/d..e", "/a-b_c~d!$&'()*+,=:@"] {
        assert!(is_plain(raw), "{raw}");
        let path = CheckedPath::new(raw).expect("plain");
        assert!(path.is_as_sent() && path.literal.is_none() && path.eager.is_none(), "{raw}");
    }
    assert!(CheckedPath::new("/%61;b").expect("valid").is_as_sent());
    assert!(!CheckedPath::new("/a/../b").expect("valid").is_as_sent());
}

#[test]
fn time_is_in_proportion_to_the_length() {
    let escapes = format!("/%{}41", "25".repeat(30_000));
    assert_eq!(CheckedPath::new(&escapes).expect("valid").eager(), Some(&b"/A"[..]));
    let detours = format!("{}/x", "/a/..".repeat(20_000));
    assert_eq!(CheckedPath::new(&detours).expect("valid").forwarded(), "/x");
}

/// What a service makes of a path that decodes it once, and then resolves dot segments (RFC 3986 §5.2.4).
fn resolved(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escape = path.is_ascii().then(|| rest.get(1..3)).flatten().filter(|_| *byte == b'%');
        let digits = escape.map(|digits| std::str::from_utf8(digits).expect("ASCII"));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &rest[3..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    let path = String::from_utf8(bytes).expect("checked");
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        match *segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
        if is_last && matches!(*segment, "." | "..") {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// Paths that are likely to be odd.
fn raw_path() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/", "/", "/", "a", "b", ".", "..", ";", "%2e", "%2F", "%5c", "%3B", "%3f", "%25", "%61", "2e", "2F",
        "\\", "%",
    ]);
    prop::collection::vec(piece, 0..10).prop_map(|pieces| format!("/{}", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_forwarded_is_its_own(raw in raw_path()) {
        if let Some((forwarded, literal, eager)) = looked_at(&raw) {
            prop_assert!(forwarded.starts_with('/') && !forwarded.contains("//"), "{}", forwarded);
            prop_assert!(forwarded.split('/').all(|segment| !matches!(segment, "." | "..")), "{}", forwarded);
            // Nothing odd may be left, or else the other reading is the same.
            let eager = eager.filter(|eager| *eager != literal);
            let (again, again_literal, again_eager) = looked_at(&forwarded).expect("its own");
            let again_eager = again_eager.filter(|eager| *eager != again_literal);
            prop_assert_eq!((again, again_literal, again_eager), (forwarded, literal, eager));
        }
    }

    #[test]
    fn whoever_decodes_and_resolves_reads_what_is_literal(raw in raw_path()) {
        if let Some((forwarded, literal, None)) = looked_at(&raw) {
            prop_assert_eq!(resolved(&forwarded), literal);
        }
    }

    #[test]
    fn the_short_way_agrees_with_the_long_one(raw in raw_path()) {
        if is_plain(&raw) {
            // An escape makes it go the long way.
            let (forwarded, literal, eager) = looked_at(&format!("{raw}%7e")).expect("plain");
            prop_assert_eq!(forwarded, format!("{raw}%7e"));
            prop_assert_eq!(literal, format!("{raw}~"));
            prop_assert_eq!(eager, None);
        }
    }

    #[test]
    fn no_reading_has_detours(raw in raw_path()) {
        if let Some((_, literal, eager)) = looked_at(&raw) {
            for reading in [Some(literal), eager].into_iter().flatten() {
                prop_assert!(reading.starts_with('/') && !reading.contains("//"), "{}", reading);
                prop_assert!(!reading.contains('\\'), "{}", reading);
                prop_assert!(reading.split('/').all(|part| !matches!(part, "." | "..")), "{}", reading);
            }
        }
    }

    #[test]
    fn any_text_is_looked_at(raw in "/?\\PC{0,40}") {
        let _ = looked_at(&raw);
    }
}
