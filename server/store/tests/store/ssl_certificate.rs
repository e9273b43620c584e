//! Reading certificates back, one by one, by page and by slice.

use domain::{
    CertificateType, Depth, Page, PageRequest, PeerVerificationMode, Revision, Secret, SslCertificateId,
    Status, UnixTime,
};
use store::{
    CaSource, CertificateFilter, NewCaCertificate, NewSslCertificate, SslCertificatePatch, StoredPair,
    StoredSslCertificate, WriteError,
};

use crate::support::{
    Fixture, allowed, author, group, group_row, key_pem, keys_of, pair, paths, server, sni, snis,
};

fn ids(certificates: &[StoredSslCertificate]) -> Vec<SslCertificateId> {
    certificates.iter().map(|certificate| certificate.id.clone()).collect()
}

async fn list(fixture: &Fixture, filter: CertificateFilter, page: PageRequest) -> Page<StoredSslCertificate> {
    fixture.store.ssl_certificates(&group(), &filter, page).await.expect("readable")
}

#[tokio::test]
async fn a_certificate_is_kept_as_written() {
    let fixture = Fixture::with_group().await;
    let new = NewSslCertificate {
        pairs: vec![pair("rsa"), pair("ecdsa")],
        depth: Depth::new(3).expect("a depth"),
        exempt_paths: paths(&["^/health$", r"\.js$"]),
        allow_list: allowed(&["dns:*.a.test", "cn:device-17"]),
        advertises_ca_names: false,
        ..server(&["b.test", "*.a.test", "*"])
    };
    let added = fixture.add(new).await;
    let read = fixture.certificate(&added.id).await;
    for certificate in [&added, &read] {
        assert_eq!(certificate.group, group());
        assert_eq!(certificate.certificate_type, CertificateType::Server);
        assert_eq!(certificate.status, Status::Enabled);
        assert_eq!(certificate.snis, snis(&["b.test", "*.a.test", "*"]), "in the order given");
        assert_eq!(keys_of(certificate), [key_pem("rsa"), key_pem("ecdsa")]);
        assert_eq!(certificate.pairs[1].certificate_pem, pair("ecdsa").certificate_pem);
        assert_eq!(certificate.pairs[1].subject, "CN=ecdsa");
        assert_eq!(certificate.pairs[1].issuer, "CN=Issuer of ecdsa");
        assert_eq!(certificate.pairs[1].not_after, UnixTime(1_000_000));
        assert_eq!(certificate.peer_verification.mode, PeerVerificationMode::Required);
        assert_eq!(certificate.peer_verification.depth.intermediates(), 3);
        assert_eq!(certificate.peer_verification.ca_certificates[0].pem, "ca of b.test");
        assert_eq!(certificate.peer_verification.exempt_paths, paths(&["^/health$", r"\.js$"]));
        assert_eq!(certificate.peer_verification.allow_list, allowed(&["dns:*.a.test", "cn:device-17"]));
        assert!(!certificate.peer_verification.advertises_ca_names);
        assert_eq!(certificate.peer_verification.denied, []);
        assert_eq!(certificate.problem, None);
        assert_eq!((certificate.created_at, certificate.updated_at), (UnixTime(10), UnixTime(10)));
        assert_eq!(certificate.revision, Revision(2));
    }
}

#[tokio::test]
async fn a_certificate_is_seen_in_its_group_only() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["test.com"])).await;
    let row = group_row("other", "127.0.0.1:1");
    let other = fixture.store.insert_gateway_group(&author(2), None, row).await.expect("written").id;
    assert!(fixture.store.ssl_certificate(&other, &added.id).await.expect("readable").is_none());
    let filter = CertificateFilter::default();
    let listed =
        fixture.store.ssl_certificates(&other, &filter, PageRequest::default()).await.expect("readable");
    assert_eq!(listed.total, 0);
    let error =
        fixture.store.delete_ssl_certificate(&author(3), &other, &added.id).await.expect_err("not its own");
    assert!(matches!(error, WriteError::NotFound), "{error:?}");
    let patch = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
    let error = fixture
        .store
        .update_ssl_certificate(&author(3), &other, &added.id, patch, None)
        .await
        .expect_err("not its own");
    assert!(matches!(error, WriteError::NotFound), "{error:?}");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["a.test", "b.test"])).await;
    let unchanged = format!("{:?}", fixture.certificate(&added.id).await);
    let keep = SslCertificatePatch::default();
    let patches = [
        SslCertificatePatch { status: Some(Status::Disabled), ..keep.clone() },
        SslCertificatePatch { status: Some(Status::Enabled), ..keep.clone() },
        SslCertificatePatch { peer_verification: Some(PeerVerificationMode::Off), ..keep.clone() },
        SslCertificatePatch { peer_verification: Some(PeerVerificationMode::Required), ..keep.clone() },
        SslCertificatePatch { snis: Some(snis(&["c.test"])), ..keep.clone() },
        SslCertificatePatch { snis: Some(snis(&["a.test", "b.test"])), ..keep.clone() },
        SslCertificatePatch { pairs: Some(vec![pair("other")]), ..keep.clone() },
        SslCertificatePatch { pairs: Some(vec![pair("a.test")]), ..keep.clone() },
        SslCertificatePatch { depth: Some(Depth::new(0).expect("a depth")), ..keep.clone() },
        SslCertificatePatch { depth: Some(Depth::default()), ..keep.clone() },
        SslCertificatePatch {
            ca: Some(CaSource::Upload(NewCaCertificate::without_lists("other"))),
            ..keep.clone()
        },
        SslCertificatePatch {
            ca: Some(CaSource::Upload(NewCaCertificate::without_lists("ca of a.test"))),
            ..keep.clone()
        },
        SslCertificatePatch { exempt_paths: Some(paths(&["^/health$"])), ..keep.clone() },
        SslCertificatePatch { exempt_paths: Some(Vec::new()), ..keep.clone() },
        SslCertificatePatch { allow_list: Some(allowed(&["cn:device-17"])), ..keep.clone() },
        SslCertificatePatch { allow_list: Some(Vec::new()), ..keep.clone() },
        SslCertificatePatch { advertises_ca_names: Some(false), ..keep.clone() },
        SslCertificatePatch { advertises_ca_names: Some(true), ..keep.clone() },
        keep,
    ];
    for (number, patch) in patches.into_iter().enumerate() {
        let there_and_back = number % 2 == 1 || number == 18;
        let named = format!("{patch:?}");
        let updated =
            fixture.store.update_ssl_certificate(&author(50), &group(), &added.id, patch, None).await;
        let mut updated = updated.expect("written");
        assert_eq!(updated.updated_at, UnixTime(50));
        assert_eq!(updated.revision.0, fixture.revision().await);
        let read = fixture.certificate(&added.id).await;
        assert_eq!(format!("{updated:?}"), format!("{read:?}"), "the answer is what is stored");
        (updated.updated_at, updated.revision) = (added.updated_at, added.revision);
        assert_eq!(format!("{updated:?}") == unchanged, there_and_back, "{named}");
    }
}

#[tokio::test]
async fn a_newer_revision_makes_a_change_stale() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["a.test"])).await;
    let update = |expected: Option<Revision>| {
        let patch = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
        let (store, id) = (fixture.store.clone(), added.id.clone());
        async move { store.update_ssl_certificate(&author(5), &group(), &id, patch, expected).await }
    };
    let first = update(Some(added.revision)).await.expect("seen");
    let error = update(Some(added.revision)).await.expect_err("changed since");
    assert!(matches!(error, WriteError::Stale), "{error:?}");
    fixture.add(server(&["b.test"])).await;
    update(Some(first.revision)).await.expect("a change of another certificate does not matter");
    update(None).await.expect("no revision, no check");
}

#[tokio::test]
async fn a_list_has_facts_and_no_keys() {
    let fixture = Fixture::with_group().await;
    // Sealed values that cannot be opened: a list that unsealed anything would say so.
    fixture.add(server(&["a.test"])).await;
    fixture.file().await.execute("UPDATE ssl_certificate_pair SET private_key_sealed = x'00'").await;
    let page = list(&fixture, CertificateFilter::default(), PageRequest::default()).await;
    let [certificate] = &page.items[..] else { panic!("one certificate: {page:?}") };
    assert_eq!(certificate.problem, None);
    assert_eq!(certificate.snis, snis(&["a.test"]));
    assert_eq!(certificate.pairs[0].subject, "CN=a.test");
    assert!(certificate.pairs[0].private_key_pem.is_empty());
    assert_eq!(certificate.peer_verification.ca_certificates[0].pem, "ca of a.test");
}

#[tokio::test]
async fn pages_are_newest_first_and_complete() {
    let fixture = Fixture::with_group().await;
    let mut added = Vec::new();
    for number in 0..25 {
        let new = server(&[&format!("host-{number}.test")]);
        // Several in the same second.
        let at = author(100 + number / 4);
        added.push(fixture.store.insert_ssl_certificate(&at, &group(), new).await.expect("written"));
    }
    added.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    let mut listed = Vec::new();
    for number in 1..=3 {
        let page = list(&fixture, CertificateFilter::default(), PageRequest::new(number, 10)).await;
        assert_eq!((page.total, page.pages()), (25, 3));
        for certificate in &page.items {
            assert_eq!(format!("CN={}", certificate.snis[0]), certificate.pairs[0].subject, "its own parts");
        }
        listed.extend(page.items);
    }
    assert_eq!(ids(&listed), ids(&added));
    let beyond = list(&fixture, CertificateFilter::default(), PageRequest::new(4, 10)).await;
    assert_eq!((beyond.items.len(), beyond.total), (0, 25));
}

#[tokio::test]
async fn search_looks_through_ids_names_and_hosts() {
    let fixture = Fixture::with_group().await;
    let named = |subject: &str, issuer: &str| StoredPair {
        subject: subject.to_owned(),
        issuer: issuer.to_owned(),
        ..pair("x")
    };
    let shop = NewSslCertificate {
        pairs: vec![named("CN=Läden", "CN=Root")],
        ..server(&["shop.test", "*.eu.test"])
    };
    let shop = fixture.add(shop).await.id;
    let bank = NewSslCertificate { pairs: vec![named("CN=100%_Bank", "CN=Root")], ..server(&["bank.test"]) };
    let bank = fixture.add(bank).await.id;
    let both = vec![bank.clone(), shop.clone()];
    for (search, expected) in [
        ("", both.clone()),
        ("  ", both.clone()),
        ("root", both.clone()),
        (".TEST", both.clone()),
        ("shop", vec![shop.clone()]),
        ("*.eu", vec![shop.clone()]),
        ("LÄDEN", vec![shop.clone()]),
        ("100%_b", vec![bank.clone()]),
        ("%", vec![bank.clone()]),
        ("_", vec![bank.clone()]),
        ("\\", vec![]),
        ("'; DROP TABLE ssl_certificate", vec![]),
        (&shop.as_str().to_lowercase(), vec![shop.clone()]),
        (&bank.as_str()[4..], vec![bank.clone()]),
    ] {
        let filter = CertificateFilter { search: search.to_owned(), ..CertificateFilter::default() };
        let page = list(&fixture, filter, PageRequest::default()).await;
        let mut found = ids(&page.items);
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{search:?}");
        assert_eq!(page.total as usize, found.len(), "{search:?}");
    }
}

#[tokio::test]
async fn search_follows_changes() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["old.test"])).await.id;
    let patch = SslCertificatePatch {
        pairs: Some(vec![pair("fresh")]),
        snis: Some(snis(&["new.test"])),
        ..SslCertificatePatch::default()
    };
    fixture.store.update_ssl_certificate(&author(11), &group(), &added, patch, None).await.expect("written");
    for (search, total) in [("old", 0), ("fresh", 1), ("new.test", 1)] {
        let filter = CertificateFilter { search: search.to_owned(), ..CertificateFilter::default() };
        assert_eq!(list(&fixture, filter, PageRequest::default()).await.total, total, "{search}");
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let fixture = Fixture::with_group().await;
    let early = StoredPair { not_after: UnixTime(500), ..pair("early") };
    let expiring = NewSslCertificate { pairs: vec![pair("late"), early], ..server(&["a.test"]) };
    let expiring = fixture.add(expiring).await.id;
    let client = NewSslCertificate { certificate_type: CertificateType::Client, ..server(&["b.test"]) };
    let client = fixture.add(client).await.id;
    let disabled = fixture.add(server(&["c.test"])).await.id;
    let patch = SslCertificatePatch { status: Some(Status::Disabled), ..SslCertificatePatch::default() };
    fixture
        .store
        .update_ssl_certificate(&author(11), &group(), &disabled, patch, None)
        .await
        .expect("written");
    let all = CertificateFilter::default();
    let type_server =
        CertificateFilter { certificate_type: Some(CertificateType::Server), ..CertificateFilter::default() };
    for (filter, expected) in [
        (CertificateFilter { certificate_type: Some(CertificateType::Client), ..all.clone() }, vec![&client]),
        (CertificateFilter { status: Some(Status::Disabled), ..all.clone() }, vec![&disabled]),
        (CertificateFilter { status: Some(Status::Enabled), ..type_server }, vec![&expiring]),
        (CertificateFilter { expires_before: Some(UnixTime(501)), ..all.clone() }, vec![&expiring]),
        (CertificateFilter { expires_before: Some(UnixTime(500)), ..all }, vec![]),
    ] {
        let page = list(&fixture, filter.clone(), PageRequest::default()).await;
        assert_eq!(ids(&page.items).iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn slices_reach_every_certificate_of_every_group_once() {
    let fixture = Fixture::with_group().await;
    let row = group_row("other", "127.0.0.1:1");
    let other = fixture.store.insert_gateway_group(&author(2), None, row).await.expect("written").id;
    let mut added = Vec::new();
    for number in 0..7 {
        let new = server(&[&format!("host-{number}.test")]);
        let of = if number % 2 == 0 { group() } else { other.clone() };
        let certificate = fixture.store.insert_ssl_certificate(&author(3), &of, new).await.expect("written");
        added.push((of, certificate.id));
    }
    added.sort();
    for slice in [1, 2, 3, 7, 100] {
        let mut seen = Vec::new();
        loop {
            let some = fixture.store.ssl_certificates_after(seen.last(), slice).await.expect("readable");
            assert!(some.len() as u64 <= slice);
            if some.is_empty() {
                break;
            }
            for certificate in some {
                let name = certificate.snis[0].to_string();
                assert_eq!(keys_of(&certificate), [key_pem(&name)], "its own key");
                let ca = &certificate.peer_verification.ca_certificates[0];
                assert_eq!(
                    (ca.pem.as_str(), &ca.group),
                    (format!("ca of {name}").as_str(), &certificate.group)
                );
                seen.push((certificate.group, certificate.id));
            }
        }
        assert_eq!(seen, added, "slices of {slice}");
    }
}

#[tokio::test]
async fn one_broken_row_does_not_hold_up_the_others() {
    for (damage, what) in [
        (
            "UPDATE ssl_certificate_pair SET private_key_sealed = x'0102' WHERE subject = 'CN=bad.test'",
            "unsealed",
        ),
        ("UPDATE ssl_certificate_sni SET sni = 'not a host' WHERE sni = 'bad.test'", "SNI"),
        (
            "UPDATE ssl_certificate SET peer_verification = 'maybe' WHERE search_text LIKE '%bad.test%'",
            "maybe",
        ),
        ("UPDATE ssl_certificate SET certificate_type = 'both' WHERE search_text LIKE '%bad.test%'", "both"),
        ("UPDATE ssl_certificate SET status = 'paused' WHERE search_text LIKE '%bad.test%'", "paused"),
        ("UPDATE ssl_certificate SET depth = 11 WHERE search_text LIKE '%bad.test%'", "depth 11"),
        ("UPDATE ssl_certificate SET exempt_paths = '' WHERE search_text LIKE '%bad.test%'", "exempt paths"),
        (
            "UPDATE ssl_certificate SET allow_list = '[\"\"]' WHERE search_text LIKE '%bad.test%'",
            "allow-list",
        ),
        ("UPDATE ca_certificate SET stale_revocation_lists = 'pass' WHERE pem LIKE '%bad.test%'", "pass"),
        (
            "INSERT INTO denied_client SELECT group_id, 'd', id, 'nobody', '', '', 1 FROM ssl_certificate \
             WHERE search_text LIKE '%bad.test%'",
            "entry",
        ),
    ] {
        let fixture = Fixture::with_group().await;
        fixture.add(server(&["good.test"])).await;
        let bad = fixture.add(server(&["bad.test"])).await.id;
        fixture.file().await.execute(damage).await;
        let all = fixture.store.ssl_certificates_after(None, 10).await.expect("readable");
        assert_eq!(all.len(), 2, "{damage}");
        for certificate in all {
            if certificate.id == bad {
                let problem = certificate.problem.expect("a problem");
                assert!(problem.contains(what), "{problem}");
                assert_eq!(certificate.pairs.len(), 0, "{damage}");
                assert_eq!(certificate.peer_verification.mode, PeerVerificationMode::Required, "{damage}");
                assert_eq!(certificate.status, Status::Enabled, "{damage}");
            } else {
                assert_eq!(certificate.problem, None);
                assert_eq!(keys_of(&certificate), [key_pem("good.test")]);
            }
        }
    }
}

#[tokio::test]
async fn a_broken_key_is_mended_by_another_upload() {
    let fixture = Fixture::with_group().await;
    let added = fixture.add(server(&["test.com"])).await.id;
    fixture.file().await.execute("UPDATE ssl_certificate_pair SET private_key_sealed = x'0102'").await;
    assert!(fixture.certificate(&added).await.problem.is_some());
    let patch = SslCertificatePatch { pairs: Some(vec![pair("test.com")]), ..SslCertificatePatch::default() };
    let mended = fixture.store.update_ssl_certificate(&author(11), &group(), &added, patch, None).await;
    let mended = mended.expect("written");
    assert_eq!((mended.problem.clone(), keys_of(&mended)), (None, vec![key_pem("test.com")]));
}

#[tokio::test]
async fn more_names_than_one_statement_takes_are_kept() {
    let fixture = Fixture::with_group().await;
    let hosts: Vec<String> = (0..6_000).map(|number| format!("host-{number}.test")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let many = NewSslCertificate { snis: snis(&hosts), ..server(&["x"]) };
    let added = fixture.add(many.clone()).await;
    assert_eq!(fixture.certificate(&added.id).await.snis, many.snis);
    let successor = fixture.add(NewSslCertificate { replace: true, ..many }).await;
    assert_eq!(successor.snis.last(), Some(&sni("host-5999.test")));
    assert_eq!(fixture.certificate(&added.id).await.status, Status::Disabled);
}

#[tokio::test]
async fn a_certificate_without_pairs_never_expires() {
    let fixture = Fixture::with_group().await;
    fixture.add(NewSslCertificate { pairs: Vec::new(), ..server(&["a.test"]) }).await;
    let filter =
        CertificateFilter { expires_before: Some(UnixTime(4_000_000_000)), ..CertificateFilter::default() };
    assert_eq!(list(&fixture, filter, PageRequest::default()).await.total, 0);
}

#[tokio::test]
async fn a_key_of_any_bytes_is_kept() {
    let fixture = Fixture::with_group().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let odd = StoredPair { private_key_pem: Secret::new(bytes.clone()), ..pair("x") };
    let added = fixture.add(NewSslCertificate { pairs: vec![odd], ..server(&["a.test"]) }).await;
    assert_eq!(fixture.certificate(&added.id).await.pairs[0].private_key_pem.expose(), bytes);
}
