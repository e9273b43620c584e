use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Fault, Limit};

/// A regular expression over the path of requests that need no client certificate (APISIX: an entry of
/// `client.skip_mtls_uri_regex`).
///
/// Matched anywhere in the normalised path unless anchored. Whether it is an expression at all is found out where it is
/// compiled; here it is a text of 1 to 1,024 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(Box<str>);

impl PathPattern {
    /// The most of them in one policy.
    pub const MOST: usize = 64;
    const LONGEST: usize = 1024;

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PathPattern {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::Required);
        }
        if text.chars().count() > Self::LONGEST {
            return Err(Fault::TooLarge(Limit::Characters(Self::LONGEST as u64)));
        }
        if text.chars().any(char::is_control) {
            return Err(Fault::InvalidCharacters);
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for PathPattern {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| "not a path pattern")
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0.into()
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
