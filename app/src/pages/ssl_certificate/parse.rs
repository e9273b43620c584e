//! From the fields of a form to what the server is asked to do.
//!
//! Everything that can be checked without looking into a certificate is checked here, and all of it at once. What a
//! choice hides in the form is not read, whatever stands in it.

use std::str::FromStr;

use domain::{
    AllowedIdentity, CaCertificateId, CertificateType, Depth, Fault, Field, FieldError, GatewayGroupId,
    Limit, Noun, PathPattern, PeerVerificationMode, Problem, Revision, Sni, SslCertificateId,
};

use super::control::{Control, MOST_IDENTITIES, Method, mode_from_code};
use super::form_state::type_from_code;
use super::upload::Upload;
use crate::backend::{
    CaChoice, CertificateUpload, NewPeerVerification, NewSslCertificate, SniChoice, SslCertificateChange,
};

/// The most faults that are told of one list: whoever pastes the wrong thing need not read of each line.
const MOST_FAULTS: usize = 10;

/// The group that an address or a form speaks of.
pub(crate) fn group_id(text: &str) -> Result<GatewayGroupId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::GatewayGroup))
}

/// The SSL certificate that an address or a form speaks of.
pub(super) fn ssl_certificate_id(text: &str) -> Result<SslCertificateId, Problem> {
    text.parse().map_err(|_| Problem::NotFound(Noun::SslCertificate))
}

/// What a form asks for, as far as it can be read, and what is wrong with the rest.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    pub(super) value: T,
    pub(super) errors: Vec<FieldError>,
}

impl<T> Parsed<T> {
    /// The value, if nothing is wrong with it.
    pub(super) fn sound(self) -> Result<T, Problem> {
        if self.errors.is_empty() { Ok(self.value) } else { Err(Problem::Invalid(self.errors)) }
    }
}

/// The form "Add SSL Certificate".
pub(super) fn new_ssl_certificate(upload: &Upload) -> Parsed<NewSslCertificate> {
    let mut form = Form::new(upload);
    let certificate_type = form.certificate_type();
    let method = form.method();
    // Type client hides the rest.
    let (peer_verification, snis) = match certificate_type {
        CertificateType::Server => (form.peer_verification(method), form.snis()),
        CertificateType::Client => Default::default(),
    };
    let value = NewSslCertificate {
        certificate_type,
        upload: form.certificate(method),
        peer_verification,
        snis,
        replace: form.checkbox(Control::Replace),
    };
    form.parsed(value)
}

/// The form "Edit": everything but certificate and key.
pub(super) fn edit(upload: &Upload) -> Parsed<SslCertificateChange> {
    let mut form = Form::new(upload);
    let method = form.method();
    // A request that was cut off, or that only means to change the hosts, must not switch peer verification off.
    let sets = form.checkbox(Control::SetsPeerVerification);
    if sets {
        // No list at all is not an empty list, which would let in more than before; nor is no depth the usual one.
        form.require(&[
            Control::PeerVerificationMode,
            Control::Depth,
            Control::ExemptPaths,
            Control::AllowList,
        ]);
    }
    let value = SslCertificateChange {
        peer_verification: sets.then(|| form.peer_verification(method)),
        // No field at all is not an empty one, which asks for the certificate's own names.
        snis: upload.has(Control::Snis).then(|| form.snis()),
        replace: form.checkbox(Control::Replace),
        accepts_consequences: form.checkbox(Control::AcceptsConsequences),
        ..SslCertificateChange::default()
    };
    form.parsed(value)
}

/// The form "Replace certificate": certificate and key, and nothing else unless asked.
pub(super) fn replacement(upload: &Upload) -> Parsed<SslCertificateChange> {
    let mut form = Form::new(upload);
    let method = form.method();
    let value = SslCertificateChange {
        upload: Some(form.certificate(method)),
        snis: form.checkbox(Control::SnisFromCertificate).then_some(SniChoice::FromCertificate),
        replace: form.checkbox(Control::Replace),
        accepts_consequences: form.checkbox(Control::AcceptsConsequences),
        ..SslCertificateChange::default()
    };
    form.parsed(value)
}

/// The revision that a form was rendered from.
pub(super) fn revision(upload: &Upload) -> Result<Revision, Problem> {
    upload.text(Control::Revision).parse().map(Revision).map_err(|_| Problem::WrongContentType)
}

/// A form that is being read: its fields, and the errors found so far.
struct Form<'a> {
    upload: &'a Upload,
    errors: Vec<FieldError>,
}

impl<'a> Form<'a> {
    fn new(upload: &'a Upload) -> Self {
        Self { upload, errors: upload.too_large().to_vec() }
    }

    fn parsed<T>(self, value: T) -> Parsed<T> {
        Parsed { value, errors: self.errors }
    }

    fn fault(&mut self, field: Field, fault: Fault) {
        self.errors.push(FieldError::new(field, fault));
    }

    fn certificate_type(&mut self) -> CertificateType {
        self.choice(Control::Type, Field::Type, type_from_code)
    }

    fn method(&mut self) -> Method {
        self.choice(Control::Method, Field::Method, Method::from_code)
    }

    /// One of a few values, by its code.
    fn choice<T: Default>(&mut self, control: Control, field: Field, from_code: fn(&str) -> Option<T>) -> T {
        let code = self.upload.text(control);
        from_code(&code).unwrap_or_else(|| {
            self.fault(field, if code.is_empty() { Fault::Required } else { unknown(&code) });
            T::default()
        })
    }

    /// Notes each of `controls` that the form does not have.
    fn require(&mut self, controls: &[Control]) {
        let missing = controls.iter().filter(|control| !self.upload.has(**control));
        let errors = missing.filter_map(|control| Some(FieldError::new(control.field()?, Fault::Required)));
        self.errors.extend(errors);
    }

    fn checkbox(&self, control: Control) -> bool {
        self.upload.text(control) == "on"
    }

    fn certificate(&self, method: Method) -> CertificateUpload {
        let (certificate, private_key) = match method {
            Method::Upload => (Control::Certificate, Control::PrivateKey),
            Method::Paste => (Control::CertificateText, Control::PrivateKeyText),
        };
        CertificateUpload {
            certificate: self.upload.bytes(certificate).to_vec(),
            private_key: self.upload.secret(private_key),
        }
    }

    fn peer_verification(&mut self, method: Method) -> NewPeerVerification {
        let mode = self.mode();
        let exempt_paths = self.exempt_paths();
        if !exempt_paths.is_empty()
            && matches!(mode, PeerVerificationMode::Optional | PeerVerificationMode::ReportOnly)
        {
            self.fault(Field::ExemptPaths, Fault::ExemptPathsNotRequired);
        }
        let ca = self.ca(method);
        if mode.asks() && self.checkbox(Control::PicksCas) && matches!(ca, CaChoice::Unchanged) {
            self.fault(Field::CaCertificate, Fault::CaMissing);
        }
        NewPeerVerification {
            mode,
            ca,
            depth: self.depth(),
            exempt_paths,
            allow_list: self.allow_list(),
            // A box that is not ticked sends nothing. Where the mode is, the box is too.
            hides_ca_names: self.upload.has(Control::PeerVerificationMode)
                && !self.checkbox(Control::AdvertisesCaNames),
        }
    }

    /// Off, or the mode that was chosen for when it is on.
    fn mode(&mut self) -> PeerVerificationMode {
        let switch = self.upload.text(Control::PeerVerification);
        let chosen = self.upload.text(Control::PeerVerificationMode);
        match (switch.as_str(), chosen.as_str()) {
            ("", _) => PeerVerificationMode::Off,
            ("on", "") => PeerVerificationMode::Required,
            (switch, chosen) => {
                let wrong = if switch == "on" { chosen } else { switch };
                let mode = mode_from_code(chosen).filter(|_| switch == "on");
                mode.unwrap_or_else(|| {
                    self.fault(Field::PeerVerification, unknown(wrong));
                    // Whatever was meant, it was not "off".
                    PeerVerificationMode::Required
                })
            }
        }
    }

    fn exempt_paths(&mut self) -> Vec<PathPattern> {
        self.lines(Control::ExemptPaths, Field::ExemptPaths, PathPattern::MOST, |_, line| line.parse())
    }

    fn allow_list(&mut self) -> Vec<AllowedIdentity> {
        self.lines(Control::AllowList, Field::AllowList, MOST_IDENTITIES, |number, line| {
            line.parse().map_err(|rule| Fault::InvalidIdentity { number, value: entry_like(line), rule })
        })
    }

    /// The entries of a list, one on each line. They are numbered without the lines that are empty.
    fn lines<T>(
        &mut self,
        control: Control,
        field: Field,
        most: usize,
        parse: impl Fn(usize, &str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let text = self.upload.text(control);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (mut entries, mut faults) = (Vec::new(), Vec::new());
        for (index, line) in lines.enumerate() {
            if index == most {
                faults.insert(0, Fault::TooLarge(Limit::Entries(most as u64)));
                break;
            }
            match parse(index + 1, line) {
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push(fault),
            }
        }
        faults.truncate(MOST_FAULTS);
        self.errors.extend(faults.into_iter().map(|fault| FieldError::new(field, fault)));
        entries
    }

    /// A file or text goes before those of the group that are picked: it is what was done on purpose.
    fn ca(&mut self, method: Method) -> CaChoice {
        let upload = self.upload.bytes(match method {
            Method::Upload => Control::CaCertificate,
            Method::Paste => Control::CaCertificateText,
        });
        if !upload.trim_ascii().is_empty() {
            return CaChoice::Upload(upload.to_vec());
        }
        let picked = self.upload.text(Control::CaCertificateId);
        let mut ids: Vec<CaCertificateId> = Vec::new();
        for text in picked.split_whitespace() {
            match text.parse() {
                Ok(id) if ids.contains(&id) => {}
                Ok(id) => ids.push(id),
                Err(_) => {
                    self.fault(Field::CaCertificate, unknown(text));
                    return CaChoice::Existing(ids);
                }
            }
        }
        if ids.is_empty() { CaChoice::Unchanged } else { CaChoice::Existing(ids) }
    }

    fn depth(&mut self) -> Depth {
        let text = self.upload.text(Control::Depth);
        if text.is_empty() {
            return Depth::default();
        }
        let out_of_range = Fault::OutOfRange { least: 0, most: u64::from(Depth::MOST) };
        u8::from_str(&text).map_err(|_| out_of_range).and_then(Depth::new).unwrap_or_else(|fault| {
            self.fault(Field::Depth, fault);
            Depth::default()
        })
    }

    /// Names apart from each other by commas, spaces or lines; none at all means those of the certificate.
    fn snis(&mut self) -> SniChoice {
        let text = self.upload.text(Control::Snis);
        let mut snis: Vec<Sni> = Vec::new();
        for part in text.split([',', ';', '，', '、']).flat_map(str::split_whitespace) {
            match part.parse() {
                Ok(sni) if snis.contains(&sni) => {}
                Ok(sni) => snis.push(sni),
                Err(_) => self.fault(Field::Snis, Fault::InvalidSni { value: name_like(part) }),
            }
        }
        if snis.is_empty() { SniChoice::FromCertificate } else { SniChoice::These(snis) }
    }
}

/// What was given, if it looks like a name at all. A key that was pasted into the wrong field is a secret there too, and
/// base64 has no dots.
fn name_like(part: &str) -> String {
    let is_name_like = part.contains('.') && part.len() <= 253;
    if is_name_like { shortened(part) } else { "…".to_owned() }
}

/// What was given as an entry of an allow-list, unless it may be a key: base64 has no colons.
fn entry_like(line: &str) -> String {
    if line.contains([':', '.', '*', '@']) { shortened(line) } else { "…".to_owned() }
}

fn unknown(value: &str) -> Fault {
    Fault::UnknownValue { value: shortened(value) }
}

/// What was given, fit to be shown: at most 64 characters, control characters escaped.
pub(crate) fn shortened(text: &str) -> String {
    text.chars()
        .take(64)
        .flat_map(|c| if c.is_control() { c.escape_unicode().collect() } else { vec![c] })
        .take(64)
        .collect()
}
