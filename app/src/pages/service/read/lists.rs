//! Lists that are typed into one control.

use domain::{Fault, Field, Limit};

use super::Reader;

/// The most faults that are told of one list: whoever pastes the wrong thing need not read of each line.
const MOST_FAULTS: usize = 10;

/// Entries with space or commas between them.
pub(super) fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect()
}

/// Entries on lines of their own.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The entries of a list, each parsed with its number, from 1; or the first faults.
pub(super) fn parsed<T>(
    entries: Vec<&str>,
    most: usize,
    parse: impl Fn(usize, &str) -> Result<T, Fault>,
) -> Result<Vec<T>, Vec<Fault>> {
    if entries.len() > most {
        return Err(vec![Fault::TooLarge(Limit::Entries(most as u64))]);
    }
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    for (index, entry) in entries.into_iter().enumerate() {
        match parse(index + 1, entry) {
            Ok(value) => values.push(value),
            Err(fault) => faults.push(fault),
        }
    }
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

impl Reader<'_> {
    /// The entries of a list; those that cannot be read are told of at `field`.
    pub(super) fn list<T>(
        &mut self,
        field: Field,
        entries: Vec<&str>,
        most: usize,
        parse: impl Fn(usize, &str) -> Result<T, Fault>,
    ) -> Vec<T> {
        parsed(entries, most, parse).unwrap_or_else(|faults| {
            faults.into_iter().for_each(|fault| self.wrong(field, fault));
            Vec::new()
        })
    }
}
