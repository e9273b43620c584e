use std::borrow::Cow;

/// A path as those see it who decode it (RFC 3986 §6.2.2): once decoded, slashes merged, dot segments removed. `None` if
/// it is no absolute path, or if services are known to understand such a path in different ways.
pub(super) fn normal(path: &str) -> Option<Cow<'_, str>> {
    if !path.starts_with('/') || path.contains('\\') {
        return None;
    }
    if !path.contains(['%', ';', '#', '?']) && !path.contains("//") && !path.contains("/.") {
        return Some(Cow::Borrowed(path));
    }
    let segments = path[1..].split('/').map(decoded).collect::<Option<Vec<_>>>()?;
    let (last, earlier) = segments.split_last()?;
    let has_empty = earlier.iter().any(|segment| segment.is_empty());
    let mut kept: Vec<&str> = Vec::new();
    for segment in &segments {
        match &**segment {
            "" | "." => {}
            // RFC 3986 §5.2.4 counts an empty segment as one to go up from; those who merge slashes first do not.
            ".." if has_empty => return None,
            // More of them than there are segments to go up from.
            ".." => drop(kept.pop()?),
            segment => kept.push(segment),
        }
    }
    let is_folder = matches!(&**last, "" | "." | "..") && !kept.is_empty();
    Some(Cow::Owned(format!("/{}{}", kept.join("/"), if is_folder { "/" } else { "" })))
}

/// A segment decoded once; `None` if it is ambiguous.
fn decoded(segment: &str) -> Option<Cow<'_, str>> {
    // Java's servers cut parameters off each segment (`..;a=b` is `..` to them), others keep them as part of its name.
    if segment.contains([';', '?', '#']) {
        return None;
    }
    if !segment.contains('%') {
        return Some(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        rest = after;
        let byte = (digit(digits[0])? << 4) | digit(digits[1])?;
        if byte.is_ascii_control() || is_ambiguous(byte) {
            return None;
        }
        bytes.push(byte);
    }
    let text = String::from_utf8(bytes).ok()?;
    // Dots that somebody took the trouble to encode: not everybody decodes before removing dot segments.
    if matches!(&*text, "." | "..") { None } else { Some(Cow::Owned(text)) }
}

/// Whether a character, decoded, has a meaning that it does not have while it is encoded. `%` stands for all of those
/// that are encoded twice.
fn is_ambiguous(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'%' | b';' | b'?' | b'#')
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_detours_out() {
        for (path, expected) in [
            ("/", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("//", "/"),
            ("///a//b", "/a/b"),
            ("/a//", "/a/"),
            ("/./a", "/a"),
            ("/a/.", "/a/"),
            ("/a/./b", "/a/b"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/a/b/../c", "/a/c"),
            ("/a/...", "/a/..."),
            ("/.well-known/x", "/.well-known/x"),
            ("/%61%2Db", "/a-b"),
            ("/%e4%bd%a0", "/\u{4f60}"),
            ("/a%20b", "/a b"),
            ("/a%2eb", "/a.b"),
        ] {
            assert_eq!(normal(path).as_deref(), Some(expected), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_path_is_its_own(path in "/[a-c./%2eE;]{0,16}") {
            if let Some(path) = normal(&path) {
                prop_assert!(path.starts_with('/') && !path.contains("//"));
                prop_assert!(path.split('/').all(|segment| !matches!(segment, "." | "..")));
                let again = normal(&path);
                prop_assert_eq!(again.as_deref(), Some(&*path));
            }
        }
    }
}
