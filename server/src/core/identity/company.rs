//! Signing in as the company says who one is (docs/adr/0011-company-sign-in.md).
//!
//! A member is tied to the provider's URL and its own name for the person (`iss` and `sub`, OpenID Connect Core 2), never to
//! an address: addresses are given to the next colleague. An address counts once, when a person comes the first time, and
//! only where the provider vouches for it.

use kontor_protocol::{MemberId, OrgId, SignedIn};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Identity, IdentityProblem, plain_email, plain_name, secret};
use crate::core::storage::{
    CompanyId, CompanyLink, Joined, Joining, NO_PASSWORD, Storage, StorageError,
};

/// Whom a company's sign-in let in, checked by signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// Who it is, for ever.
    pub company: CompanyId,
    /// Their address, if told.
    pub email: Option<String>,
    /// Whether the address is certainly theirs.
    pub is_email_verified: bool,
    /// Their name, if told.
    pub name: Option<String>,
}

/// What somebody asks for who was vouched for.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    /// An invitation's code.
    pub code: Option<String>,
    /// As colleagues will see it.
    pub name: Option<String>,
    /// What the person calls this computer.
    pub device: String,
    /// Which organisation, for people of several.
    pub org: Option<OrgId>,
}

impl<S: Storage> Identity<S> {
    /// Signs in whom the company vouches for, or makes the member an invitation is for.
    ///
    /// With `may_link`, a member who joined with a password is tied to the person with the same verified address; the
    /// password and the devices signed in with it end then, so that nobody who was here under that address before stays.
    ///
    /// # Errors
    /// [`IdentityProblem::Uninvited`] without a code, [`IdentityProblem::Unverified`], [`IdentityProblem::Unlinked`],
    /// [`IdentityProblem::Choose`] and [`IdentityProblem::Code`].
    pub async fn admit(
        &self,
        vouched: &Vouched,
        asked: &Admission,
        may_link: bool,
    ) -> Result<SignedIn, IdentityProblem> {
        let invited = match &asked.code {
            Some(code) => Some(self.invited(code).await),
            None => None,
        };
        let into = invited
            .as_ref()
            .and_then(|found| found.as_ref().ok().copied());
        let org = into.or(asked.org);
        let mut known = self.storage.company_logins(vouched.company.clone()).await?;
        // A code that was used leads nowhere; who used it up themselves is a member and comes in all the same.
        known.retain(|(there, _)| org.is_none_or(|org| *there == org));
        match (known.as_slice(), invited) {
            ([one], _) => self.sign_in(*one, &asked.device, "login").await,
            ([], None) if may_link => self.link_by_address(vouched, asked).await,
            ([], None) => Err(IdentityProblem::Uninvited),
            ([], Some(_)) => self.enrol(vouched, asked, may_link).await,
            (several, _) => Err(self.choose_of(several).await?),
        }
    }

    async fn invited(&self, code: &str) -> Result<OrgId, IdentityProblem> {
        let hash = secret::code_hash(code).ok_or(IdentityProblem::Code)?;
        let found = self.storage.invitation(hash, self.clock.now()).await?;
        Ok(found.ok_or(IdentityProblem::Code)?.0)
    }

    /// Makes the member; where the address is a member's already, ties it, if that is allowed.
    async fn enrol(
        &self,
        vouched: &Vouched,
        asked: &Admission,
        may_link: bool,
    ) -> Result<SignedIn, IdentityProblem> {
        let email = verified(vouched)?;
        let code = asked.code.as_deref().unwrap_or_default();
        let code_hash = secret::code_hash(code).ok_or(IdentityProblem::Code)?;
        let told = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or_default().trim();
            (!name.is_empty()).then(|| name.to_owned())
        };
        let name = told(&asked.name).or_else(|| told(&vouched.name));
        let local = email.split('@').next().unwrap_or_default();
        let name = plain_name(name.as_deref().unwrap_or(local), "a name")?;
        let member = MemberId(Uuid::new_v4());
        let joining = Joining {
            code_hash,
            member,
            name,
            email: email.clone(),
            password: NO_PASSWORD.to_owned(),
            company: Some(vouched.company.clone()),
            now: self.clock.now(),
        };
        match self.storage.join(joining).await {
            Ok(Joined::New(org)) => self.sign_in((org, member), &asked.device, "join").await,
            Ok(Joined::Exists(org)) if may_link => {
                self.link((org, &email), vouched, &asked.device).await
            }
            Ok(Joined::Exists(_)) => Err(IdentityProblem::Unlinked),
            Err(StorageError::Gone) => Err(IdentityProblem::Code),
            Err(e) => Err(e.into()),
        }
    }

    /// Somebody without an invitation, whose address may be a member's.
    async fn link_by_address(
        &self,
        vouched: &Vouched,
        asked: &Admission,
    ) -> Result<SignedIn, IdentityProblem> {
        let Ok(email) = verified(vouched) else {
            return Err(IdentityProblem::Uninvited);
        };
        let mut rows = self.storage.logins(&email).await?;
        rows.retain(|row| asked.org.is_none_or(|org| row.org == org));
        match rows.as_slice() {
            [] => Err(IdentityProblem::Uninvited),
            [one] => self.link((one.org, &email), vouched, &asked.device).await,
            several => Err(self.choice(several).await?),
        }
    }

    async fn link(
        &self,
        (org, email): (OrgId, &str),
        vouched: &Vouched,
        device: &str,
    ) -> Result<SignedIn, IdentityProblem> {
        let rows = self.storage.logins(email).await?;
        let found = rows.iter().find(|row| row.org == org);
        let member = found.ok_or(IdentityProblem::Unlinked)?.member;
        let link = CompanyLink {
            org,
            member,
            company: vouched.company.clone(),
            now: self.clock.now(),
        };
        if !self.storage.link_company(link).await? {
            return Err(IdentityProblem::Unlinked);
        }
        let by = format!("{} instead of the password", vouched.company.issuer);
        self.note(org, Some(member), "link", by).await?;
        self.sign_in((org, member), device, "login").await
    }

    async fn choose_of(
        &self,
        several: &[(OrgId, MemberId)],
    ) -> Result<IdentityProblem, StorageError> {
        let mut orgs = Vec::new();
        for (org, _) in several {
            if let Some(org) = self.storage.org(*org).await? {
                orgs.push((org.id, org.name));
            }
        }
        Ok(IdentityProblem::Choose(orgs))
    }
}

/// The address, where it is certainly theirs.
fn verified(vouched: &Vouched) -> Result<String, IdentityProblem> {
    let email = vouched
        .email
        .as_deref()
        .filter(|_| vouched.is_email_verified);
    plain_email(email.ok_or(IdentityProblem::Unverified)?)
}
