//! Text that came from a certificate, made harmless: nothing in it can break a line, a header or a page, or turn the
//! reading direction of what stands beside it.

/// The greatest number of characters of one printed name.
pub(crate) const NAME_LIMIT: usize = 256;
/// The greatest number of characters of a printed distinguished name.
pub(crate) const DISTINGUISHED_NAME_LIMIT: usize = 1024;

/// `text` with dangerous characters as `\u{..}` and `\` doubled, cut to `limit` characters of the result, `…` marking the cut.
pub(crate) fn escape(text: &str, limit: usize) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            _ => push(&mut escaped, character),
        }
        // Text is cut here, not only at the end, so that a long input costs no more than a short one.
        if escaped.len() > limit * 4 {
            break;
        }
    }
    cut(escaped, limit)
}

/// Appends one character, as `\u{..}` if it is dangerous.
pub(crate) fn push(text: &mut String, character: char) {
    if is_dangerous(character) {
        text.extend(character.escape_unicode());
    } else {
        text.push(character);
    }
}

/// `text` with at most `limit` characters, `…` marking the cut.
pub(crate) fn cut(mut text: String, limit: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(limit) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Control characters, line and paragraph separators, and the invisible characters that change how others are shown
/// (Unicode TR 36 §2.5: bidirectional overrides, zero-width and tag characters).
fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_characters_do_not_survive() {
        for (text, escaped) in [
            ("test.com", "test.com"),
            ("公司", "公司"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("a\0", "a\\u{0}"),
            ("\u{202e}moc", "\\u{202e}moc"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("\\u{a}", "\\\\u{a}"),
            ("\u{85}", "\\u{85}"),
        ] {
            assert_eq!(escape(text, NAME_LIMIT), escaped, "{text:?}");
        }
    }

    #[test]
    fn length_is_bounded() {
        assert_eq!(escape(&"x".repeat(10_000), 5), "xxxxx…");
        assert_eq!(escape("xxxxx", 5), "xxxxx");
        assert_eq!(escape(&"\0".repeat(10_000), 8).chars().count(), 9);
    }
}
