//! Versions of X.509. The older ones have no extensions, so only a configured CA itself may have issued them.

use domain::ReasonCode::{Expired, IssuerUnknown, PurposeInvalid, SanNotAllowed, WeakKeyOrAlg};
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;

use super::row::{Listener, Row, accepted, alone, from_fixtures, presenting, refused, through};
use super::surgery::{Fields, reissued};
use crate::support::{Made, as_ca, as_leaf, for_hosts};

const V1_RULE: &str =
    "X.509 v1 has no basicConstraints (RFC 5280 §4.1.2.9): only a configured CA vouches for it";

pub(super) fn rows() -> Vec<Row> {
    [v1(), v1_refused(), others()].into_iter().flatten().collect()
}

fn v1() -> Vec<Row> {
    let guide = Listener::of_fixture("guide/ca.crt");
    let with_root = ["guide/client.crt", "guide/ca.crt"];
    let alias = Listener::of_fixture("odd/alias-ca.crt");
    vec![
        accepted(
            "v1 client of a v1 CA",
            "OpenSSL before 3.2 makes it of `x509 -req` without -extfile, and accepts it",
            &guide,
            from_fixtures(&["guide/client.crt"], "guide/client.key"),
        ),
        accepted(
            "v1 client that brings its v1 CA along",
            "RFC 8446 §4.4.2: servers should be prepared for extraneous certificates",
            &guide,
            from_fixtures(&with_root, "guide/client.key"),
        ),
        accepted(
            "v1 client of a v1 CA, depth 0",
            "depth counts intermediates, as OpenSSL's -verify_depth does",
            &guide.depth(0),
            from_fixtures(&["guide/client.crt"], "guide/client.key"),
        ),
        accepted(
            "v1 client whose CA's key is configured under its name",
            V1_RULE,
            &alias,
            from_fixtures(&["odd/alias-client.crt"], "keys/pkcs1.key"),
        ),
    ]
}

fn v1_refused() -> Vec<Row> {
    let guide = Listener::of_fixture("guide/ca.crt");
    let other_root = Listener::of(Made::self_signed("root", as_ca).pem()).depth(10);
    let constrained = Listener::of_fixture("odd/constrained-ca.crt");
    let key = "keys/pkcs1.key";
    vec![
        refused(
            IssuerUnknown,
            "v1 client of a CA of the same name",
            "RFC 5280 §6.1.3 (a)(1): the signature is verified with the CA's key, not its name",
            &guide,
            from_fixtures(&["rogue/client.crt", "rogue/ca.crt"], "rogue/client.key"),
        ),
        refused(
            IssuerUnknown,
            "v1 client by the CA's key under another name",
            "RFC 5280 §6.1.3 (a)(4): the issuer's name is the CA's subject",
            &guide,
            from_fixtures(&["odd/alias-client.crt"], key),
        ),
        refused(
            IssuerUnknown,
            "v1 certificate as intermediate",
            "RFC 5280 §6.1.4 (k): a v1 certificate is no intermediate unless told so out of band",
            &guide.depth(10),
            from_fixtures(&["odd/below-v1.crt", "guide/client.crt"], key),
        ),
        refused(
            IssuerUnknown,
            "v1 client of a CA that only the client brings",
            V1_RULE,
            &other_root,
            from_fixtures(&["guide/client.crt", "guide/ca.crt"], "guide/client.key"),
        ),
        refused(
            IssuerUnknown,
            "v1 certificate with the CA's name as subject, for another key",
            "RFC 5280 §3.2: self-issued certificates are CAs' own; such a one is a renewed CA",
            &guide,
            from_fixtures(&["odd/forged-ca.crt"], key),
        ),
        refused(
            PurposeInvalid,
            "v1 CA itself as client",
            "RFC 5280 §4.2.1.9: a CA's key signs certificates; OpenSSL would accept it",
            &guide,
            from_fixtures(&["guide/ca.crt"], "guide/client.key"),
        ),
        refused(
            SanNotAllowed,
            "v1 client of a CA with name constraints",
            "RFC 5280 §4.2.1.10: process the constraint or reject; a v1 certificate has no SAN to process",
            &constrained,
            from_fixtures(&["odd/constrained-client.crt"], key),
        ),
        refused(
            Expired,
            "v1 client, expired",
            "RFC 5280 §6.1.3 (a)(2)",
            &guide,
            from_fixtures(&["odd/short.crt"], key),
        ),
        refused(
            WeakKeyOrAlg,
            "v1 client signed with SHA-1",
            "RFC 9155 §1: SHA-1 signatures can be forged",
            &guide,
            from_fixtures(&["odd/sha1.crt"], key),
        ),
        refused(
            WeakKeyOrAlg,
            "v1 client signed with MD5",
            "RFC 6151 §2: MD5 signatures can be forged",
            &guide,
            from_fixtures(&["odd/md5.crt"], key),
        ),
    ]
}

fn others() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let plain = root.issue("client", as_leaf);
    let named = root.issue("client", for_hosts(&["client.test"]));
    let intermediate = root.issue("intermediate", as_ca);
    let below = intermediate.issue("client", as_leaf);
    let for_servers = Made::self_signed("root", |params| {
        as_ca(params);
        params.extended_key_usages = vec![ServerAuth];
    });
    let of_servers = for_servers.issue("client", as_leaf);
    let version = |number: u8| move |fields: &mut Fields| fields.version = Some(vec![0xa0, 3, 2, 1, number]);
    let v1 = |fields: &mut Fields| fields.version = None;
    let v1_below = crate::in_memory::certified(
        vec![reissued(&intermediate, &below, v1), intermediate.der()],
        &below.key(),
    );
    vec![
        accepted("v1 client of a v3 CA", V1_RULE, &listener, presenting(reissued(&root, &plain, v1), &plain)),
        accepted(
            "v1 client of a v3 intermediate that is configured",
            V1_RULE,
            &Listener::of(intermediate.pem()),
            presenting(reissued(&intermediate, &below, v1), &below),
        ),
        refused(
            PurposeInvalid,
            "v1 client of a v3 CA for servers only",
            "OpenSSL's sslclient asks the anchor's extended key usage too",
            &Listener::of(for_servers.pem()),
            presenting(reissued(&for_servers, &of_servers, v1), &of_servers),
        ),
        refused(IssuerUnknown, "v1 client of a v3 intermediate", V1_RULE, &listener, v1_below),
        accepted(
            "v2 client without extensions",
            "RFC 5280 §4.1.2.1: as v1",
            &listener,
            presenting(reissued(&root, &plain, version(1)), &plain),
        ),
        accepted(
            "v3 client without any extension",
            "RFC 5280 §4.2: none is required of an end entity that is no CA",
            &listener,
            alone(&plain),
        ),
        accepted(
            "v3 client and CA with key identifiers only",
            "OpenSSL from 3.2 on makes it of `x509 -req` without -extfile, and refuses it itself (error 79)",
            &Listener::of_fixture("skid/ca.crt"),
            from_fixtures(&["skid/client.crt"], "skid/client.key"),
        ),
        refused(
            PurposeInvalid,
            "v3 CA without basicConstraints as client",
            "RFC 5280 §4.2.1.9: a trust anchor signs certificates",
            &Listener::of_fixture("skid/ca.crt"),
            from_fixtures(&["skid/ca.crt"], "skid/client.key"),
        ),
        accepted(
            "v3 client through a v3 intermediate",
            "RFC 5280 §6.1",
            &listener,
            through(&below, &[&intermediate]),
        ),
        refused(
            IssuerUnknown,
            "version 4",
            "RFC 5280 §4.1.2.1 knows v1 to v3",
            &listener,
            presenting(reissued(&root, &plain, version(3)), &plain),
        ),
        refused(
            IssuerUnknown,
            "v1 client with extensions",
            "RFC 5280 §4.1.2.9: extensions only in v3",
            &listener,
            presenting(reissued(&root, &named, v1), &named),
        ),
        refused(
            IssuerUnknown,
            "v2 client with extensions",
            "RFC 5280 §4.1.2.9: extensions only in v3",
            &listener,
            presenting(reissued(&root, &named, version(1)), &named),
        ),
    ]
}
