//! Names of header fields as services read them. Behind CGI-like interfaces a hyphen, an underscore and other marks are
//! the same character, so a name that is taken out is taken out in each of these spellings.

/// Whether `name` is one of `rules` in any spelling. A rule is a whole name in lower case with hyphens, or with `*` at its
/// end all names that begin so.
pub(crate) fn is_one_of(name: &str, rules: &[&str]) -> bool {
    rules.iter().any(|rule| is_spelling_of(name, rule))
}

/// Whether `name` is `rule`, likewise.
pub(crate) fn is_spelling_of(name: &str, rule: &str) -> bool {
    let (stem, is_whole) = rule.strip_suffix('*').map_or((rule, true), |stem| (stem, false));
    let is_long_enough = if is_whole { name.len() == stem.len() } else { name.len() >= stem.len() };
    is_long_enough && name.bytes().zip(stem.bytes()).all(|(one, other)| is_same(one, other))
}

fn is_same(written: u8, ruled: u8) -> bool {
    written.eq_ignore_ascii_case(&ruled) || (ruled == b'-' && !written.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_case_make_no_difference() {
        for (name, rule, same) in [
            ("x-real-ip", "x-real-ip", true),
            ("X_Real_IP", "x-real-ip", true),
            ("x.real~ip", "x-real-ip", true),
            ("x-real-ip2", "x-real-ip", false),
            ("x-real-i", "x-real-ip", false),
            ("xreal-ip", "x-real-ip", false),
            ("x0real-ip", "x-real-ip", false),
            ("x_forwarded_for", "x-forwarded-*", true),
            ("x-forwarded-", "x-forwarded-*", true),
            ("x-forwarded", "x-forwarded-*", false),
            ("$wscc", "-ws*", true),
            ("", "x*", false),
        ] {
            assert_eq!(is_spelling_of(name, rule), same, "{name} {rule}");
            assert_eq!(is_one_of(name, &["other", rule]), same, "{name} {rule}");
        }
    }
}
