//! The certificate matrix: client certificates of every kind that matters, each presented to a listener that requires
//! one, by TLS 1.2 and 1.3. Beside each stands what must come of it, and whose word that is. `docs/certificate-matrix.md`
//! is the same table for reading.

mod chains;
mod constraints;
mod dates;
mod encoding;
mod keys;
mod names;
mod purposes;
mod row;
mod signatures;
mod surgery;
mod versions;

use std::collections::HashSet;

use self::row::Row;

/// All rows, by section as the document has them.
fn sections() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("Versions", versions::rows()),
        ("Keys", keys::rows()),
        ("Signatures", signatures::rows()),
        ("Purposes", purposes::rows()),
        ("Chains", chains::rows()),
        ("Name constraints", constraints::rows()),
        ("Names", names::rows()),
        ("Dates", dates::rows()),
        ("Encoding", encoding::rows()),
    ]
}

#[test]
fn every_client_gets_the_verdict_that_is_written_beside_it() {
    let rows: Vec<Row> = sections().into_iter().flat_map(|(_, rows)| rows).collect();
    let names: HashSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "two rows have one name");
    assert!(rows.len() >= 40, "only {} rows", rows.len());
    let wrong: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(wrong.is_empty(), "{} wrong verdicts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn document_has_the_same_rows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/certificate-matrix.md");
    let document = std::fs::read_to_string(path).expect("the document");
    let is_content = |line: &&str| line.starts_with("## ") || line.starts_with("| ");
    let written: Vec<&str> = document.lines().filter(is_content).collect();
    let lines: Vec<String> = sections().iter().flat_map(|(title, rows)| lines_of(title, rows)).collect();
    let missing: Vec<_> = lines.iter().filter(|line| !written.contains(&line.as_str())).collect();
    let surplus: Vec<_> = written.iter().filter(|line| !lines.iter().any(|it| it == *line)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nsurplus: {surplus:#?}");
    assert_eq!(written, lines, "the same rows in another order");
}

/// A section as the document has it.
fn lines_of(title: &str, rows: &[Row]) -> Vec<String> {
    let head = [format!("## {title}"), "| Client | Verdict | Source |".to_owned()];
    let line = |row: &Row| format!("| {} | {} | {} |", row.name, row.verdict, row.source);
    head.into_iter().chain(rows.iter().map(line)).collect()
}
