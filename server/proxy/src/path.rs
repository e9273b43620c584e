//! A request's path, looked at once: what is forwarded, and how it may be read.

mod readings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use self::readings::{Segment, eager};

/// A path that may be routed and forwarded.
///
/// What goes on to a node has no dot segments and no empty ones, so that the node has none to resolve in its own way;
/// escapes stay as they were sent. Those who decode it agree on what it says, except for characters that have a meaning
/// in paths when they are not encoded (`%2F`, `%5C`, `%3B`, `%3F`, `%23`, `%25`), and for parameters (`/a;b=c`), which
/// some cut off. A path with any of these has two readings: the most literal one, and the most eager one. A route has a
/// path without any such character; so whoever reads the path in a way between the two finds what both find, if they
/// find the same.
#[derive(Debug)]
pub(crate) struct CheckedPath<'a> {
    forwarded: Cow<'a, str>,
    /// `None`: as it is forwarded.
    literal: Option<String>,
    /// `None`: there is only the literal one.
    eager: Option<Vec<u8>>,
}

impl<'a> CheckedPath<'a> {
    /// Looks at a path as it was sent, without the query. `None` if nobody should have to make sense of it: it does not
    /// begin with a slash; has control characters, spaces or backslashes; escapes that are broken, or not UTF-8 (old
    /// decoders take `%c0%af` for a slash); goes above the root; or hides dot segments in escapes or behind parameters.
    pub(crate) fn new(raw: &'a str) -> Option<Self> {
        if is_plain(raw) {
            return Some(Self { forwarded: Cow::Borrowed(raw), literal: None, eager: None });
        }
        let mut kept: Vec<Segment<'a>> = Vec::new();
        let mut is_folder = false;
        let mut is_odd = false;
        for raw in raw.strip_prefix('/')?.split('/') {
            let segment = Segment::read(raw)?;
            is_folder = matches!(raw, "" | "." | "..");
            // Also of one that a detour takes out: a strict reader wants none of these anywhere.
            is_odd |= segment.is_odd;
            match raw {
                "" | "." => {}
                ".." => drop(kept.pop()?),
                _ => kept.push(segment),
            }
        }
        let join = |text: for<'s> fn(&'s Segment<'a>) -> &'s str| {
            let mut path = String::with_capacity(raw.len());
            for segment in &kept {
                path.push('/');
                path.push_str(text(segment));
            }
            if is_folder || kept.is_empty() {
                path.push('/');
            }
            path
        };
        let forwarded = join(|segment| segment.raw);
        let literal = kept.iter().any(Segment::is_escaped).then(|| join(|segment| &segment.literal));
        let eager = if is_odd { Some(eager(&forwarded)?) } else { None };
        let forwarded = if forwarded == raw { Cow::Borrowed(raw) } else { Cow::Owned(forwarded) };
        Some(Self { forwarded, literal, eager })
    }

    /// What goes to a node.
    pub(crate) fn forwarded(&self) -> &str {
        &self.forwarded
    }

    /// Whether that is what was sent.
    pub(crate) fn is_as_sent(&self) -> bool {
        matches!(self.forwarded, Cow::Borrowed(_))
    }

    /// Decoded once, but for characters that would have a meaning then: their escapes are kept.
    pub(crate) fn literal(&self) -> &str {
        self.literal.as_deref().unwrap_or(&self.forwarded)
    }

    /// Decoded until nothing is left to decode, backslashes taken for slashes, parameters cut off, and whatever follows
    /// a `?`, `#` or NUL. `None` if [`Self::literal`] is the only way to read it.
    pub(crate) fn eager(&self) -> Option<&[u8]> {
        self.eager.as_deref()
    }

    /// The only way to read it; `None` if there are two.
    pub(crate) fn into_only_reading(self) -> Option<Cow<'a, str>> {
        match self {
            Self { eager: Some(_), .. } => None,
            Self { literal: Some(literal), .. } => Some(Cow::Owned(literal)),
            Self { forwarded, .. } => Some(forwarded),
        }
    }
}

/// Whether a path is quickly seen to have one reading, as it is.
fn is_plain(path: &str) -> bool {
    let mut before = b' ';
    for byte in path.bytes() {
        if !PLAIN[usize::from(byte)] || (before == b'/' && matches!(byte, b'/' | b'.')) {
            return false;
        }
        before = byte;
    }
    path.starts_with('/')
}

/// Bytes without a meaning to anybody, and `/`.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte <= b' ' {
        plain[byte as usize] = false;
        byte += 1;
    }
    let mut odd: &[u8] = b"%;?#\\\x7f";
    while let [byte, rest @ ..] = odd {
        plain[*byte as usize] = false;
        odd = rest;
    }
    plain
};
