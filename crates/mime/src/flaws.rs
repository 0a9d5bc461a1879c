//! Collecting what was wrong while reading goes on.

use crate::message::{Defect, DefectKind};
use crate::walk::Section;

/// A message with more defects than this is told to have these.
const MAX_DEFECTS: usize = 200;

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

    /// Writes the defects down, each kind once a part.
    pub(crate) fn tell(self, section: &Section, defects: &mut Vec<Defect>) {
        if self.0 == 0 {
            return;
        }
        let section = Some(section.to_string()).filter(|s| !s.is_empty());
        for kind in self.kinds() {
            let defect = Defect {
                kind,
                section: section.clone(),
            };
            if defects.len() < MAX_DEFECTS && !defects.contains(&defect) {
                defects.push(defect);
            }
        }
    }

    /// Returns the kinds in the order of [`DefectKind`].
    pub(crate) fn kinds(self) -> impl Iterator<Item = DefectKind> {
        DefectKind::ALL
            .into_iter()
            .filter(move |kind| self.0 & bit(*kind) != 0)
    }
}

fn bit(kind: DefectKind) -> u32 {
    1_u32.checked_shl(kind as u32).unwrap_or_default()
}
