//! Writing DER for what no tool makes.

/// One value with this tag.
pub(crate) fn value(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("a short test value").to_be_bytes();
    let digits = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let header = match digits {
        [] => vec![tag, 0],
        [short @ 0..=0x7f] => vec![tag, *short],
        _ => [&[tag, 0x80 | u8::try_from(digits.len()).expect("at most 4")], digits].concat(),
    };
    [header, contents.to_vec()].concat()
}

/// A SEQUENCE of these values.
pub(crate) fn sequence(values: &[&[u8]]) -> Vec<u8> {
    value(0x30, &values.concat())
}

/// The parts of a certificate or revocation list: what is signed, the algorithm, and the signature without its header.
pub(crate) fn signed_parts(der: &[u8]) -> [&[u8]; 3] {
    let (contents, _) = split(der);
    let (_, tbs, rest) = whole(contents);
    let (_, algorithm, signature) = whole(rest);
    [tbs, algorithm, &split(signature).0[1..]]
}

/// The contents of the first value, and what follows it.
pub(crate) fn split(der: &[u8]) -> (&[u8], &[u8]) {
    let (contents, _, rest) = whole(der);
    (contents, rest)
}

/// The values that stand one after another, each with its header.
pub(crate) fn values(mut der: &[u8]) -> Vec<&[u8]> {
    let mut values = Vec::new();
    while !der.is_empty() {
        let (_, value, rest) = whole(der);
        values.push(value);
        der = rest;
    }
    values
}

/// The first value's contents, the value, and what follows it.
fn whole(der: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let digits = usize::from(der[1].saturating_sub(0x80));
    let length = match der[1] {
        short @ 0..=0x7f => usize::from(short),
        _ => der[2..2 + digits].iter().fold(0, |sum, digit| sum * 256 + usize::from(*digit)),
    };
    let end = 2 + digits + length;
    (&der[2 + digits..end], &der[..end], &der[end..])
}
