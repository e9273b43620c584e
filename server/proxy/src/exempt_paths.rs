//! The paths that need no client certificate.

mod normal;

use std::fmt;

use domain::{Fault, PathPattern};
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use self::normal::normal;

/// Bytes that one compiled expression, and all of a policy together, may take.
const COMPILED_BYTES: usize = 1024 * 1024;
/// Bytes that a thread may keep to match faster.
const CACHE_BYTES: usize = 1024 * 1024;
/// Characters of the compiler's words that a fault keeps.
const REASON_CHARACTERS: usize = 256;

/// The paths of a policy that need no client certificate, compiled once per save. Matching takes time in proportion to
/// the path's length, whatever the expressions are.
#[derive(Clone, Default)]
pub struct ExemptPaths(RegexSet);

impl ExemptPaths {
    /// Compiles expressions.
    ///
    /// # Errors
    /// [`Fault::InvalidPathPattern`] for the first that is none, needs look-around or back-references, or is too large.
    pub fn compile(patterns: &[PathPattern]) -> Result<Self, Fault> {
        for (index, pattern) in patterns.iter().enumerate() {
            compile(pattern).map_err(|error| invalid(index + 1, &error))?;
        }
        RegexSetBuilder::new(patterns.iter().map(PathPattern::as_str))
            .size_limit(COMPILED_BYTES)
            .dfa_size_limit(CACHE_BYTES)
            .build()
            .map(Self)
            // Each is good by itself: it is all of them together that are too large.
            .map_err(|error| invalid(patterns.len(), &error))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a request for `path` (as sent, without the query) needs no client certificate. The expressions see the
    /// path as it is once decoded and without detours; one that two readers could understand differently is never exempt.
    pub fn covers(&self, path: &str) -> bool {
        !self.is_empty() && normal(path).is_some_and(|path| self.0.is_match(&path))
    }
}

impl fmt::Debug for ExemptPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExemptPaths").field(&self.0.patterns()).finish()
    }
}

fn compile(pattern: &PathPattern) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern.as_str()).size_limit(COMPILED_BYTES).dfa_size_limit(CACHE_BYTES).build()
}

fn invalid(number: usize, error: &regex::Error) -> Fault {
    // The compiler draws the expression over several lines; its last one says what is wrong.
    let words = error.to_string();
    let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ");
    let reason = last.chars().filter(|c| !c.is_control()).take(REASON_CHARACTERS).collect();
    Fault::InvalidPathPattern { number, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(patterns: &[&str]) -> Result<ExemptPaths, Fault> {
        let patterns: Vec<PathPattern> = patterns.iter().map(|it| it.parse().expect("a pattern")).collect();
        ExemptPaths::compile(&patterns)
    }

    #[test]
    fn covers_what_an_expression_matches() {
        let paths = compiled(&["^/public/", "/health$", r"^/v\d+/open"]).expect("valid");
        for (path, covered) in [
            ("/public/", true),
            ("/public/a", true),
            ("//public//a", true),
            ("/%70ublic/a", true),
            ("/public", false),
            ("/private", false),
            ("/private/public/", false),
            ("/service/health", true),
            ("/health/x", false),
            ("/v12/open/x", true),
            ("/V12/open", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(paths.covers(path), covered, "{path}");
        }
    }

    /// What has carried attackers past such rules elsewhere.
    #[test]
    fn never_covers_a_detour_to_somewhere_else() {
        let paths = compiled(&["^/public", "\\.css$"]).expect("valid");
        for path in [
            "/public/../private",
            "/public/%2e%2e/private",
            "/public/.%2E/private",
            "/public/..%2fprivate",
            "/public/..%5cprivate",
            "/public/..\\private",
            "/public\\..\\private",
            "/public/..;/private",
            "/public/..;a=b/private",
            "/public/;/../private",
            "/public//../private",
            "/private//../public",
            "/private/%2e%2e/public",
            "/public/../../public",
            "/../public",
            "/public%00/private",
            "/public%0a",
            "/public%2f..%2fprivate",
            "/public/%252e%252e/private",
            "/public%",
            "/public%2",
            "/public%zz",
            "/public%ff",
            "/public%c0%af",
            "/private%3f.css",
            "/private%23.css",
            "/private;.css",
            "/private;/x.css",
            "public",
            "http://x/public",
        ] {
            assert!(!paths.covers(path), "{path}");
        }
    }

    #[test]
    fn without_expressions_nothing_is_exempt() {
        let none = compiled(&[]).expect("valid");
        assert!(none.is_empty() && !none.covers("/") && !none.covers(""));
        assert!(!ExemptPaths::default().covers("/"));
    }

    #[test]
    fn says_which_expression_is_wrong() {
        for (patterns, number) in
            [(&["^/a", "("][..], 2), (&["(?=/a)", "/b"], 1), (&[r"(/a)\1"], 1), (&[r"(\w{100}){100}"], 1)]
        {
            match compiled(patterns) {
                Err(Fault::InvalidPathPattern { number: found, reason }) => {
                    assert_eq!(found, number, "{patterns:?}");
                    assert!(!reason.is_empty(), "{patterns:?}");
                }
                other => panic!("{patterns:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_expression_that_would_be_slow_elsewhere_is_not() {
        let paths = compiled(&["^/(a+)+$"]).expect("valid");
        assert!(!paths.covers(&format!("/{}b", "a".repeat(60_000))));
    }
}
