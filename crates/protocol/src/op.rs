//! Operations and events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::field::Policy;
use crate::{
    CRITICAL_FIELDS, DeviceId, MAX_OP_BYTES, MemberId, OpId, OrgId, Subject, SubjectKind, field,
};

/// One change, made on a desk, that the whole team is to see.
///
/// Immutable: the same id with other content is refused. `checksum` covers everything else, see [`Op::sum`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Made on the desk; the server applies each once.
    pub op_id: OpId,
    /// When the person did it, by the desk's clock.
    pub occurred_at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// What was done.
    pub body: Body,
    /// [`Op::sum`] of the rest, 32 hex digits.
    pub checksum: String,
}

/// What an operation does. A new field or kind is a new protocol version: both sides sum the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// Text was written: a Loro update of the subject's note.
    Note {
        /// Loro's binary update, base64 on the wire.
        #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
        update: Vec<u8>,
        /// Members named with @ for the first time in this edit.
        #[serde(default)]
        mentions: Vec<MemberId>,
    },
    /// A field was set, or emptied with `None`.
    Record {
        /// See [`field::policy`].
        field: String,
        /// The new value.
        value: Option<String>,
        /// The operation whose value the person saw when editing; `None` when the field was empty.
        base: Option<OpId>,
    },
    /// A person chose between the values of a critical field.
    Resolve {
        /// The operation that came second and opened the conflict.
        conflict: OpId,
        /// The field, as in that operation.
        field: String,
        /// What holds from now on.
        value: Option<String>,
    },
    /// A member answered the thread; without the mail's words.
    Replied {
        /// The mail's subject, where the member shares it.
        title: Option<String>,
        /// Seconds since the last mail of somebody outside came; `None` where there was none to answer. What is not
        /// there is not summed: operations from before this field keep their sums.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered_after_seconds: Option<u32>,
    },
    /// Somebody came to the organisation, or changed name or role. Written by the server only.
    Member {
        /// Who.
        member: MemberId,
        /// As shown to colleagues.
        name: String,
        /// The address signed in with.
        email: String,
        /// What they may do.
        role: Role,
        /// False after an admin removed them; their words stay.
        active: bool,
    },
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Invites, removes and revokes, too.
    Admin,
    /// Reads and writes.
    Member,
}

/// An operation the server has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number, from 1, without gaps in the organisation.
    pub seq: u64,
    /// Who wins where this set and another did not see each other, when that is not what [`field::policy`] says: as the
    /// organisation's admins had it when the server took this ([`crate::CriticalFields`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Who did it; as the token said, never as the desk said.
    pub member: MemberId,
    /// From which desk.
    pub device: DeviceId,
    /// When the server took it.
    pub accepted_at: Timestamp,
    /// The change.
    pub op: Op,
}

/// Why an operation cannot be accepted from a desk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpProblem {
    /// Damaged on the way; the desk sends it again.
    #[error("the operation was damaged on its way")]
    Checksum,
    /// Over [`MAX_OP_BYTES`].
    #[error("the operation is larger than {MAX_OP_BYTES} bytes")]
    TooLarge,
    /// Only the server may write this.
    #[error("only the server says who belongs to the team")]
    Forbidden,
    /// Only admins may write this, each about their own organisation.
    #[error("only admins of the team may set this")]
    AdminsOnly,
    /// A field's name or value that cannot be.
    #[error("{0}")]
    Field(#[from] field::FieldProblem),
    /// An empty update.
    #[error("the edit of the note is empty")]
    Empty,
}

impl Op {
    /// Puts an operation together and sums it.
    #[must_use]
    pub fn new(op_id: OpId, occurred_at: Timestamp, subject: Subject, body: Body) -> Self {
        let mut op = Self {
            op_id,
            occurred_at,
            subject,
            body,
            checksum: String::new(),
        };
        op.checksum = op.sum();
        op
    }

    /// The first 16 bytes of SHA-256 over id, time, subject and the body's JSON, a NUL between them, in hex.
    #[must_use]
    pub fn sum(&self) -> String {
        let mut hash = Sha256::new();
        for text in [
            self.op_id.to_string(),
            self.occurred_at.to_string(),
            self.subject.to_string(),
        ] {
            hash.update(text);
            hash.update([0]);
        }
        hash.update(self.body.to_json());
        let digest = hash.finalize();
        digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// True when it is about the organisation itself: what admins set, and who belongs to it.
    #[must_use]
    pub fn is_about_org(&self) -> bool {
        self.subject.kind() == SubjectKind::Org
    }

    /// Whether a member may push it: what is about the organisation is for its admins to set.
    ///
    /// # Errors
    /// [`OpProblem::AdminsOnly`].
    pub fn check_right(&self, org: OrgId, role: Role) -> Result<(), OpProblem> {
        let is_own = || role == Role::Admin && self.subject.id() == org.to_string();
        if self.is_about_org() && !is_own() {
            return Err(OpProblem::AdminsOnly);
        }
        Ok(())
    }

    /// What a desk may push; see [`Self::check_right`] for who may. Foreign operations are checked with this before anything is stored.
    ///
    /// # Errors
    /// Says what is wrong; [`OpProblem::Checksum`] is worth sending again, the others are not.
    pub fn check(&self) -> Result<(), OpProblem> {
        if self.sum() != self.checksum {
            return Err(OpProblem::Checksum);
        }
        if self.body.to_json().len() > MAX_OP_BYTES {
            return Err(OpProblem::TooLarge);
        }
        match &self.body {
            Body::Member { .. } => Err(OpProblem::Forbidden),
            body if self.is_about_org() && body.setting().is_none() => Err(OpProblem::Forbidden),
            Body::Note { update, .. } if update.is_empty() => Err(OpProblem::Empty),
            Body::Record { field, value, .. } | Body::Resolve { field, value, .. } => {
                Ok(field::check(field, value.as_deref())?)
            }
            Body::Note { .. } | Body::Replied { .. } => Ok(()),
        }
    }
}

impl Body {
    /// The bytes that are stored and summed.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and ids only: there is nothing serde_json could refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The field it sets or answers for.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Record { field, .. } | Self::Resolve { field, .. } => Some(field),
            Self::Note { .. } | Self::Replied { .. } | Self::Member { .. } => None,
        }
    }

    /// What it sets for the whole organisation, when its subject is one: the field and its new value.
    #[must_use]
    pub fn setting(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::Record { field, value, .. } if field == CRITICAL_FIELDS => {
                Some((field, value.as_deref()))
            }
            Self::Record { .. }
            | Self::Note { .. }
            | Self::Resolve { .. }
            | Self::Replied { .. }
            | Self::Member { .. } => None,
        }
    }

    /// The tag on the wire: `note`, `record`, …
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Note { .. } => "note",
            Self::Record { .. } => "record",
            Self::Resolve { .. } => "resolve",
            Self::Replied { .. } => "replied",
            Self::Member { .. } => "member",
        }
    }
}

impl Role {
    /// As on the wire and in commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "admin" => Ok(Self::Admin),
            "member" => Ok(Self::Member),
            _ => Err(format!("a role is admin or member, not “{text}”")),
        }
    }
}

pub(crate) fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

pub(crate) fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use uuid::Uuid;

    use super::{Body, Op, OpProblem};
    use crate::field::FieldProblem;
    use crate::{CRITICAL_FIELDS, MAX_OP_BYTES, MemberId, OpId, OrgId, Role};

    fn op(subject: &str, body: Body) -> Op {
        let at = "2026-11-19T09:00:00Z".parse().unwrap();
        Op::new(OpId(Uuid::from_u128(7)), at, subject.parse().unwrap(), body)
    }

    fn note(update: &[u8]) -> Body {
        Body::Note {
            update: update.to_vec(),
            mentions: Vec::new(),
        }
    }

    #[test]
    fn an_operation_survives_the_wire() {
        let sent = op("customer:1", note(b"\x00\xff words"));
        let text = serde_json::to_string(&sent).unwrap();
        let read: Op = serde_json::from_str(&text).unwrap();
        assert_eq!(read, sent);
        assert_eq!(read.check(), Ok(()));
    }

    #[test]
    fn every_part_is_summed() {
        let whole = op("customer:1", note(b"words"));
        let mut other = Vec::from([whole.clone(), whole.clone(), whole.clone(), whole]);
        other[0].op_id = OpId(Uuid::from_u128(8));
        other[1].occurred_at = "2026-11-19T09:00:01Z".parse().unwrap();
        other[2].subject = "customer:2".parse().unwrap();
        other[3].body = note(b"sword");
        for damaged in other {
            assert_eq!(damaged.check(), Err(OpProblem::Checksum), "{damaged:?}");
        }
    }

    #[test]
    fn answers_from_before_they_told_how_long_they_took_keep_their_sums() {
        let old = r#"{"kind":"replied","title":null}"#;
        let body: Body = serde_json::from_str(old).unwrap();
        assert_eq!(body.to_json(), old, "the same bytes are summed");
        let new = r#"{"kind":"replied","title":null,"answered_after_seconds":90}"#;
        assert_eq!(serde_json::from_str::<Body>(new).unwrap().to_json(), new);
        let endless = r#"{"kind":"replied","title":null,"answered_after_seconds":-1}"#;
        assert!(
            serde_json::from_str::<Body>(endless).is_err(),
            "no time runs back"
        );
    }

    #[rstest]
    #[case::empty("customer:1", note(b""), OpProblem::Empty)]
    #[case::too_large("customer:1", note(&vec![7; MAX_OP_BYTES]), OpProblem::TooLarge)]
    #[case::about_the_org("org:1", note(b"x"), OpProblem::Forbidden)]
    #[case::makes_itself_admin(
        "org:1",
        Body::Member {
            member: MemberId(Uuid::nil()),
            name: "Eve".into(),
            email: "eve@example.com".into(),
            role: Role::Admin,
            active: true,
        },
        OpProblem::Forbidden
    )]
    fn desks_cannot_push_everything(
        #[case] subject: &str,
        #[case] body: Body,
        #[case] want: OpProblem,
    ) {
        assert_eq!(op(subject, body).check(), Err(want));
    }

    #[rstest]
    #[case::list("critical_fields", "discount", Ok(()))]
    #[case::no_list(
        "critical_fields",
        "Discount!",
        Err(OpProblem::Field(FieldProblem::Name))
    )]
    #[case::something_else("owner", "ana", Err(OpProblem::Forbidden))]
    fn settings_of_the_organisation_are_few(
        #[case] field: &str,
        #[case] value: &str,
        #[case] want: Result<(), OpProblem>,
    ) {
        let body = Body::Record {
            field: field.into(),
            value: Some(value.into()),
            base: None,
        };
        assert_eq!(op("org:1", body).check(), want);
    }

    #[rstest]
    #[case::own(1, Role::Admin, Ok(()))]
    #[case::a_member(1, Role::Member, Err(OpProblem::AdminsOnly))]
    #[case::of_another(2, Role::Admin, Err(OpProblem::AdminsOnly))]
    fn settings_are_for_admins_of_that_organisation(
        #[case] org: u128,
        #[case] role: Role,
        #[case] want: Result<(), OpProblem>,
    ) {
        let about = format!("org:{}", Uuid::from_u128(org));
        let list = || Body::Record {
            field: CRITICAL_FIELDS.into(),
            value: None,
            base: None,
        };
        let mine = OrgId(Uuid::from_u128(1));
        assert_eq!(op(&about, list()).check_right(mine, role), want);
        let other = op("customer:1", list()).check_right(mine, role);
        assert_eq!(other, Ok(()), "a customer's field of that name is a field");
    }

    #[rstest]
    #[case::unknown_kind(r#"{"kind":"wish","what":1}"#)]
    #[case::unknown_field(r#"{"kind":"replied","title":null,"more":1}"#)]
    #[case::broken_base64(r#"{"kind":"note","update":"*","mentions":[]}"#)]
    fn what_is_not_understood_is_not_taken(#[case] body: &str) {
        assert!(serde_json::from_str::<Body>(body).is_err(), "{body}");
    }
}
