use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A path, or with `*` at its end all paths that begin so (APISIX: `uri`).
///
/// Matched against the normalised path: once decoded, slashes merged, dot segments removed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoutePath {
    /// Exactly this path.
    Exact(Box<str>),
    /// Every path that begins so; the text without its `*`.
    Prefix(Box<str>),
}

/// Why a text is no [`RoutePath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RoutePathError {
    /// Too long or empty.
    #[error("a path has 1 to 4,096 characters")]
    Length,
    /// It does not begin with a slash.
    #[error("a path begins with /")]
    NoSlash,
    /// A `*` that is not its end.
    #[error("a * stands at the end only")]
    Star,
    /// `:name`, which APISIX takes for a parameter.
    #[error("parameters such as /:name are not supported")]
    Parameter,
    /// It is not what a request's path is once normalised, so that no request would ever match.
    #[error("write the path decoded, without //, /./, /../, ?, #, ; and \\")]
    NotNormal,
}

impl RoutePath {
    const LONGEST: usize = 4096;

    /// Whether it covers a normalised path.
    pub fn covers(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => path == &**exact,
            Self::Prefix(prefix) => path.starts_with(&**prefix),
        }
    }
}

impl FromStr for RoutePath {
    type Err = RoutePathError;

    fn from_str(text: &str) -> Result<Self, RoutePathError> {
        if text.is_empty() || text.len() > Self::LONGEST {
            return Err(RoutePathError::Length);
        }
        let (path, is_prefix) = text.strip_suffix('*').map_or((text, false), |path| (path, true));
        if !path.starts_with('/') {
            return Err(RoutePathError::NoSlash);
        }
        if path.contains('*') {
            return Err(RoutePathError::Star);
        }
        if path.contains("/:") {
            return Err(RoutePathError::Parameter);
        }
        let has_detour = path.split('/').any(|segment| matches!(segment, "." | ".."));
        let is_odd = |c: char| c.is_control() || matches!(c, '?' | '#' | ';' | '\\' | '%');
        if path.contains("//") || has_detour || path.contains(is_odd) {
            return Err(RoutePathError::NotNormal);
        }
        Ok(if is_prefix { Self::Prefix(path.into()) } else { Self::Exact(path.into()) })
    }
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(path) => f.write_str(path),
            Self::Prefix(path) => write!(f, "{path}*"),
        }
    }
}

impl fmt::Debug for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for RoutePath {
    type Error = RoutePathError;

    fn try_from(text: String) -> Result<Self, RoutePathError> {
        text.parse()
    }
}

impl From<RoutePath> for String {
    fn from(path: RoutePath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_at_the_end_makes_a_prefix() {
        for (text, path, covered) in [
            ("/", "/", true),
            ("/", "/a", false),
            ("/*", "/", true),
            ("/*", "/a/b", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api", false),
            ("/api*", "/apis", true),
            ("/a b", "/a b", true),
        ] {
            let route: RoutePath = text.parse().expect(text);
            assert_eq!((route.to_string(), route.covers(path)), (text.to_owned(), covered), "{text} {path}");
        }
    }

    #[test]
    fn what_no_request_could_match_is_refused() {
        use RoutePathError as E;
        for (text, error) in [
            ("", E::Length),
            ("api", E::NoSlash),
            ("*", E::NoSlash),
            ("/a/*/b", E::Star),
            ("/**", E::Star),
            ("/users/:id", E::Parameter),
            ("/a//b", E::NotNormal),
            ("/a/../b", E::NotNormal),
            ("/a?b", E::NotNormal),
            ("/a%20b", E::NotNormal),
            ("/a;b", E::NotNormal),
            ("/a\\b", E::NotNormal),
        ] {
            assert_eq!(text.parse::<RoutePath>(), Err(error), "{text}");
        }
    }
}
