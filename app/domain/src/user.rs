use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Fault, Limit};

/// The name that a user signs in with: 1 to 64 letters, digits and `. _ - @ +`; compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(Box<str>);

impl UserName {
    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserName {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Required);
        }
        if text.chars().count() > 64 {
            return Err(Fault::TooLarge(Limit::Characters(64)));
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || "._-@+".contains(c)) {
            return Err(Fault::InvalidCharacters);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

impl TryFrom<String> for UserName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_| "not a user name")
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password as typed. It has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Box<str>);

impl Password {
    /// The least number of characters of a new password (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where it is the only factor;
    /// sign-in here is rate-limited and local, and 12 is what people keep to).
    pub const LEAST: usize = 12;
    /// The greatest number of bytes, so that hashing has a bound.
    pub const MOST: u64 = 512;

    /// A password for a new or changed account.
    ///
    /// # Errors
    /// Too short or too long.
    pub fn new(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::Required);
        }
        if text.chars().count() < Self::LEAST {
            return Err(Fault::TooShort { least: Self::LEAST });
        }
        Self::typed(text)
    }

    /// A password typed to sign in: only its length is bounded.
    ///
    /// # Errors
    /// Empty or too long.
    pub fn typed(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::Required);
        }
        if text.len() as u64 > Self::MOST {
            return Err(Fault::TooLarge(Limit::Bytes(Self::MOST)));
        }
        Ok(Self(text.into()))
    }

    /// The characters, for the hash function and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_have_one_case() {
        assert_eq!(" Admin ".parse::<UserName>().expect("valid").as_str(), "admin");
        assert_eq!("".parse::<UserName>(), Err(Fault::Required));
        assert_eq!("a b".parse::<UserName>(), Err(Fault::InvalidCharacters));
    }

    #[test]
    fn passwords_are_bounded_and_not_shown() {
        assert_eq!(Password::new("short"), Err(Fault::TooShort { least: 12 }));
        assert!(Password::typed("short").is_ok());
        assert_eq!(Password::new(&"x".repeat(513)), Err(Fault::TooLarge(Limit::Bytes(512))));
        let password = Password::new("correct horse battery").expect("valid");
        assert!(!format!("{password:?}").contains("horse"));
    }
}
