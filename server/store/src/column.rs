//! Between domain types and what stands in columns.

use std::str::FromStr;

use domain::{
    CertificateType, IdError, IdentityHeaders, ObjectName, PeerVerificationMode, Revision, Role,
    StaleRevocationLists, Status,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ulid::Ulid;

use crate::{ChangedNoun, StoreError};

/// A value of a closed set, as a word in a column. A word, once written by a released version, never changes.
pub(crate) trait Word: Copy + 'static {
    /// All values.
    const ALL: &'static [Self];

    /// The word for this value.
    fn word(self) -> &'static str;
}

impl Word for CertificateType {
    const ALL: &'static [Self] = &[Self::Server, Self::Client];

    fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

impl Word for Status {
    const ALL: &'static [Self] = &[Self::Enabled, Self::Disabled];

    fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

impl Word for PeerVerificationMode {
    const ALL: &'static [Self] = &[Self::Off, Self::Required, Self::Optional, Self::ReportOnly];

    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Required => "required",
            Self::Optional => "optional",
            Self::ReportOnly => "report_only",
        }
    }
}

impl Word for StaleRevocationLists {
    const ALL: &'static [Self] = &[Self::Block, Self::Warn];

    fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

impl Word for IdentityHeaders {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rfc9440 => "rfc9440",
            Self::Xfcc => "xfcc",
            Self::Nginx => "nginx",
        }
    }
}

impl Word for Role {
    const ALL: &'static [Self] = &[Self::Administrator];

    fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
        }
    }
}

impl Word for ChangedNoun {
    const ALL: &'static [Self] = &[
        Self::GatewayGroup,
        Self::SslCertificate,
        Self::GroupDenials,
        Self::Service,
        Self::Route,
        Self::Upstream,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::GatewayGroup => "gateway_group",
            Self::SslCertificate => "ssl_certificate",
            Self::GroupDenials => "group_denials",
            Self::Service => "service",
            Self::Route => "route",
            Self::Upstream => "upstream",
        }
    }
}

/// A row as error messages name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// Its table.
    pub(crate) table: &'static str,
    /// Its id.
    pub(crate) id: &'a str,
}

impl Row<'_> {
    /// The value that a word stands for.
    pub(crate) fn word<W: Word>(self, column: &str, word: &str) -> Result<W, StoreError> {
        let value = W::ALL.iter().copied().find(|value| value.word() == word);
        value.ok_or_else(|| self.corrupt(format!("unknown {column} {word:?}")))
    }

    /// The value that a text stands for.
    pub(crate) fn parse<T: FromStr>(self, column: &str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.corrupt(format!("unusable {column} {text:?}")))
    }

    /// The value that a JSON text stands for.
    pub(crate) fn json<T: DeserializeOwned>(self, column: &str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(format!("unusable {column}: {error}")))
    }

    /// An error that names this row.
    pub(crate) fn corrupt(self, problem: String) -> StoreError {
        StoreError::Corrupt { table: self.table, id: self.id.to_owned(), problem }
    }
}

/// A value as JSON text.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our types have text keys only, and none refuses to be written")
}

/// A new id: a ULID, so that ids sort by age.
pub(crate) fn new_id<T: FromStr<Err = IdError>>() -> T {
    Ulid::new().to_string().parse().expect("a ULID is made of letters and digits")
}

/// Makes ids that sort in the order in which they were made, also within one millisecond.
#[derive(Default)]
pub(crate) struct NewIds(ulid::Generator);

impl NewIds {
    /// One more.
    pub(crate) fn next<T: FromStr<Err = IdError>>(&mut self) -> T {
        // It runs over once in 2^80 times: a fresh one then sorts somewhere in the same millisecond.
        let id = self.0.generate().unwrap_or_else(|_| Ulid::new());
        id.to_string().parse().expect("a ULID is made of letters and digits")
    }
}

/// What makes two names the same.
pub(crate) fn name_key(name: &ObjectName) -> String {
    name.as_str().to_lowercase()
}

/// The LIKE pattern for all that contains `text`, whose own `%` and `_` stand for themselves.
pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// A revision read from a column.
pub(crate) fn revision(value: i64) -> Revision {
    // The counter starts at 0 and is only ever counted up.
    Revision(value.unsigned_abs())
}

/// A revision to be compared with a column.
pub(crate) fn revision_value(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Row<'_> = Row { table: "t", id: "1" };

    fn reads_what_it_writes<W: Word + PartialEq + std::fmt::Debug>() {
        for value in W::ALL {
            assert_eq!(ROW.word::<W>("column", value.word()).expect("a word it wrote"), *value);
        }
    }

    #[test]
    fn words_are_read_back() {
        reads_what_it_writes::<CertificateType>();
        reads_what_it_writes::<Status>();
        reads_what_it_writes::<PeerVerificationMode>();
        reads_what_it_writes::<StaleRevocationLists>();
        reads_what_it_writes::<IdentityHeaders>();
        reads_what_it_writes::<Role>();
        reads_what_it_writes::<ChangedNoun>();
    }

    #[test]
    fn new_ids_sort_in_the_order_in_which_they_were_made() {
        let mut ids = NewIds::default();
        let made: Vec<domain::RouteId> = (0..1_000).map(|_| ids.next()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn patterns_take_the_text_literally() {
        assert_eq!(contains_pattern("test.com"), "%test.com%");
        assert_eq!(contains_pattern(r"100%_\"), r"%100\%\_\\%");
    }

    #[test]
    fn an_unknown_word_names_its_row() {
        let error = ROW.word::<Status>("status", "paused").expect_err("no such status");
        assert_eq!(error.to_string(), r#"t row 1: unknown status "paused""#);
    }
}
