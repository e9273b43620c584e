//! Texts with a `*` that stands for exactly one part.

/// Whether `pattern`'s parts are `text`'s, one for one, where a part `*` stands for any that is not empty.
pub(super) fn matches(pattern: &str, text: &str, separator: char, same: fn(&str, &str) -> bool) -> bool {
    let mut parts = text.split(separator);
    pattern.split(separator).all(|wanted| {
        parts.next().is_some_and(|part| if wanted == "*" { !part.is_empty() } else { same(wanted, part) })
    }) && parts.next().is_none()
}

/// Texts that are alike but for the case of ASCII letters, as in host names.
pub(super) fn ignoring_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Texts that are the same.
pub(super) fn exactly(one: &str, other: &str) -> bool {
    one == other
}

/// Whether every `*` of the pattern is a part of its own.
pub(super) fn has_whole_wildcards(pattern: &str, separator: char) -> bool {
    pattern.split(separator).all(|part| part == "*" || !part.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_part() {
        for (pattern, text, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.b.c", false),
            ("*.b", "a.b", true),
            ("*.b", ".b", false),
            ("*.b", "x.a.b", false),
            ("*.b", "b", false),
            ("a.*.c", "a.b.c", true),
            ("a.b", "A.B", true),
        ] {
            assert_eq!(matches(pattern, text, '.', ignoring_case), expected, "{pattern} {text}");
        }
        assert!(!matches("a/b", "A/b", '/', exactly));
    }

    #[test]
    fn wildcards_are_whole_parts() {
        assert!(has_whole_wildcards("*.a.*", '.'));
        assert!(!has_whole_wildcards("a*.b", '.'));
        assert!(!has_whole_wildcards("**.b", '.'));
    }
}
