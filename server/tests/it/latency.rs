//! How long it takes from a save in the dashboard until a client is refused: one that comes anew, one that takes up a
//! session, and one that is connected. Measures, and demands nothing:
//! `cargo test -p server --test it -- --ignored --nocapture latency`.

mod form;
mod probe;

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use domain::DenyEntry;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;

use crate::pki::open_and_strict;
use crate::support::Postern;
use form::Dashboard;
use probe::Probe;

const SAVES: usize = 200;
const HOST: &str = "api.strict.test";

/// What was measured, in the order of the saves. All times begin when the save's request is sent.
#[derive(Default)]
struct Times {
    /// Until the dashboard has answered.
    saved: Vec<Duration>,
    /// Until a new handshake was refused.
    new: Vec<Duration>,
    /// Until a session was not taken up.
    resumed: Vec<Duration>,
    /// Until the open connection was closed.
    open: Vec<Duration>,
}

#[test]
#[ignore = "measures; run by name"]
fn latency_from_save_to_refusal() {
    let postern = Postern::start();
    open_and_strict(&postern);
    let mut dashboard = Dashboard::new(&postern);
    let certificate = CertificateDer::from_pem_file(postern.dir().join("ann.crt")).expect("a certificate");
    let facts = tls::certificate_facts(&certificate).expect("a certificate");
    let denial = format!(
        "group=default&ssl_certificate=&label=ann&deny_entry={}",
        DenyEntry::Certificate(facts.fingerprint)
    );
    let probe = Probe::new(&postern, HOST, "ann");
    let mut times = Times::default();
    for _ in 0..SAVES {
        measure(&mut dashboard, &denial, &probe, &mut times);
        let list = dashboard.get("/api/client/denied?group=default");
        let list: Value = serde_json::from_str(&list).expect("JSON");
        let id = list["items"][0]["id"].as_str().expect("the denied client");
        dashboard.post("/api/client/allow", &format!("group=default&id={id}"));
    }
    println!("{}", times.table());
}

/// Denies the client that probes, and takes the time until it is refused in each way.
fn measure(dashboard: &mut Dashboard, denial: &str, probe: &Probe, times: &mut Times) {
    let mut open = probe.open();
    let resuming = probe.with_session();
    thread::scope(|threads| {
        let open = threads.spawn(move || open.closed());
        let new = threads.spawn(|| probe.refused_anew());
        let resumed = threads.spawn(|| resuming.refused_to_resume());
        let sent = Instant::now();
        dashboard.post("/api/client/deny", denial);
        times.saved.push(sent.elapsed());
        for (times, thread) in [(&mut times.new, new), (&mut times.resumed, resumed), (&mut times.open, open)]
        {
            // Refused before anybody asked for it: then something else than the save is measured.
            let refused = thread.join().expect("it is refused in the end").checked_duration_since(sent);
            times.push(refused.expect("refused after the save"));
        }
    });
}

impl Times {
    /// The middle, and what one in a hundred exceeds.
    fn table(&self) -> String {
        let mut table = format!("{SAVES} saves           p50 ms   p99 ms\n");
        for (name, times) in [
            ("dashboard's answer", &self.saved),
            ("new handshake", &self.new),
            ("resumed handshake", &self.resumed),
            ("open connection", &self.open),
        ] {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let [p50, p99] = [50, 99].map(|percent| sorted[(sorted.len() * percent).div_ceil(100) - 1]);
            let [p50, p99] = [p50, p99].map(|time| time.as_secs_f64() * 1000.0);
            writeln!(table, "{name:<18} {p50:>8.1} {p99:>8.1}").expect("a String takes all");
        }
        table
    }
}
