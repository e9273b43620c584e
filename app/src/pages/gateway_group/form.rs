#[cfg(feature = "ssr")]
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[cfg(feature = "ssr")]
use domain::Fault;
use domain::{Field, Problem};
use leptos::prelude::*;

use crate::components::TextField;
use crate::language::use_language;
use crate::text::gateway_group as words;

/// What can be set of a group: its name, and where it listens.
#[component]
pub(super) fn GroupFields(
    /// The name, or what was typed before.
    #[prop(into)]
    name: String,
    /// The address, or what was typed before.
    #[prop(into)]
    listener: String,
    /// What went wrong, if anything did.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <TextField field=Field::Name value=name problem/>
        <TextField
            field=Field::Listener
            value=listener
            code=true
            help=language.pick(words::LISTENER_HELP)
            problem
        />
    }
}

/// An address as people write it: `0.0.0.0:9444`, `[::]:9444`, and `9444` or `:9444` for all IPv4 addresses.
#[cfg(feature = "ssr")]
pub(super) fn parse_listener(text: &str) -> Result<SocketAddr, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::Required);
    }
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port));
    }
    text.parse().map_err(|_| Fault::InvalidAddress)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them() {
        for (text, address) in [
            ("0.0.0.0:9444", "0.0.0.0:9444"),
            (" 127.0.0.1:0 ", "127.0.0.1:0"),
            ("[::]:9444", "[::]:9444"),
            ("9444", "0.0.0.0:9444"),
            (":9444", "0.0.0.0:9444"),
        ] {
            assert_eq!(
                parse_listener(text).map(|address| address.to_string()),
                Ok(address.to_owned()),
                "{text:?}"
            );
        }
        assert_eq!(parse_listener("  "), Err(Fault::Required));
        for text in ["localhost:9444", "0.0.0.0", "65536", "0.0.0.0:x", "::9444", "0.0.0.0:9444/"] {
            assert_eq!(parse_listener(text), Err(Fault::InvalidAddress), "{text:?}");
        }
    }
}
