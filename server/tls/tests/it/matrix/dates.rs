//! Validity (RFC 5280 §4.1.2.5, both ends included) of clients, intermediates and CAs.

use std::time::Duration;

use domain::ReasonCode::{Expired, IssuerUnknown, NotYetValid};
use domain::UnixTime;
use rcgen::{CertificateParams, date_time_ymd};

use super::row::{Listener, Row, accepted, alone, from_fixtures, presenting, refused, through};
use super::surgery::reissued;
use crate::der::value;
use crate::support::{AFTER, BEFORE, Made, NOW, as_ca, as_leaf};

const VALIDITY: &str = "RFC 5280 §4.1.2.5, §6.1.3 (a)(2): from notBefore through notAfter, inclusive";
const OF_ANCHOR: &str = "OpenSSL asks it of the anchor too; RFC 5280 §6.1 leaves it open";
const FORM: &str = "RFC 5280 §4.1.2.5.1: UTCTime has seconds and ends in Z";

pub(super) fn rows() -> Vec<Row> {
    [clients(), issuers(), forms()].into_iter().flatten().collect()
}

/// [`NOW`] as rcgen has it, and this many seconds later or earlier.
fn around_now(params: &mut CertificateParams, begin: Option<i64>, end: Option<i64>) {
    // 2027-01-15 08:00:00 UTC
    let now = date_time_ymd(2027, 1, 15) + Duration::from_secs(8 * 60 * 60);
    assert_eq!(now.unix_timestamp(), NOW.0);
    let at = |seconds: i64| {
        let distance = Duration::from_secs(seconds.unsigned_abs());
        if seconds < 0 { now - distance } else { now + distance }
    };
    if let Some(begin) = begin {
        params.not_before = at(begin);
    }
    if let Some(end) = end {
        params.not_after = at(end);
    }
}

fn clients() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let client = |begin, end| alone(&root.issue("client", |params| around_now(params, begin, end)));
    vec![
        accepted("in its last second", VALIDITY, &listener, client(None, Some(0))),
        refused(Expired, "one second after its end", VALIDITY, &listener, client(None, Some(-1))),
        accepted("in its first second", VALIDITY, &listener, client(Some(0), None)),
        refused(NotYetValid, "one second before its begin", VALIDITY, &listener, client(Some(1), None)),
        refused(
            Expired,
            "ends before it begins",
            VALIDITY,
            &listener,
            client(Some(1_000_000), Some(-1_000_000)),
        ),
        accepted(
            "no end (9999-12-31)",
            "RFC 5280 §4.1.2.5: 99991231235959Z, where there is no well-defined end",
            &listener,
            alone(&root.issue("client", |params| {
                params.not_after = date_time_ymd(9999, 12, 31) + Duration::from_secs(24 * 60 * 60 - 1);
            })),
        ),
        refused(
            Expired,
            "v1 client after its end",
            VALIDITY,
            &Listener::of_fixture("guide/ca.crt").at(AFTER),
            from_fixtures(&["guide/client.crt"], "guide/client.key"),
        ),
        refused(
            NotYetValid,
            "v1 client before its begin",
            VALIDITY,
            &Listener::of_fixture("guide/ca.crt").at(BEFORE),
            from_fixtures(&["guide/client.crt"], "guide/client.key"),
        ),
    ]
}

fn issuers() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let below = |begin, end| {
        let issuer = root.issue("intermediate", |params| {
            as_ca(params);
            around_now(params, begin, end);
        });
        through(&issuer.issue("client", as_leaf), &[&issuer])
    };
    let short = Made::self_signed("root", |params| {
        as_ca(params);
        around_now(params, Some(-100), Some(100));
    });
    let of_short = Listener::of(short.pem());
    let of_short_client = || alone(&short.issue("client", as_leaf));
    let renewed = Listener::of([short.pem(), root.pem()].concat());
    vec![
        refused(Expired, "intermediate one second after its end", VALIDITY, &listener, below(None, Some(-1))),
        refused(
            NotYetValid,
            "intermediate one second before its begin",
            VALIDITY,
            &listener,
            below(Some(1), None),
        ),
        accepted(
            "client that outlives its CA, while both are valid",
            "RFC 5280 §6.1.3 (a)(2): validities need not nest",
            &of_short,
            of_short_client(),
        ),
        accepted("CA in its last second", OF_ANCHOR, &of_short.at(UnixTime(NOW.0 + 100)), of_short_client()),
        refused(
            Expired,
            "CA one second after its end",
            OF_ANCHOR,
            &of_short.at(UnixTime(NOW.0 + 101)),
            of_short_client(),
        ),
        refused(
            NotYetValid,
            "CA one second before its begin",
            OF_ANCHOR,
            &of_short.at(UnixTime(NOW.0 - 101)),
            of_short_client(),
        ),
        accepted(
            "another CA of the policy expired",
            OF_ANCHOR,
            &renewed.at(UnixTime(NOW.0 + 101)),
            alone(&root.issue("client", as_leaf)),
        ),
    ]
}

/// Times that are written in other ways than they must.
fn forms() -> Vec<Row> {
    let root = Made::self_signed("root", as_ca);
    let listener = Listener::of(root.pem());
    let leaf = root.issue("client", as_leaf);
    let valid = |begin: (u8, &[u8]), end: (u8, &[u8])| {
        let validity = value(0x30, &[value(begin.0, begin.1), value(end.0, end.1)].concat());
        presenting(reissued(&root, &leaf, |fields| fields.validity = validity), &leaf)
    };
    let (utc, generalized) = (0x17, 0x18);
    let good_begin = (utc, &b"200101000000Z"[..]);
    vec![
        accepted("end as UTCTime in 2049", FORM, &listener, valid(good_begin, (utc, b"491231235959Z"))),
        refused(
            Expired,
            "end as UTCTime in 1999",
            "RFC 5280 §4.1.2.5.1: YY of 50 and more is 19YY",
            &listener,
            valid((utc, b"980101000000Z"), (utc, b"991231235959Z")),
        ),
        refused(
            IssuerUnknown,
            "begin in 1960",
            "RFC 5280 §4.1.2.5.1 allows it; webpki reads no time before 1970",
            &listener,
            valid((utc, b"600101000000Z"), (utc, b"491231235959Z")),
        ),
        refused(
            IssuerUnknown,
            "UTCTime without seconds",
            FORM,
            &listener,
            valid(good_begin, (utc, b"4912312359Z")),
        ),
        refused(
            IssuerUnknown,
            "UTCTime with an offset",
            FORM,
            &listener,
            valid(good_begin, (utc, b"491231235959+0100")),
        ),
        refused(
            IssuerUnknown,
            "GeneralizedTime with fractions",
            "RFC 5280 §4.1.2.5.2: no fractional seconds",
            &listener,
            valid(good_begin, (generalized, b"20491231235959.5Z")),
        ),
        refused(
            IssuerUnknown,
            "the 30th of February",
            "RFC 5280 §4.1.2.5: a date",
            &listener,
            valid(good_begin, (generalized, b"20600230000000Z")),
        ),
    ]
}
