//! What the storage keeps of snapshots: a fold a subject, and how far all of them go.
//!
//! Folds are made of the events and can be made again: a backup leaves them out.

use kontor_protocol::{OrgId, SnapshotPlace, SnapshotRow, Subject};

use super::Answer;

/// How far the folds of an organisation go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotHead {
    /// Names these folds; others after they were forgotten. Empty where there are none yet.
    pub life: String,
    /// The event up to which every subject is folded; 0 for none.
    pub upto: u64,
}

/// The part of a [`super::Storage`] that keeps folds. Every call is one transaction.
pub trait Snapshots: Send + Sync {
    /// How far the folds go.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn snapshot_head(&self, org: OrgId) -> impl Answer<SnapshotHead>;

    /// The folds of some subjects, where there are any.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn folds(&self, org: OrgId, subjects: Vec<Subject>) -> impl Answer<Vec<SnapshotRow>>;

    /// Puts folds in place of those of before and moves the head on, where it still is `from`. False, and nothing is
    /// stored, where it is not: another node was faster.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn put_folds(
        &self,
        org: OrgId,
        from: SnapshotHead,
        upto: u64,
        rows: Vec<SnapshotRow>,
    ) -> impl Answer<bool>;

    /// At most `limit` folds behind a place, by `upto` and then subject, and how far all of them go: no rows means that
    /// everything up to there was read.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn snapshot_page(
        &self,
        org: OrgId,
        after: SnapshotPlace,
        limit: usize,
    ) -> impl Answer<(SnapshotHead, Vec<SnapshotRow>)>;

    /// Forgets all folds of an organisation: they are made again.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn forget_folds(&self, org: OrgId) -> impl Answer<()>;
}
