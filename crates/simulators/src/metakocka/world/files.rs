//! Files that were attached or printed, prints that are under way, messages that were sent.

use std::collections::BTreeMap;

use super::World;

/// A message to a phone that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) way: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
}

/// The files of the house.
#[derive(Debug, Default)]
pub(super) struct Files {
    told: Vec<Told>,
    kept: BTreeMap<u64, (String, Vec<u8>)>,
    reports: BTreeMap<String, (u64, bool)>,
}

impl World {
    /// Keeps a file; answers its id.
    pub(crate) fn keep_file(&mut self, name: String, bytes: Vec<u8>) -> u64 {
        let id = self.next_id();
        self.files.kept.insert(id, (name, bytes));
        id
    }

    /// A file's name and bytes.
    pub(crate) fn file(&self, id: u64) -> Option<&(String, Vec<u8>)> {
        self.files.kept.get(&id)
    }

    /// Messages to phones, in order.
    pub(crate) const fn told(&mut self) -> &mut Vec<Told> {
        &mut self.files.told
    }

    /// Prints under way, by their tokens: the file, and whether somebody asked already.
    pub(crate) const fn reports(&mut self) -> &mut BTreeMap<String, (u64, bool)> {
        &mut self.files.reports
    }
}
