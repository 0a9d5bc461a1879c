//! Which fields wait for a person when two people set them at once: for the team's admins to say.

use jiff::Timestamp;
use kontor_protocol::{
    CRITICAL_FIELDS, CriticalFields, OpId, OpProblem, Role, Subject, SubjectKind,
};
use kontor_store::Read;

use crate::collab::members;
use crate::record::shown;
use crate::row::{self, active};
use crate::{Collab, Error, Result};

impl Collab {
    /// Returns the critical fields of the team, with what was set here and waits; the standard ones without a team.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn critical_fields(&self) -> Result<CriticalFields> {
        Ok(self.store().read(critical)?)
    }

    /// Says which fields are critical from now on, for the whole team; `None` for the standard ones. What was decided or
    /// is open already stays as it is.
    ///
    /// # Errors
    /// [`Error::NoTeam`] without one, [`OpProblem::AdminsOnly`] when the person is no admin of it.
    pub async fn set_critical_fields(
        &self,
        list: Option<&CriticalFields>,
        now: Timestamp,
    ) -> Result<OpId> {
        let found = self.store().read(|r| {
            let Some(team) = active(r)? else {
                return Ok(None);
            };
            let me = row::id(&team.member)?;
            let mut members = members(r)?.into_iter();
            let role = members.find(|m| m.member == me).map(|m| m.role);
            Ok(Some((org(&team.org)?, role)))
        })?;
        let (org, role) = found.ok_or(Error::NoTeam)?;
        if role != Some(Role::Admin) {
            return Err(Error::Op(OpProblem::AdminsOnly));
        }
        let value = list.map(ToString::to_string);
        self.set_field(&org, CRITICAL_FIELDS, value, now).await
    }
}

/// The list as known here.
pub(crate) fn critical(read: &Read<'_>) -> kontor_store::Result<CriticalFields> {
    let Some(team) = active(read)? else {
        return Ok(CriticalFields::default());
    };
    let mut fields = shown(read, &org(&team.org)?.to_string())?;
    let field = fields.remove(CRITICAL_FIELDS);
    let set = field.and_then(|shown| shown.field.current);
    Ok(CriticalFields::of(set.and_then(|s| s.value).as_deref()))
}

fn org(id: &str) -> kontor_store::Result<Subject> {
    Subject::new(SubjectKind::Org, id).map_err(|e| kontor_store::Error::Unreadable {
        what: "the team's id",
        why: e.to_string(),
    })
}
