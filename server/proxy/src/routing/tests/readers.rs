//! Services that read a path in any way between the literal and the eager one: if a route is found, they all find it.

use proptest::prelude::*;

use super::*;

/// How a service reads paths.
#[derive(Debug, Clone)]
struct Reader {
    /// How often it decodes.
    decodes: usize,
    /// Whether it decodes `%2F` and `%5C` too.
    decodes_separators: bool,
    takes_backslashes_for_slashes: bool,
    cuts_parameters_before_decoding: bool,
    cuts_parameters_after_decoding: bool,
    /// Whether `?`, `#` or NUL end a path also when they were encoded.
    ends_at_query: bool,
    resolves_dots: bool,
    merges_slashes: bool,
}

fn reader() -> impl Strategy<Value = Reader> {
    (1..4_usize, prop::array::uniform7(any::<bool>())).prop_map(|(decodes, flags)| {
        let [separators, backslashes, before, after, query, dots, slashes] = flags;
        Reader {
            decodes,
            decodes_separators: separators,
            takes_backslashes_for_slashes: backslashes,
            cuts_parameters_before_decoding: before,
            cuts_parameters_after_decoding: after,
            ends_at_query: query,
            resolves_dots: dots,
            merges_slashes: slashes,
        }
    })
}

impl Reader {
    fn reads(&self, forwarded: &str) -> Vec<u8> {
        let mut path = forwarded.as_bytes().to_vec();
        if self.cuts_parameters_before_decoding {
            path = without_parameters(&path);
        }
        for _ in 0..self.decodes {
            path = self.decoded(&path);
        }
        if self.ends_at_query {
            let end = path.iter().position(|byte| matches!(byte, b'?' | b'#' | 0)).unwrap_or(path.len());
            path.truncate(end);
        }
        if self.takes_backslashes_for_slashes {
            path.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        }
        if self.cuts_parameters_after_decoding {
            path = without_parameters(&path);
        }
        let mut kept: Vec<&[u8]> = Vec::new();
        let segments: Vec<&[u8]> = path[1..].split(|byte| *byte == b'/').collect();
        for (index, segment) in segments.iter().enumerate() {
            let is_last = index + 1 == segments.len();
            match *segment {
                b"." if self.resolves_dots => {}
                b".." if self.resolves_dots => drop(kept.pop()),
                b"" if self.merges_slashes && !is_last => {}
                segment => kept.push(segment),
            }
        }
        [b"/", &*kept.join(&b'/')].concat()
    }

    fn decoded(&self, path: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = path;
        while let Some((byte, after)) = rest.split_first() {
            let digits = rest.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
            match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(b'/' | b'\\') if *byte == b'%' && !self.decodes_separators => bytes.push(*byte),
                Some(decoded) if *byte == b'%' => {
                    bytes.push(decoded);
                    rest = &rest[3..];
                    continue;
                }
                _ => bytes.push(*byte),
            }
            rest = after;
        }
        bytes
    }
}

fn without_parameters(path: &[u8]) -> Vec<u8> {
    let segments = path.split(|byte| *byte == b'/');
    segments
        .map(|it| it.split(|byte| *byte == b';').next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(&b'/')
}

fn raw_path() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/", "/", "/", "a", "a", "b", ".", "..", ";", "%2e", "%2F", "%5c", "%3B", "%3f", "%25", "%61", "2e",
        "2F", "3b", "61", "00",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| format!("/{}", pieces.concat()))
}

fn routes() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        "(/[ab]{1,2}){0,3}[/*]?"
            .prop_map(|path| if path.starts_with('/') { path } else { format!("/{path}") }),
        1..6,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn whoever_reads_a_routed_path_finds_the_same_route(
        raw in raw_path(),
        routes in routes(),
        readers in prop::collection::vec(reader(), 8)
    ) {
        let mut routing = Routing::default();
        for (index, path) in routes.iter().enumerate().filter(|(_, path)| !path.contains("//")) {
            routing.put_route(format!("r{index}").parse().expect("an id"), rules(&[], &[path]));
        }
        let Some(path) = CheckedPath::new(&raw) else { return Ok(()) };
        let host = "test.com".parse().expect("a host");
        let found = match routing.find(&host, &path, &Method::GET, IdentityHeaders::None) {
            Err(NotRouted::Ambiguous) => return Ok(()),
            Err(NotRouted::NotFound) => None,
            Ok(found) => Some(found.id),
        };
        for reader in readers {
            let reading = reader.reads(path.forwarded());
            let seen = routing.hosts.find(&host, &reading, Methods::of(&Method::GET)).map(|entry| &entry.id);
            prop_assert_eq!(seen, found, "{:?} reads {}", reader, String::from_utf8_lossy(&reading));
        }
    }
}
