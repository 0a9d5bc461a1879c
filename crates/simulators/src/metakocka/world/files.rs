//! Files that were attached or printed, and prints that are under way.

use std::collections::BTreeMap;

use super::World;

/// The files of the house.
#[derive(Debug, Default)]
pub(super) struct Files {
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

    /// Prints under way, by their tokens: the file, and whether somebody asked already.
    pub(crate) const fn reports(&mut self) -> &mut BTreeMap<String, (u64, bool)> {
        &mut self.files.reports
    }
}
