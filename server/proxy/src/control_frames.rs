//! Counts the HTTP/2 frames that cost a server work and get nobody an answer (RFC 9113 §10.5).
//!
//! Follows the frames of a connection by their nine-byte heads, in whatever pieces they arrive. Pure: no io; the time is
//! passed in.

use std::time::{Duration, Instant};

/// Bytes with which a client opens a connection, before the first frame (§3.4).
const PREFACE_BYTES: usize = 24;
/// Bytes of a frame's head (§4.1).
const HEAD_BYTES: usize = 9;
/// Over what time frames are counted.
const WINDOW: Duration = Duration::from_secs(1);
/// How many times as many `WINDOW_UPDATE` frames are let pass: an honest client that downloads at full speed sends two for
/// every few kilobytes that it takes, and it is the server that decides how many of them there are.
const WINDOW_UPDATE_ALLOWANCE: u32 = 10;

// Types of frames (§6), and the flags that matter here.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

/// Counts the frames of one connection.
#[derive(Debug)]
pub(crate) struct ControlFrames {
    /// Bytes of the preface that have not come yet.
    preface: usize,
    head: [u8; HEAD_BYTES],
    /// How much of `head` there is.
    head_bytes: usize,
    /// Bytes of the present frame that have not come yet.
    payload: usize,
    /// Whether the present frame, or the last one, belongs to a header block that goes on.
    is_in_block: bool,
    counts: Counts,
}

/// What was counted since a moment.
#[derive(Debug)]
struct Counts {
    since: Instant,
    control: u32,
    window_updates: u32,
    /// Of `control` within [`WINDOW`].
    most: u32,
}

/// A client sends too many control frames.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} HTTP/2 control frames within a second")]
pub(crate) struct Flood {
    most: u32,
}

impl ControlFrames {
    /// `most`: frames a second.
    pub(crate) fn new(most: u32, now: Instant) -> Self {
        Self {
            preface: PREFACE_BYTES,
            head: [0; HEAD_BYTES],
            head_bytes: 0,
            payload: 0,
            is_in_block: false,
            counts: Counts { since: now, control: 0, window_updates: 0, most },
        }
    }

    /// Whether a frame has begun without which no request can go on: anything but DATA.
    pub(crate) fn is_in_head(&self) -> bool {
        let is_in_preface = (1..PREFACE_BYTES).contains(&self.preface);
        let is_in_frame = self.head_bytes > 0 || (self.payload > 0 && self.kind() != DATA);
        is_in_preface || is_in_frame || self.is_in_block
    }

    /// Follows what has arrived at `now`.
    ///
    /// # Errors
    /// See [`Flood`].
    pub(crate) fn follow(&mut self, mut bytes: &[u8], now: Instant) -> Result<(), Flood> {
        skip(&mut self.preface, &mut bytes);
        while !bytes.is_empty() {
            skip(&mut self.payload, &mut bytes);
            let taken = bytes.len().min(HEAD_BYTES - self.head_bytes);
            let (head, rest) = bytes.split_at(taken);
            self.head[self.head_bytes..][..taken].copy_from_slice(head);
            self.head_bytes += taken;
            bytes = rest;
            if self.head_bytes == HEAD_BYTES {
                self.head_bytes = 0;
                self.begin_frame(now)?;
            }
        }
        Ok(())
    }

    fn kind(&self) -> u8 {
        self.head[3]
    }

    fn begin_frame(&mut self, now: Instant) -> Result<(), Flood> {
        let [high, middle, low, kind, flags, ..] = self.head;
        self.payload = u32::from_be_bytes([0, high, middle, low]) as usize;
        let is_empty = self.payload == 0;
        if kind == HEADERS || kind == CONTINUATION {
            self.is_in_block = flags & END_HEADERS == 0;
        }
        match kind {
            // Requests have bounds of their own.
            HEADERS => Ok(()),
            CONTINUATION | DATA if !is_empty => Ok(()),
            DATA if flags & END_STREAM != 0 => Ok(()),
            WINDOW_UPDATE => self.counts.window_update(now),
            _ => self.counts.control(now),
        }
    }
}

impl Counts {
    fn control(&mut self, now: Instant) -> Result<(), Flood> {
        self.move_on(now);
        self.control += 1;
        if self.control > self.most { Err(Flood { most: self.most }) } else { Ok(()) }
    }

    fn window_update(&mut self, now: Instant) -> Result<(), Flood> {
        self.move_on(now);
        self.window_updates += 1;
        let most = self.most.saturating_mul(WINDOW_UPDATE_ALLOWANCE);
        if self.window_updates > most { Err(Flood { most }) } else { Ok(()) }
    }

    fn move_on(&mut self, now: Instant) {
        if now.duration_since(self.since) >= WINDOW {
            self.since = now;
            self.control = 0;
            self.window_updates = 0;
        }
    }
}

fn skip(left: &mut usize, bytes: &mut &[u8]) {
    let skipped = (*left).min(bytes.len());
    *left -= skipped;
    *bytes = &bytes[skipped..];
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: u32 = 10;
    const PREFACE: &[u8; PREFACE_BYTES] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags, 0, 0, 0, 1]);
        frame.extend(payload);
        frame
    }

    /// How many times a frame may be sent within a second, up to 1,000.
    fn allowed(frame: &[u8]) -> u32 {
        let now = Instant::now();
        let mut frames = ControlFrames::new(MOST, now);
        frames.follow(PREFACE, now).expect("no frame");
        (0..1_000).take_while(|_| frames.follow(frame, now).is_ok()).map(|_| 1).sum()
    }

    #[test]
    fn frames_that_carry_nothing_are_counted() {
        for (name, frame, expected) in [
            ("PING", frame(6, 0, &[0; 8]), MOST),
            ("SETTINGS", frame(4, 0, &[]), MOST),
            ("acknowledged SETTINGS", frame(4, 1, &[]), MOST),
            ("PRIORITY", frame(2, 0, &[0; 5]), MOST),
            ("RST_STREAM", frame(3, 0, &[0; 4]), MOST),
            ("an unknown type", frame(77, 0, b"x"), MOST),
            ("empty DATA", frame(DATA, 0, &[]), MOST),
            ("empty CONTINUATION", frame(CONTINUATION, END_HEADERS, &[]), MOST),
            ("WINDOW_UPDATE", frame(WINDOW_UPDATE, 0, &[0; 4]), MOST * WINDOW_UPDATE_ALLOWANCE),
            ("DATA", frame(DATA, 0, b"x"), 1_000),
            ("the end of a body", frame(DATA, END_STREAM, &[]), 1_000),
            ("HEADERS", frame(HEADERS, END_HEADERS, &[]), 1_000),
            ("CONTINUATION", frame(CONTINUATION, 0, b"x"), 1_000),
        ] {
            assert_eq!(allowed(&frame), expected, "{name}");
        }
    }

    #[test]
    fn each_second_counts_anew() {
        let start = Instant::now();
        let mut frames = ControlFrames::new(MOST, start);
        frames.follow(PREFACE, start).expect("no frame");
        let pings = frame(6, 0, &[0; 8]).repeat(MOST as usize);
        for second in 0..3 {
            frames.follow(&pings, start + WINDOW * second).expect("as many as there may be");
        }
        assert_eq!(frames.follow(&pings, start + WINDOW * 2), Err(Flood { most: MOST }));
    }

    #[test]
    fn it_is_known_when_a_head_is_arriving() {
        let headers = frame(HEADERS, END_HEADERS, b"block");
        let block = [frame(HEADERS, 0, b"begin"), frame(CONTINUATION, END_HEADERS, b"end")].concat();
        let first = frame(HEADERS, 0, b"begin");
        let data = frame(DATA, 0, b"data");
        for (what, sent, arriving) in [
            ("nothing", &[][..], false),
            ("whole HEADERS", &headers, false),
            ("the head of a frame", &headers[..3], true),
            ("half of HEADERS", &headers[..11], true),
            ("HEADERS that go on", &first, true),
            ("HEADERS with their end", &block, false),
            ("half of DATA", &data[..11], false),
        ] {
            let now = Instant::now();
            let mut frames = ControlFrames::new(MOST, now);
            assert!(!frames.is_in_head());
            frames.follow(&PREFACE[..5], now).expect("no frame");
            assert!(frames.is_in_head(), "half of the preface");
            frames.follow(&PREFACE[5..], now).expect("no frame");
            frames.follow(sent, now).expect("one frame");
            assert_eq!(frames.is_in_head(), arriving, "{what}");
        }
    }

    proptest! {
        #[test]
        fn the_count_does_not_depend_on_how_the_bytes_arrive(
            kinds in prop::collection::vec((0_u8..12, 0_u8..6, 0_usize..20), 0..40),
            piece in 1_usize..30,
        ) {
            let now = Instant::now();
            let mut bytes = PREFACE.to_vec();
            for (kind, flags, length) in kinds {
                bytes.extend(frame(kind, flags, &vec![7; length]));
            }
            let mut whole = ControlFrames::new(u32::MAX, now);
            whole.follow(&bytes, now).expect("no bound");
            let mut pieces = ControlFrames::new(u32::MAX, now);
            for piece in bytes.chunks(piece) {
                pieces.follow(piece, now).expect("no bound");
            }
            prop_assert_eq!(pieces.counts.control, whole.counts.control);
            prop_assert_eq!(pieces.counts.window_updates, whole.counts.window_updates);
            prop_assert_eq!(pieces.is_in_head(), whole.is_in_head());
        }
    }
}
