//! From the fields of a group's forms to what the server is asked to do. All faults are gathered, each with its field.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use domain::{
    Fault, Field, FieldError, IdentityHeaders, IpRange, Limit, ObjectName, Problem, Protection,
    ProtectionLimit, SslCertificateId,
};

use super::protection::control;
use crate::backend::GroupSettings;
use crate::components::field_id;
use crate::pages::ssl_certificate::parse::shortened;

/// What stands in a form; what a form does not have is empty.
#[derive(Debug, Default)]
pub(super) struct SettingsForm<'a> {
    pub(super) name: &'a str,
    pub(super) listener: &'a str,
    pub(super) http_listener: &'a str,
    pub(super) default_certificate: &'a str,
    /// An [`IdentityHeaders::name`]; empty if the form has no field for it.
    pub(super) identity_headers: &'a str,
    /// By [`ProtectionLimit::name`]; none at all if the form has no section for them.
    pub(super) limits: HashMap<String, String>,
    pub(super) proxy_protocol: &'a str,
}

impl SettingsForm<'_> {
    /// What was typed, read. What the form has no section for stays as it is `set`.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every reason why it cannot be.
    pub(super) fn read(
        &self,
        set: &Protection,
        identity_headers: IdentityHeaders,
    ) -> Result<GroupSettings, Problem> {
        let name = self.name.parse::<ObjectName>().map_err(|fault| at(Field::Name, fault));
        let listener = parse_listener(self.listener).map_err(|fault| at(Field::Listener, fault));
        let http_listener =
            if_typed(self.http_listener, parse_listener).map_err(|fault| at(Field::HttpListener, fault));
        let default_certificate = if_typed(self.default_certificate, parse_certificate)
            .map_err(|fault| at(Field::DefaultCertificate, fault));
        let identity_headers = match self.identity_headers {
            "" => Ok(identity_headers),
            name => parse_identity_headers(name).map_err(|fault| at(Field::IdentityHeaders, fault)),
        };
        let protection = self.protection(set);
        match (name, listener, http_listener, default_certificate, identity_headers, protection) {
            (
                Ok(name),
                Ok(listener),
                Ok(http_listener),
                Ok(default_certificate),
                Ok(identity_headers),
                Ok(protection),
            ) => Ok(GroupSettings {
                name,
                listener,
                http_listener,
                default_certificate,
                protection,
                identity_headers,
            }),
            (name, listener, http_listener, default_certificate, identity_headers, protection) => {
                let errors = [name.err(), listener.err(), http_listener.err(), default_certificate.err()];
                let errors = errors.into_iter().chain([identity_headers.err()]).flatten();
                Err(Problem::Invalid(errors.chain(protection.err().into_iter().flatten()).collect()))
            }
        }
    }

    fn protection(&self, set: &Protection) -> Result<Protection, Vec<FieldError>> {
        let mut protection = set.clone();
        if self.limits.is_empty() {
            return Ok(protection);
        }
        let mut errors = Vec::new();
        for limit in ProtectionLimit::ALL {
            match self.limits.get(limit.name()).map(|text| parse_limit(*limit, text.trim())) {
                Some(Ok(value)) => protection.set(*limit, value),
                Some(Err(fault)) => errors.push(at(Field::Protection(*limit), fault)),
                None => {}
            }
        }
        match parse_ranges(self.proxy_protocol) {
            Ok(ranges) => protection.proxy_protocol = ranges,
            Err(faults) => errors.extend(faults.into_iter().map(|fault| at(Field::ProxyProtocol, fault))),
        }
        // What could not be read still has its value from before, of which nothing need be said.
        let is_read = |error: &FieldError| errors.iter().all(|other| other.field != error.field);
        let contradictions: Vec<_> = protection.errors().into_iter().filter(is_read).collect();
        errors.extend(contradictions);
        if errors.is_empty() { Ok(protection) } else { Err(errors) }
    }

    /// Names and values for the address of a form that comes back.
    pub(super) fn typed(&self) -> Vec<(String, &str)> {
        let fields = [
            (Field::Name, self.name),
            (Field::Listener, self.listener),
            (Field::HttpListener, self.http_listener),
            (Field::DefaultCertificate, self.default_certificate),
            (Field::IdentityHeaders, self.identity_headers),
        ];
        let mut typed: Vec<_> =
            fields.into_iter().map(|(field, text)| (field_id(field).to_owned(), text)).collect();
        if !self.limits.is_empty() {
            typed.push((field_id(Field::ProxyProtocol).to_owned(), self.proxy_protocol));
        }
        let limits = ProtectionLimit::ALL.iter();
        typed.extend(
            limits.filter_map(|limit| Some((control(*limit), self.limits.get(limit.name())?.as_str()))),
        );
        typed
    }
}

fn at(field: Field, fault: Fault) -> FieldError {
    FieldError::new(field, fault)
}

/// What an optional field says; nothing if nothing stands there.
fn if_typed<T>(text: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// A number; nothing means the usual one.
fn parse_limit(limit: ProtectionLimit, text: &str) -> Result<u32, Fault> {
    if text.is_empty() {
        return Ok(Protection::default().get(limit));
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::NotANumber);
    }
    let (least, most) = limit.range();
    text.parse().map_err(|_| Fault::OutOfRange { least: least.into(), most: most.into() })
}

/// Addresses or ranges, one on each line, numbered without the lines that are empty.
fn parse_ranges(text: &str) -> Result<Vec<IpRange>, Vec<Fault>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > Protection::MOST_RANGES {
        return Err(vec![Fault::TooLarge(Limit::Entries(Protection::MOST_RANGES as u64))]);
    }
    let (mut ranges, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in lines.into_iter().enumerate() {
        match line.parse() {
            Ok(range) => ranges.push(range),
            Err(_) => {
                faults.push(Fault::InvalidAddressRange { number: index + 1, value: shortened(line) });
            }
        }
    }
    if faults.is_empty() { Ok(ranges) } else { Err(faults) }
}

/// An [`IdentityHeaders::name`].
pub(crate) fn parse_identity_headers(name: &str) -> Result<IdentityHeaders, Fault> {
    let found = IdentityHeaders::ALL.into_iter().find(|preset| preset.name() == name);
    found.ok_or_else(|| Fault::UnknownValue { value: shortened(name) })
}

/// The id of an SSL certificate, as an option has it.
fn parse_certificate(text: &str) -> Result<SslCertificateId, Fault> {
    text.parse().map_err(|_| Fault::UnknownValue { value: shortened(text) })
}

/// An address as people write it: `0.0.0.0:9444`, `[::]:9444`, and `9444` or `:9444` for all IPv4 addresses.
fn parse_listener(text: &str) -> Result<SocketAddr, Fault> {
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

#[cfg(test)]
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

    fn read(
        limits: &[(&str, &str)],
        proxy_protocol: &str,
        set: &Protection,
    ) -> Result<Protection, Vec<FieldError>> {
        let limits = limits.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        SettingsForm { limits, proxy_protocol, ..SettingsForm::default() }.protection(set)
    }

    #[test]
    fn a_form_without_the_section_leaves_it_alone() {
        let set = Protection { headers: 64, ..Protection::default() };
        assert_eq!(read(&[], "nonsense", &set), Ok(set.clone()));
        assert_eq!(
            read(&[("idle_seconds", "7")], "", &set),
            Ok(Protection { idle_seconds: 7, ..set.clone() })
        );
        assert_eq!(read(&[("headers", " ")], "", &set), Ok(Protection::default()), "empty is as usual");
    }

    #[test]
    fn every_fault_comes_to_its_field() {
        use ProtectionLimit as L;

        let wrong = read(
            &[
                ("connections", "1e4"),
                ("handshakes", "99999999999"),
                ("headers", "7"),
                ("client_hello_seconds", "20"),
                ("body_seconds", "-1"),
            ],
            "10.0.0.0/8\n\nexample.com\n",
            &Protection::default(),
        );
        let limit = |limit, fault| FieldError::new(Field::Protection(limit), fault);
        let range = Fault::InvalidAddressRange { number: 2, value: "example.com".to_owned() };
        assert_eq!(
            wrong,
            Err(vec![
                limit(L::Connections, Fault::NotANumber),
                limit(L::Handshakes, Fault::OutOfRange { least: 1, most: 1_000_000 }),
                limit(L::BodySeconds, Fault::NotANumber),
                FieldError::new(Field::ProxyProtocol, range),
                limit(L::Headers, Fault::OutOfRange { least: 8, most: 1_000 }),
                limit(L::ClientHelloSeconds, Fault::GreaterThan { other: L::HandshakeSeconds }),
            ])
        );
    }

    #[test]
    fn ranges_are_bounded() {
        let most = "10.0.0.1\n".repeat(Protection::MOST_RANGES);
        assert_eq!(parse_ranges(&most).map(|ranges| ranges.len()), Ok(Protection::MOST_RANGES));
        let over = Fault::TooLarge(Limit::Entries(Protection::MOST_RANGES as u64));
        assert_eq!(parse_ranges(&format!("{most}10.0.0.2")), Err(vec![over]));
    }
}
