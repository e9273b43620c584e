use domain::{CertificateType, Fault, Field, FieldError, Inspection, Secret, Warning};
use tls::{Upload, certificate_facts, inspect};

use crate::support::{NOW, chain, fixture};

fn look(certificate: &[u8], private_key: &[u8], ca_certificate: &[u8]) -> Inspection {
    let private_key = &Secret::new(private_key.to_vec());
    inspect(
        Upload { certificate_type: CertificateType::Server, certificate, private_key, ca_certificate },
        NOW,
    )
}

#[test]
fn an_empty_form_has_no_errors() {
    assert_eq!(look(b"", b"", b""), Inspection::default());
    assert_eq!(look(b" \n", b"\n", b" "), Inspection::default());
}

#[test]
fn each_field_is_told_by_itself() {
    let certificate = look(&fixture("guide/server.crt"), b"", b"");
    assert_eq!(certificate.chains[0][0].subject, "CN=test.com");
    assert_eq!(certificate.snis, ["test.com".parse().expect("a host")]);
    assert_eq!((certificate.key, certificate.errors), (None, vec![]));

    let key = look(b"", &fixture("guide/server.key"), b"").key.expect("a key");
    assert_eq!((key.public_key.to_string().as_str(), key.matches), ("RSA 2048", None));

    let ca = look(b"", b"", &fixture("guide/ca.crt"));
    assert_eq!((ca.ca_certificates[0].subject.as_str(), ca.errors), ("CN=ROOTCA", vec![]));
}

#[test]
fn key_and_certificate_are_compared() {
    let fits = look(&fixture("guide/server.crt"), &fixture("guide/server.key"), b"");
    assert_eq!((fits.key.expect("a key").matches, fits.errors), (Some(true), vec![]));
    let other = look(&fixture("guide/server.crt"), &fixture("guide/client.key"), b"");
    assert_eq!(other.key.expect("a key").matches, Some(false));
    assert_eq!(other.errors, [FieldError::new(Field::PrivateKey, Fault::KeyMismatch { belongs_to: None })]);
    assert_eq!(other.chains[0][0].subject, "CN=test.com", "what can be told is told");
}

#[test]
fn a_key_is_looked_for_in_the_ca_field_too() {
    let slip = look(&fixture("guide/server.crt"), &fixture("guide/ca.key"), &fixture("guide/ca.crt"));
    let fault = Fault::KeyMismatch { belongs_to: Some("ROOTCA".into()) };
    assert_eq!(slip.errors, [FieldError::new(Field::PrivateKey, fault)]);
    let other = look(&fixture("guide/server.crt"), &fixture("guide/client.key"), &fixture("guide/ca.crt"));
    assert_eq!(other.errors, [FieldError::new(Field::PrivateKey, Fault::KeyMismatch { belongs_to: None })]);
}

#[test]
fn a_ca_that_is_none_is_shown_all_the_same() {
    let leaf = look(b"", b"", &fixture("guide/client.crt"));
    assert_eq!(leaf.ca_certificates[0].subject, "CN=CLIENT");
    assert!(matches!(leaf.errors[0].fault, Fault::NotAnAnchor { .. }));
}

#[test]
fn everything_in_one_file_is_found() {
    let bundle = [fixture("guide/ca.crt"), fixture("guide/server.key"), fixture("guide/server.crt")].concat();
    let found = look(&bundle, b"", b"");
    assert_eq!(found.chains.len(), 1);
    assert_eq!(found.chains[0].len(), 2);
    assert_eq!((found.key.expect("a key").matches, found.errors), (Some(true), vec![]));
    assert_eq!(found.warnings[0].warning, Warning::KeyInCertificateField);
}

#[test]
fn facts_of_one_certificate() {
    let der = chain(&["guide/client.crt"]).remove(0);
    assert_eq!(certificate_facts(&der).expect("readable").subject, "CN=CLIENT");
    let mut longer = der.to_vec();
    longer.push(0);
    assert!(matches!(certificate_facts(&longer), Err(Fault::UnreadableCertificate { number: 1, .. })));
}

#[test]
fn extensions_belong_to_version_3() {
    let mut der = chain(&["skid/client.crt"]).remove(0).to_vec();
    let version = der.windows(5).position(|window| window == [0xa0, 3, 2, 1, 2]).expect("version 3") + 4;
    for older in [0, 1] {
        der[version] = older;
        assert!(
            certificate_facts(&der).is_err(),
            "a narrow way for certificates without extensions needs this"
        );
    }
}
