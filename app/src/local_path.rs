//! A place inside the dashboard to go to next, as it came from a form or an address.

use std::fmt;
use std::str::FromStr;

/// A path, with its query, of this site and no other: an address from outside may name the next page, but must not be
/// able to send the person who just signed in somewhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(String);

/// The text names no page of this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLocal;

impl LocalPath {
    /// The start page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocalPath {
    type Err = NotLocal;

    fn from_str(text: &str) -> Result<Self, NotLocal> {
        let mut bytes = text.bytes();
        // `//host` and `/\host` are addresses of other sites (WHATWG URL §4.4); what is not visible ASCII cannot stand
        // in a header.
        let local = bytes.next() == Some(b'/')
            && text.len() <= 2048
            && plain_path(text)
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if local { Ok(Self(text.to_owned())) } else { Err(NotLocal) }
    }
}

/// Whether the path, without its query, has no empty and no dot segments: `/.//host` would become `//host`.
fn plain_path(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let segments = path.split('/').skip(1);
    path == "/" || !segments.into_iter().any(|segment| matches!(segment, "" | "." | ".."))
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site() {
        for text in ["/", "/groups/default", "/groups/default/ssl-certificates?page=2&search=a%20b"] {
            assert_eq!(text.parse::<LocalPath>().expect("local").as_str(), text);
        }
        let long = format!("/{}", "a".repeat(2048));
        for text in [
            "",
            "groups",
            "//evil.example",
            "/.//evil.example",
            "/groups//evil.example",
            "/a/../b",
            "/\\evil.example",
            "https://evil.example/",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/ü",
            "\\\\evil",
            "/a\\b",
            &long,
        ] {
            assert_eq!(text.parse::<LocalPath>(), Err(NotLocal), "{text:?}");
        }
    }
}
