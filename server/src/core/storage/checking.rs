//! The rules that always hold, looked at row by row; both databases feed the same inspector.

use std::collections::BTreeSet;

use kontor_protocol::{DeviceId, FileHash, MemberId, SnapshotRow};
use uuid::Uuid;

use super::rows::{KeptEvent, KeptFile, KeptOrg};
use super::{Checked, Result};

/// More would help nobody.
const MOST_PROBLEMS: usize = 1000;

/// Rows that lead nowhere: a sentence, and the question that counts them. Understood by both databases.
pub(super) const ORPHANS: &[(&str, &str)] = &[
    (
        "events belong to no organisation",
        "SELECT COUNT(*) FROM event WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "members belong to no organisation",
        "SELECT COUNT(*) FROM member WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "invitations lead to no organisation",
        "SELECT COUNT(*) FROM invitation WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "lines of the audit log belong to no organisation",
        "SELECT COUNT(*) FROM audit WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "folds belong to no organisation",
        "SELECT COUNT(*) FROM snapshot WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "files belong to no organisation",
        "SELECT COUNT(*) FROM file WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "parts belong to no file",
        "SELECT COUNT(*) FROM file_part p WHERE NOT EXISTS
           (SELECT 1 FROM file f WHERE f.org_id = p.org_id AND f.hash = p.hash)",
    ),
    (
        "connections to an ERP belong to no organisation",
        "SELECT COUNT(*) FROM erp WHERE org_id NOT IN (SELECT org_id FROM org)",
    ),
    (
        "customers belong to no connection to an ERP",
        "SELECT COUNT(*) FROM erp_customer WHERE org_id NOT IN (SELECT org_id FROM erp)",
    ),
    (
        "products belong to no connection to an ERP",
        "SELECT COUNT(*) FROM erp_product WHERE org_id NOT IN (SELECT org_id FROM erp)",
    ),
    (
        "documents belong to no customer",
        "SELECT COUNT(*) FROM erp_document d WHERE NOT EXISTS
           (SELECT 1 FROM erp_customer c WHERE c.org_id = d.org_id AND c.customer_id = d.customer_id)",
    ),
    (
        "devices belong to no member",
        "SELECT COUNT(*) FROM device d WHERE NOT EXISTS
           (SELECT 1 FROM member m WHERE m.org_id = d.org_id AND m.member_id = d.member_id)",
    ),
    (
        "ways in by the company's sign-in belong to no member",
        "SELECT COUNT(*) FROM company c WHERE NOT EXISTS
           (SELECT 1 FROM member m WHERE m.org_id = c.org_id AND m.member_id = c.member_id)",
    ),
];

/// Looks at one organisation after another.
#[derive(Debug)]
pub(super) struct Inspector {
    checked: Checked,
    name: String,
    head: u64,
    last: u64,
    members: BTreeSet<MemberId>,
    devices: BTreeSet<DeviceId>,
}

impl Inspector {
    pub(super) fn new() -> Self {
        Self {
            checked: Checked {
                events: 0,
                problems: Vec::new(),
            },
            name: String::new(),
            head: 0,
            last: 0,
            members: BTreeSet::new(),
            devices: BTreeSet::new(),
        }
    }

    /// The events that follow are this organisation's, in order of `seq`.
    pub(super) fn org(
        &mut self,
        org: &KeptOrg,
        members: BTreeSet<MemberId>,
        devices: BTreeSet<DeviceId>,
    ) {
        self.end_org();
        self.name.clone_from(&org.name);
        self.head = org.head;
        self.last = 0;
        self.members = members;
        // The nil device is the server itself, which tells who comes and goes.
        self.devices = devices;
        self.devices.insert(DeviceId(Uuid::nil()));
    }

    pub(super) fn event(&mut self, row: &KeptEvent) {
        self.checked.events = self.checked.events.saturating_add(1);
        let want = self.last.saturating_add(1);
        if row.seq > want {
            let upto = row.seq.saturating_sub(1);
            self.found(&format!("events {want} to {upto} are missing"));
        }
        self.last = row.seq;
        match row.read() {
            Ok(event) if event.op.sum() == event.op.checksum => {}
            Ok(_) => self.found(&format!("event {} does not match its checksum", row.seq)),
            Err(e) => self.found(&format!("event {} cannot be read: {e}", row.seq)),
        }
        if !self.members.contains(&row.member) {
            let member = row.member;
            self.found(&format!("event {} is by {member}, no member", row.seq));
        }
        if !self.devices.contains(&row.device) {
            let device = row.device;
            self.found(&format!("event {} came from {device}, no device", row.seq));
        }
    }

    /// A fold of this organisation. What is wrong with one is made good by the next desk that joins: it is made again.
    pub(super) fn fold(&mut self, row: Result<SnapshotRow>) {
        match row {
            Ok(row) if row.upto > self.head => self.found(&format!(
                "the fold of {} has events that are not here",
                row.subject
            )),
            Ok(row) if row.read().is_none() => self.found(&format!(
                "the fold of {} does not match its checksum",
                row.subject
            )),
            Ok(_) => {}
            Err(e) => self.found(&e.to_string()),
        }
    }

    /// A whole file of this organisation, and what its bytes come to.
    pub(super) fn file(&mut self, file: &KeptFile, sum: FileHash) {
        if sum.to_string() != file.hash {
            self.found(&format!("the file {} is not what its name says", file.hash));
        }
    }

    /// So many rows of a kind lead nowhere.
    pub(super) fn orphans(&mut self, sentence: &str, count: u64) {
        if count > 0 {
            self.problem(format!("{count} {sentence}"));
        }
    }

    pub(super) fn finish(mut self) -> Checked {
        self.end_org();
        self.checked
    }

    fn end_org(&mut self) {
        if self.last != self.head {
            let (last, head) = (self.last, self.head);
            self.found(&format!(
                "the last event is {last}, but {head} were counted"
            ));
        }
        self.head = 0;
        self.last = 0;
    }

    /// Something wrong in this organisation.
    fn found(&mut self, what: &str) {
        let sentence = format!("{}: {what}", self.name);
        self.problem(sentence);
    }

    fn problem(&mut self, sentence: String) {
        if self.checked.problems.len() < MOST_PROBLEMS {
            self.checked.problems.push(sentence);
        }
    }
}
