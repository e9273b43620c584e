use std::borrow::Cow;

/// What stands between two slashes, and what it says.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    pub(super) raw: &'a str,
    /// Decoded, but for escapes that make it odd.
    pub(super) literal: Cow<'a, str>,
    /// Whether there is another way to read it.
    pub(super) is_odd: bool,
}

impl<'a> Segment<'a> {
    /// `None` if nobody should have to make sense of it.
    pub(super) fn read(raw: &'a str) -> Option<Self> {
        if raw.bytes().any(|byte| byte <= b' ' || matches!(byte, 0x7f | b'\\' | b'?' | b'#')) {
            return None;
        }
        let mut is_odd = raw.contains(';');
        if !raw.contains('%') {
            return Some(Self { raw, literal: Cow::Borrowed(raw), is_odd });
        }
        let mut literal = Vec::with_capacity(raw.len());
        let mut rest = raw.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            if *byte != b'%' {
                literal.push(*byte);
                rest = after;
                continue;
            }
            let (escape, after) = rest.split_at_checked(3)?;
            let byte = decoded(escape)?;
            if byte.is_ascii_control() {
                return None;
            } else if has_meaning(byte) {
                is_odd = true;
                literal.extend_from_slice(escape);
            } else {
                literal.push(byte);
            }
            rest = after;
        }
        let literal = String::from_utf8(literal).ok()?;
        // Somebody took the trouble to encode dots: not everybody decodes before removing dot segments.
        if is_detour(literal.as_bytes()) {
            return None;
        }
        Some(Self { raw, literal: Cow::Owned(literal), is_odd })
    }

    /// Whether it says something else than what was sent.
    pub(super) fn is_escaped(&self) -> bool {
        matches!(self.literal, Cow::Owned(_))
    }
}

/// Whether a character, decoded, has a meaning that it does not have while it is encoded. `%` stands for all of those
/// that are encoded twice.
fn has_meaning(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'%' | b';' | b'?' | b'#')
}

/// The most eager reading of a path without dot segments whose escapes are whole. `None` if it has dot segments when
/// read so, or if one could read it in more ways than the literal and this one.
pub(super) fn eager(path: &str) -> Option<Vec<u8>> {
    let whole = fully_decoded(path.as_bytes());
    if whole.split(|byte| is_separator(*byte) || ends_path(*byte)).map(without_parameters).any(is_detour) {
        return None;
    }
    if path.split('/').any(|segment| hides_after_parameter(&fully_decoded(segment.as_bytes()))) {
        return None;
    }
    let path = whole.split(|byte| ends_path(*byte)).next().unwrap_or_default();
    let mut reading = Vec::with_capacity(path.len());
    let mut ends_in_name = false;
    for name in path.split(|byte| is_separator(*byte)).map(without_parameters) {
        ends_in_name = !name.is_empty();
        if ends_in_name {
            reading.push(b'/');
            reading.extend_from_slice(name);
        }
    }
    if !ends_in_name {
        reading.push(b'/');
    }
    Some(reading)
}

/// Decoded until no escape is left, at one go: an escape is replaced as soon as its last digit is there, whether that was
/// sent or decoded itself.
fn fully_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded_bytes = Vec::with_capacity(bytes.len());
    for byte in bytes {
        decoded_bytes.push(*byte);
        while let Some(byte) = decoded_bytes.last_chunk::<3>().and_then(|escape| decoded(escape)) {
            decoded_bytes.truncate(decoded_bytes.len() - 3);
            decoded_bytes.push(byte);
        }
    }
    decoded_bytes
}

/// Whether something with a meaning follows a `;` before the next slash that was sent: some cut it off with the parameter,
/// to others the parameter ends there.
fn hides_after_parameter(segment: &[u8]) -> bool {
    let parameter = segment.iter().position(|byte| *byte == b';').map_or(&[][..], |start| &segment[start..]);
    parameter.iter().any(|byte| is_separator(*byte) || ends_path(*byte))
}

fn without_parameters(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b';').next().unwrap_or_default()
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

fn ends_path(byte: u8) -> bool {
    matches!(byte, b'?' | b'#' | 0)
}

fn is_detour(name: &[u8]) -> bool {
    matches!(name, b"." | b"..")
}

/// The byte that an escape (`%2f`) stands for; `None` if it is none.
fn decoded(escape: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match escape {
        [b'%', high, low] => Some((digit(*high)? << 4) | digit(*low)?),
        _ => None,
    }
}
