use domain::{CertificateType, Fault, Field, KeyAlgorithm, Limit, Secret, UnixTime, Warning, X509Version};
use rcgen::{CustomExtension, ExtendedKeyUsagePurpose};
use tls::{Identity, KeyPair};

use crate::support::{
    AFTER, BEFORE, Made, NOW, as_ca, as_leaf, chain, fixture, fixture_key, fixture_text, for_hosts, read,
    warnings,
};

/// The faults of an upload that is refused, with their fields.
#[track_caller]
fn faults(certificate: &[u8], key: &[u8]) -> Vec<(Field, Fault)> {
    let errors = read(certificate, key).expect_err("refused");
    errors.into_iter().map(|error| (error.field, error.fault)).collect()
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn the_guides_files_are_a_server() {
    let identity = read(&fixture("guide/server.crt"), &fixture("guide/server.key")).expect("accepted");
    assert_eq!(identity.snis, ["test.com".parse().expect("a host")]);
    assert_eq!(warnings(&identity.warnings), [Warning::X509V1 { subject: "test.com".into() }]);
    let [pair] = &identity.pairs[..] else { panic!("one pair") };
    assert_eq!(pair.certificate_pem(), fixture_text("guide/server.crt"));
    assert_eq!(pair.chain(), chain(&["guide/server.crt"]));
    let leaf = &pair.facts()[0];
    assert_eq!((leaf.subject.as_str(), leaf.issuer.as_str()), ("CN=test.com", "CN=ROOTCA"));
    assert_eq!(leaf.version, X509Version::V1);
    assert_eq!(leaf.public_key.to_string(), "RSA 2048");
    assert_eq!(leaf.signature_algorithm, "SHA-256 with RSA");
    assert!(!leaf.self_issued && !leaf.is_ca);
}

#[test]
fn newer_openssls_files_are_a_server() {
    let identity = read(&fixture("skid/server.crt"), &fixture("skid/server.key")).expect("accepted");
    assert_eq!(identity.snis, ["test.com".parse().expect("a host")]);
    assert_eq!(warnings(&identity.warnings), [Warning::NoSan]);
}

#[test]
fn every_kind_of_key_finds_its_certificate() {
    for (name, key, algorithm) in [
        ("p256", "p256.key", KeyAlgorithm::EcP256),
        ("p256", "sec1.der", KeyAlgorithm::EcP256),
        ("p384", "p384.key", KeyAlgorithm::EcP384),
        ("p521", "p521.key", KeyAlgorithm::EcP521),
        ("ed25519", "ed25519.key", KeyAlgorithm::Ed25519),
        ("pkcs1", "pkcs1.key", KeyAlgorithm::Rsa),
        ("pkcs1", "pkcs8.der", KeyAlgorithm::Rsa),
        ("pkcs8", "pkcs8.key", KeyAlgorithm::Rsa),
    ] {
        let identity =
            read(&fixture(&format!("keys/{name}.crt")), &fixture(&format!("keys/{key}"))).expect(key);
        assert_eq!(identity.pairs[0].facts()[0].public_key.algorithm, algorithm, "{key}");
        let pair = &identity.pairs[0];
        let again = KeyPair::load(pair.certificate_pem(), pair.private_key_pem()).expect(key);
        assert_eq!(again.chain(), pair.chain(), "{key}");
        assert_eq!(again.private_key_pem(), pair.private_key_pem(), "{key}");
        let other = fixture_key("guide/server.key");
        assert_eq!(
            KeyPair::load(pair.certificate_pem(), &other).expect_err("another key"),
            Fault::KeyMismatch { belongs_to: None },
            "{key}"
        );
    }
}

#[test]
fn certificates_come_in_many_wrappings() {
    let pem = fixture_text("guide/server.crt");
    let clean = pem.clone();
    let der = chain(&["guide/server.crt"]);
    for (wrapping, bytes, is_kept) in [
        ("as made", pem.clone().into_bytes(), true),
        ("CRLF", pem.replace('\n', "\r\n").into_bytes(), true),
        ("no line feed at the end", pem.trim_end().as_bytes().to_vec(), true),
        ("byte order mark", format!("\u{feff}{pem}").into_bytes(), false),
        ("text around", format!("Bag Attributes\n  x: y\n{pem}-- \nbye").into_bytes(), false),
        ("indented", pem.replace('\n', "\n    ").into_bytes(), false),
        ("written-out line breaks", pem.replace('\n', "\\n").into_bytes(), false),
        (
            "written-out CRLF in quotes",
            format!("CERT=\"{}\"", pem.replace('\n', "\\r\\n")).into_bytes(),
            false,
        ),
        ("one line", pem.replace('\n', " ").into_bytes(), false),
        ("other label", pem.replace("CERTIFICATE", "X509 CERTIFICATE").into_bytes(), false),
        ("twice", pem.repeat(2).into_bytes(), false),
        ("text dump", fixture("odd/text.crt"), false),
        ("trusted certificate", fixture("odd/trusted.crt"), false),
        ("DER", fixture("odd/server.der"), false),
    ] {
        let identity = read(&bytes, &fixture("guide/server.key")).expect(wrapping);
        assert_eq!(identity.pairs[0].chain(), der, "{wrapping}");
        let text = identity.pairs[0].certificate_pem();
        if is_kept {
            assert_eq!(text.as_bytes(), bytes, "{wrapping}");
        } else {
            assert_eq!(text, clean, "{wrapping}");
        }
    }
}

#[test]
fn keys_come_in_many_wrappings() {
    let key = fixture_text("keys/pkcs1.key");
    for (wrapping, text) in [
        ("written-out line breaks", key.replace('\n', "\\n")),
        ("after the certificate", format!("{}{key}", fixture_text("keys/pkcs1.crt"))),
        ("wrong label", key.replace("RSA PRIVATE", "PRIVATE")),
        ("twice", key.repeat(2)),
    ] {
        let identity = read(&fixture("keys/pkcs1.crt"), text.as_bytes()).expect(wrapping);
        assert_eq!(identity.pairs[0].private_key_pem(), &fixture_key("keys/pkcs1.key"), "{wrapping}");
        assert_eq!(identity.pairs.len(), 1, "{wrapping}");
    }
}

#[test]
fn key_in_the_certificate_field_is_used_and_not_kept_there() {
    let both = join(&[&fixture("guide/server.key"), &fixture("guide/server.crt")]);
    for key in [&b""[..], b" \n", &fixture("guide/server.key")] {
        let identity = read(&both, key).expect("accepted");
        assert!(warnings(&identity.warnings).contains(&Warning::KeyInCertificateField));
        assert_eq!(identity.pairs[0].certificate_pem(), fixture_text("guide/server.crt"));
    }
    // A key in its own field goes first, and has to fit.
    assert_eq!(
        faults(&both, &fixture("guide/client.key")),
        [(Field::PrivateKey, Fault::KeyMismatch { belongs_to: None })]
    );
}

/// What is given, the two fields, and the one fault that it has.
type Case<'a> = (&'a str, &'a [u8], &'a [u8], (Field, Fault));

#[track_caller]
fn assert_faults(cases: &[Case<'_>]) {
    for (what, certificate, key, fault) in cases {
        assert_eq!(faults(certificate, key), std::slice::from_ref(fault), "{what}");
    }
}

#[test]
fn fields_that_are_no_certificate_or_key_are_refused() {
    let certificate = &fixture("guide/server.crt")[..];
    let key = &fixture("guide/server.key")[..];
    let big = "x".repeat(tls::FIELD_LIMIT + 1).into_bytes();
    let too_large = Fault::TooLarge(Limit::Bytes(65536));
    let broken = format!("# a\n{}", fixture_text("guide/server.crt").replace("-----END", "----END"));
    let not_base64 = fixture_text("guide/server.crt").replace("MII", "M!I");
    let no_key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let no_certificate = Fault::NoCertificate { found: vec!["PRIVATE KEY".into()] };
    let no_private_key = Fault::NoPrivateKey { found: vec!["CERTIFICATE".into()] };
    assert_faults(&[
        ("no certificate given", b" \n", key, (Field::Certificate, Fault::Required)),
        ("no key given", certificate, b"", (Field::PrivateKey, Fault::Required)),
        ("not PEM", b"hello", key, (Field::Certificate, Fault::NotPem)),
        ("PKCS#12", &fixture("keys/bundle.p12"), key, (Field::Certificate, Fault::NotPem)),
        ("not PEM", certificate, b"hello", (Field::PrivateKey, Fault::NotPem)),
        ("too large", &big, key, (Field::Certificate, too_large.clone())),
        ("too large", certificate, &big, (Field::PrivateKey, too_large)),
        ("no END", broken.as_bytes(), key, (Field::Certificate, Fault::BrokenPem { line: 2 })),
        ("no base64", not_base64.as_bytes(), key, (Field::Certificate, Fault::BrokenPem { line: 1 })),
        ("key instead of certificate", key, key, (Field::Certificate, no_certificate)),
        ("certificate instead of key", certificate, certificate, (Field::PrivateKey, no_private_key)),
        ("no key in it", certificate, no_key, (Field::PrivateKey, Fault::UnreadableKey)),
    ]);
}

#[test]
fn unreadable_certificate_is_counted() {
    let field =
        [&fixture("guide/server.crt")[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
            .concat();
    let found = faults(&field, &fixture("guide/server.key"));
    let [(Field::Certificate, Fault::UnreadableCertificate { number: 2, reason })] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(!reason.is_empty());
}

#[test]
fn keys_that_cannot_be_used_are_refused() {
    let certificate = &fixture("guide/server.crt")[..];
    let encrypted = |name: &str| fixture(&format!("keys/encrypted-{name}"));
    let unsupported = |name: &str| Fault::UnsupportedAlgorithm { algorithm: name.into() };
    assert_faults(&[
        ("PKCS#1", certificate, &encrypted("pkcs1.key"), (Field::PrivateKey, Fault::EncryptedKey)),
        ("PKCS#8", certificate, &encrypted("pkcs8.key"), (Field::PrivateKey, Fault::EncryptedKey)),
        ("PKCS#8 in DER", certificate, &encrypted("pkcs8.der"), (Field::PrivateKey, Fault::EncryptedKey)),
        (
            "encrypted, in the certificate field",
            &join(&[certificate, &encrypted("pkcs8.key")]),
            b"",
            (Field::Certificate, Fault::EncryptedKey),
        ),
        (
            "small",
            &fixture("keys/rsa1024.crt"),
            &fixture("keys/rsa1024.key"),
            (Field::PrivateKey, Fault::KeyTooSmall { bits: 1024 }),
        ),
        (
            "huge",
            certificate,
            &fixture("keys/rsa9216.key"),
            (Field::PrivateKey, unsupported("RSA with 9216 bits")),
        ),
        (
            "unknown curve",
            &fixture("keys/secp256k1.crt"),
            &fixture("keys/secp256k1.key"),
            (Field::PrivateKey, unsupported("ECDSA secp256k1")),
        ),
        (
            "unknown algorithm",
            certificate,
            &fixture("keys/ed448.key"),
            (Field::PrivateKey, unsupported("Ed448")),
        ),
    ]);
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let certificate = &fixture("guide/server.crt")[..];
    let key = &fixture("guide/server.key")[..];
    let mismatch = || (Field::PrivateKey, Fault::KeyMismatch { belongs_to: None });
    assert_faults(&[
        ("another key", certificate, &fixture("guide/client.key"), mismatch()),
        ("two keys for one", certificate, &join(&[key, &fixture("guide/client.key")]), mismatch()),
        (
            "the CA's key",
            &join(&[certificate, &fixture("guide/ca.crt")]),
            &fixture("guide/ca.key"),
            (Field::PrivateKey, Fault::KeyMismatch { belongs_to: Some("ROOTCA".into()) }),
        ),
        (
            "one key for two",
            &join(&[certificate, &fixture("guide/client.crt")]),
            key,
            (Field::PrivateKey, Fault::KeyMissingFor { subject: "CLIENT".into() }),
        ),
    ]);
}

#[test]
fn faults_of_both_fields_are_told_at_once() {
    assert_eq!(
        faults(b"hello", &fixture("keys/encrypted-pkcs8.key")),
        [(Field::Certificate, Fault::NotPem), (Field::PrivateKey, Fault::EncryptedKey)]
    );
}

#[test]
fn number_of_certificates_is_bounded() {
    let leaf = Made::self_signed("a.test", as_leaf);
    let mut field = leaf.pem();
    (0..64).for_each(|index| field.extend(Made::self_signed(&format!("{index}"), as_leaf).pem()));
    assert!(field.len() < tls::FIELD_LIMIT, "the other limit is not what is tested");
    assert_eq!(faults(&field, &leaf.key()), [(Field::Certificate, Fault::TooLarge(Limit::Entries(64)))]);
}

#[test]
fn chain_is_put_in_order_from_the_leaf() {
    let root = Made::self_signed("root", as_ca);
    let upper = root.issue("upper", as_ca);
    let lower = upper.issue("lower", as_ca);
    let leaf = lower.issue("leaf", for_hosts(&["a.test"]));
    let expected = [leaf.der(), lower.der(), upper.der(), root.der()];
    let sent = [root.pem(), leaf.pem(), upper.pem(), lower.pem()].concat();
    let identity = read(&sent, &leaf.key()).expect("accepted");
    assert_eq!(identity.pairs[0].chain(), expected);
    assert_eq!(warnings(&identity.warnings), []);
    let ordered = [leaf.pem(), lower.pem(), upper.pem(), root.pem()].concat();
    assert_eq!(identity.pairs[0].certificate_pem().as_bytes(), ordered);
    // What is in order already, is kept, even if it is not how we would write it.
    let kept = String::from_utf8(ordered).expect("PEM").replace('\n', "\r\n");
    let identity = read(kept.as_bytes(), &leaf.key()).expect("accepted");
    assert_eq!(identity.pairs[0].certificate_pem(), kept);
}

#[test]
fn issuer_is_who_signed_and_not_who_has_the_name() {
    let real = Made::self_signed("CA", as_ca);
    let namesake = Made::self_signed("CA", as_ca);
    let leaf = real.issue("leaf", for_hosts(&["a.test"]));
    let identity = read(&[namesake.pem(), leaf.pem(), real.pem()].concat(), &leaf.key()).expect("accepted");
    assert_eq!(identity.pairs[0].chain(), [leaf.der(), real.der()]);
    assert!(warnings(&identity.warnings).contains(&Warning::Unrelated { subjects: vec!["CA".into()] }));
}

#[test]
fn certificates_that_do_not_fit_are_left_out() {
    let root = Made::self_signed("root", as_ca);
    let leaf = root.issue("leaf", for_hosts(&["a.test"]));
    let stranger = Made::self_signed("stranger", as_ca);
    let identity = read(&[leaf.pem(), stranger.pem()].concat(), &leaf.key()).expect("accepted");
    assert_eq!(identity.pairs[0].certificate_pem().as_bytes(), leaf.pem());
    assert_eq!(
        warnings(&identity.warnings),
        [
            Warning::Unrelated { subjects: vec!["stranger".into()] },
            Warning::IncompleteChain { issuer: "root".into() }
        ]
    );
}

#[test]
fn rsa_and_ecdsa_make_two_pairs() {
    let certificates =
        join(&[&fixture("guide/ca.crt"), &fixture("keys/pkcs1.crt"), &fixture("keys/p256.crt")]);
    let keys = join(&[&fixture("keys/p256.key"), &fixture("keys/pkcs1.key")]);
    let identity = read(&certificates, &keys).expect("accepted");
    let [rsa, ecdsa] = &identity.pairs[..] else { panic!("two pairs") };
    assert_eq!(rsa.chain(), chain(&["keys/pkcs1.crt", "guide/ca.crt"]));
    assert_eq!(ecdsa.chain(), chain(&["keys/p256.crt", "guide/ca.crt"]));
    let snis: Vec<String> = identity.snis.iter().map(ToString::to_string).collect();
    assert_eq!(snis, ["pkcs1.test", "p256.test"]);
}

#[test]
fn older_copy_of_a_leaf_is_left_out() {
    let root = Made::self_signed("root", as_ca);
    let leaf = root.issue("leaf", for_hosts(&["a.test"]));
    let copy = root.cross_sign(&leaf);
    let identity = read(&[leaf.pem(), copy, root.pem()].concat(), &leaf.key()).expect("accepted");
    assert_eq!(identity.pairs.len(), 1);
    assert_eq!(identity.pairs[0].chain(), [leaf.der(), root.der()]);
}

#[test]
fn snis_are_the_san_else_the_common_name() {
    for (name, hosts, snis) in [
        (
            "cn.test",
            &["a.test", "*.B.test", "xn--bcher-kva.test", "a.test"][..],
            &["a.test", "*.b.test", "xn--bcher-kva.test"][..],
        ),
        ("cn.test", &["not a host"], &[]),
        ("CN.test", &[], &["cn.test"]),
        ("My Server", &[], &[]),
        ("10.0.0.1", &[], &[]),
    ] {
        let hosts: &'static [&'static str] = hosts;
        let made = Made::self_signed(name, for_hosts(hosts));
        let identity = read(&made.pem(), &made.key()).expect("accepted without a host too");
        let found: Vec<String> = identity.snis.iter().map(ToString::to_string).collect();
        assert_eq!(found, snis, "{name} {hosts:?}");
        let client = Identity::read(&made.pem(), &Secret::new(made.key()), CertificateType::Client, NOW);
        assert!(client.expect("accepted").snis.is_empty(), "type client needs no SNI");
    }
}

/// The warnings of a self-made server or client certificate below a root.
fn leaf_warnings(
    certificate_type: CertificateType,
    now: UnixTime,
    edit: impl FnOnce(&mut rcgen::CertificateParams),
) -> Vec<Warning> {
    let leaf = Made::self_signed("root", as_ca).issue("leaf", |params| {
        for_hosts(&["a.test"])(params);
        edit(params);
    });
    let identity = Identity::read(&leaf.pem(), &Secret::new(leaf.key()), certificate_type, now);
    warnings(&identity.expect("accepted").warnings)
}

#[test]
fn dates_are_warned_of() {
    let subject = || "leaf".to_owned();
    let not_after = UnixTime(4_102_444_800);
    let not_before = UnixTime(946_684_800);
    for (now, expected) in [
        (NOW, vec![]),
        (not_after.plus_seconds(1), vec![Warning::Expired { subject: subject(), not_after }]),
        (not_after, vec![Warning::ExpiresSoon { subject: subject(), days: 0 }]),
        (not_after.plus_seconds(-30 * UnixTime::DAY), vec![]),
        (
            not_after.plus_seconds(1 - 30 * UnixTime::DAY),
            vec![Warning::ExpiresSoon { subject: subject(), days: 29 }],
        ),
        (not_before.plus_seconds(-1), vec![Warning::NotYetValid { subject: subject(), not_before }]),
        (not_before, vec![]),
    ] {
        assert_eq!(leaf_warnings(CertificateType::Server, now, as_leaf), expected, "{now}");
    }
    for now in [AFTER, BEFORE] {
        let certificate = fixture("guide/server.crt");
        let identity =
            Identity::read(&certificate, &fixture_key("guide/server.key"), CertificateType::Server, now);
        assert_eq!(identity.expect("accepted").warnings.len(), 2, "{now}");
    }
}

#[test]
fn purposes_are_warned_of() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};

    let with = |certificate_type, purposes: Vec<ExtendedKeyUsagePurpose>| {
        leaf_warnings(certificate_type, NOW, |params| params.extended_key_usages = purposes)
    };
    for (certificate_type, purposes, expected) in [
        (CertificateType::Server, vec![ServerAuth], vec![]),
        (CertificateType::Server, vec![Any], vec![]),
        (CertificateType::Server, vec![ClientAuth], vec![Warning::NoServerAuth]),
        (CertificateType::Client, vec![ClientAuth], vec![]),
        (CertificateType::Client, vec![Any], vec![]),
        (CertificateType::Client, vec![ServerAuth], vec![Warning::NoClientAuth]),
    ] {
        assert_eq!(with(certificate_type, purposes.clone()), expected, "{certificate_type:?} {purposes:?}");
    }
}

#[test]
fn ca_as_server_is_warned_of() {
    let ca = Made::self_signed("ca.test", |params| {
        as_ca(params);
        for_hosts(&["ca.test"])(params);
    });
    let identity = read(&ca.pem(), &ca.key()).expect("accepted");
    assert_eq!(warnings(&identity.warnings), [Warning::CaAsServer]);
    // The guide's CA is v1: there, being self-signed is all that makes a CA.
    let identity = read(&fixture("guide/ca.crt"), &fixture("guide/ca.key")).expect("accepted");
    assert!(warnings(&identity.warnings).contains(&Warning::CaAsServer));
}

#[test]
fn old_digests_are_warned_of() {
    for (name, algorithm) in [("md5", "MD5 with RSA"), ("sha1", "SHA-1 with RSA")] {
        let identity =
            read(&fixture(&format!("odd/{name}.crt")), &fixture("keys/pkcs1.key")).expect("accepted");
        let expected =
            Warning::WeakSignature { subject: format!("{name}.test"), algorithm: algorithm.into() };
        assert!(warnings(&identity.warnings).contains(&expected), "{name}: {:?}", identity.warnings);
    }
}

#[test]
fn missing_intermediate_is_warned_of_only_where_there_are_signs() {
    // authorityInfoAccess with one caIssuers URL, "http://ca/".
    let access =
        [&[0x30, 0x18, 0x30, 0x16, 6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2, 0x86, 10][..], b"http://ca/"].concat();
    let public = |params: &mut rcgen::CertificateParams| {
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], access));
    };
    let expected = Warning::IncompleteChain { issuer: "root".into() };
    assert_eq!(leaf_warnings(CertificateType::Server, NOW, public), [expected]);
    assert_eq!(leaf_warnings(CertificateType::Server, NOW, as_leaf), [], "right below a private root");
}

#[test]
fn names_cannot_break_out() {
    let made = Made::self_signed("evil\r\nX-Admin: 1\u{202e}\0", as_leaf);
    let identity = read(&made.pem(), &made.key()).expect("accepted");
    let leaf = &identity.pairs[0].facts()[0];
    assert_eq!(leaf.subject, "CN=evil\\u{d}\\u{a}X-Admin: 1\\u{202e}\\u{0}");
    assert_eq!(leaf.common_name.as_deref(), Some("evil\\u{d}\\u{a}X-Admin: 1\\u{202e}\\u{0}"));
    assert!(identity.snis.is_empty());
}

#[test]
fn debug_and_errors_show_no_key() {
    let key = fixture_text("guide/server.key");
    let secrets: Vec<&str> =
        key.lines().filter(|line| !line.starts_with('-')).map(|line| &line[..20]).collect();
    let identity = read(&fixture("guide/server.crt"), key.as_bytes()).expect("accepted");
    let host =
        tls::HostConfig::new(&identity.pairs, None, std::sync::Arc::new(tls::SystemClock)).expect("compiles");
    let swapped = faults(key.as_bytes(), key.as_bytes());
    let mangled = faults(&fixture("guide/server.crt"), key.replace("-----END", "x").as_bytes());
    let shown = format!(
        "{identity:?} {:?} {host:?} {:?} {swapped:?} {mangled:?}",
        identity.pairs[0],
        identity.pairs[0].private_key_pem()
    );
    let der = fixture("keys/pkcs8.der");
    let bytes = format!("{:?}", &der[40..60]);
    for secret in secrets.iter().copied().chain([bytes.trim_matches(['[', ']'])]) {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("test.com"), "so that the test looks at something");
}
