//! Rows as they lie in the tables of either database and in a backup: texts exactly as stored, so that a copy is faithful
//! even where a row is damaged.

use jiff::Timestamp;
use kontor_protocol::field::Policy;
use kontor_protocol::{Body, DeviceId, Event, MemberId, MemberRow, Op, OpId, OrgId, Role, Subject};
use serde::{Deserialize, Serialize};

use super::{
    AuditEntry, CompanyId, DeviceRow, FilePiece, Hash, Incoming, NewDevice, NewErp, NewInvitation,
    NewOrg, Result, StorageError,
};

/// An organisation. Its epoch is not here: what is restored begins a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptOrg {
    pub(super) id: OrgId,
    pub(super) name: String,
    pub(super) thread_key: String,
    pub(super) head: u64,
    pub(super) created_at: String,
    /// As last set; `None` for the standard ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) critical_fields: Option<String>,
}

/// A member, here or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptMember {
    pub(super) id: MemberId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) password: String,
    pub(super) active: bool,
    pub(super) joined_at: String,
}

/// A device with the hash of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptDevice {
    pub(super) id: DeviceId,
    pub(super) member: MemberId,
    pub(super) name: String,
    /// 64 hex digits.
    pub(super) token_hash: String,
    pub(super) created_at: String,
    pub(super) revoked_at: Option<String>,
}

/// An invitation with the hash of its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptInvitation {
    /// 64 hex digits.
    pub(super) code_hash: String,
    pub(super) role: Role,
    pub(super) expires_at: String,
    pub(super) used_at: Option<String>,
}

/// A member who signs in by the company's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptCompany {
    pub(super) member: MemberId,
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) linked_at: String,
}

/// The connection to the ERP. Its facts are read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptErp {
    pub(super) base_url: String,
    pub(super) company_id: String,
    /// Opened by the server's key alone, which is not in the backup.
    #[serde(with = "base64_text")]
    pub(super) sealed_key: Vec<u8>,
    pub(super) connected_at: String,
    /// What the ERP signs its news with, as sealed; empty: it sends none.
    #[serde(default, with = "base64_text", skip_serializing_if = "Vec::is_empty")]
    pub(super) sealed_webhook: Vec<u8>,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptAudit {
    pub(super) at: String,
    pub(super) member: Option<MemberId>,
    pub(super) action: String,
    pub(super) detail: String,
}

/// An event, its body in the bytes that were summed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptEvent {
    pub(super) seq: u64,
    pub(super) op_id: OpId,
    pub(super) member: MemberId,
    pub(super) device: DeviceId,
    pub(super) accepted_at: String,
    pub(super) occurred_at: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) checksum: String,
    /// See [`Event::policy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
}

/// A file that is whole; its parts follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptFile {
    /// 64 hex digits.
    pub(super) hash: String,
    pub(super) size: u64,
    pub(super) member: MemberId,
    /// Milliseconds since 1970.
    pub(super) touched_at: i64,
}

/// A part of the file above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptPart {
    pub(super) hash: String,
    pub(super) number: u64,
    #[serde(with = "base64_text")]
    pub(super) data: Vec<u8>,
}

mod base64_text {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        BASE64_STANDARD
            .decode(text.as_ref())
            .map_err(de::Error::custom)
    }
}

impl KeptFile {
    pub(super) fn new(piece: &FilePiece) -> Self {
        Self {
            hash: piece.hash.to_string(),
            size: piece.size,
            member: piece.member,
            touched_at: piece.now.as_millisecond(),
        }
    }
}

impl KeptOrg {
    pub(super) fn new(new: &NewOrg) -> Self {
        Self {
            id: new.id,
            name: plain(&new.name),
            thread_key: plain(&new.thread_key),
            head: 0,
            created_at: new.now.to_string(),
            critical_fields: None,
        }
    }
}

impl KeptMember {
    pub(super) fn new(row: &MemberRow, password: &str, now: Timestamp) -> Self {
        Self {
            id: row.member,
            name: row.name.clone(),
            email: row.email.clone(),
            role: row.role,
            password: password.to_owned(),
            active: row.active,
            joined_at: now.to_string(),
        }
    }
}

impl KeptDevice {
    pub(super) fn new(new: &NewDevice) -> Self {
        Self {
            id: new.id,
            member: new.member,
            name: plain(&new.name),
            token_hash: hex(&new.token_hash),
            created_at: new.now.to_string(),
            revoked_at: None,
        }
    }

    pub(super) fn read(self) -> Result<DeviceRow> {
        Ok(DeviceRow {
            id: self.id,
            member: self.member,
            name: self.name,
            created_at: instant(&self.created_at)?,
            revoked_at: self.revoked_at.as_deref().map(instant).transpose()?,
        })
    }
}

impl KeptInvitation {
    pub(super) fn new(new: &NewInvitation) -> Self {
        Self {
            code_hash: hex(&new.code_hash),
            role: new.role,
            expires_at: new.expires_at.to_string(),
            used_at: None,
        }
    }

    /// Where it leads, if it still does.
    pub(super) fn open_at(&self, now: Timestamp) -> Result<bool> {
        Ok(self.used_at.is_none() && instant(&self.expires_at)? > now)
    }
}

impl KeptCompany {
    pub(super) fn new(member: MemberId, who: &CompanyId, now: Timestamp) -> Self {
        Self {
            member,
            issuer: plain(&who.issuer),
            subject: plain(&who.subject),
            linked_at: now.to_string(),
        }
    }
}

impl KeptErp {
    pub(super) fn new(new: &NewErp) -> Self {
        Self {
            base_url: plain(&new.base_url),
            company_id: plain(&new.company_id),
            sealed_key: new.sealed_key.clone(),
            connected_at: new.at.to_string(),
            sealed_webhook: Vec::new(),
        }
    }
}

impl KeptAudit {
    pub(super) fn new(entry: &AuditEntry) -> Self {
        Self {
            at: entry.at.to_string(),
            member: entry.member,
            action: plain(&entry.action),
            detail: plain(&entry.detail),
        }
    }

    pub(super) fn read(self, org: OrgId) -> Result<AuditEntry> {
        Ok(AuditEntry {
            org,
            at: instant(&self.at)?,
            member: self.member,
            action: self.action,
            detail: self.detail,
        })
    }
}

impl KeptEvent {
    pub(super) fn new(seq: u64, policy: Option<Policy>, incoming: &Incoming) -> Self {
        Self {
            seq,
            op_id: incoming.op.op_id,
            member: incoming.member,
            device: incoming.device,
            accepted_at: incoming.accepted_at.to_string(),
            occurred_at: incoming.op.occurred_at.to_string(),
            subject: incoming.op.subject.to_string(),
            body: incoming.op.body.to_json(),
            checksum: incoming.op.checksum.clone(),
            policy: policy.map(|policy| policy.as_str().to_owned()),
        }
    }

    /// The event in it, not yet summed; else what cannot be read.
    pub(super) fn read(&self) -> Result<Event, String> {
        fn text(e: impl std::fmt::Display) -> String {
            e.to_string()
        }
        let subject: Subject = self.subject.parse().map_err(text)?;
        let body: Body = serde_json::from_str(&self.body).map_err(text)?;
        let policy = self.policy.as_deref().map(str::parse).transpose()?;
        Ok(Event {
            seq: self.seq,
            policy,
            member: self.member,
            device: self.device,
            accepted_at: self.accepted_at.parse().map_err(text)?,
            op: Op {
                op_id: self.op_id,
                occurred_at: self.occurred_at.parse().map_err(text)?,
                subject,
                body,
                checksum: self.checksum.clone(),
            },
        })
    }
}

/// Reads the events after `after`, which desks count on to have no gaps.
pub(super) fn read_events(after: u64, kept: &[KeptEvent]) -> Result<Vec<Event>> {
    let mut before = after;
    let mut events = Vec::with_capacity(kept.len());
    for row in kept {
        let want = before.saturating_add(1);
        if row.seq != want {
            return Err(StorageError::Damaged(format!(
                "event {want} is missing: run `kontor-server admin check`"
            )));
        }
        before = row.seq;
        let event = row.read().map_err(|what| {
            StorageError::Damaged(format!(
                "event {want} cannot be read ({what}): run `kontor-server admin check`"
            ))
        })?;
        events.push(event);
    }
    Ok(events)
}

/// A time as this program writes it.
pub(super) fn instant(text: &str) -> Result<Timestamp> {
    text.parse()
        .map_err(|e| StorageError::Damaged(format!("“{text}” stands where a time should: {e}")))
}

/// A role as this program writes it.
pub(super) fn role(text: &str) -> Result<Role> {
    text.parse().map_err(StorageError::Damaged)
}

/// 64 small hex digits.
pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// Words without NUL, which PostgreSQL does not store and nobody typed.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "")
}

/// Another one each time: what counts as another life of a store.
pub(super) fn new_epoch() -> String {
    uuid::Uuid::new_v4().to_string()
}
