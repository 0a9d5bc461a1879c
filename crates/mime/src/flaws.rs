//! Collecting what was wrong while reading goes on.

use crate::message::DefectKind;

/// The kinds of defects met in one part: a set, because one is as telling as a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flaws(u32);

impl Flaws {
    /// Notes a defect.
    pub(crate) fn add(&mut self, kind: DefectKind) {
        self.0 |= bit(kind);
    }

    /// Takes a defect back.
    pub(crate) fn remove(&mut self, kind: DefectKind) {
        self.0 &= !bit(kind);
    }

    /// Returns the kinds in the order of [`DefectKind`].
    pub(crate) fn kinds(self) -> impl Iterator<Item = DefectKind> {
        DefectKind::ALL
            .into_iter()
            .filter(move |kind| self.0 & bit(*kind) != 0)
    }

    /// True when nothing was wrong.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn bit(kind: DefectKind) -> u32 {
    1_u32.checked_shl(kind as u32).unwrap_or_default()
}
