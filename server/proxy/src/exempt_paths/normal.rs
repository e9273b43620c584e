use std::borrow::Cow;

use crate::path::CheckedPath;

/// A path as those see it who decode it (RFC 3986 §6.2.2): once decoded, slashes merged, dot segments removed. `None` if
/// it is no absolute path, or if services are known to understand such a path in different ways.
pub(super) fn normal(path: &str) -> Option<Cow<'_, str>> {
    // RFC 3986 §5.2.4 counts an empty segment as one to go up from; those who merge slashes first do not.
    if path.contains("//") && path.split('/').any(|segment| segment == "..") {
        return None;
    }
    CheckedPath::new(path)?.into_only_reading()
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
