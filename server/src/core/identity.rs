//! Who may come in: organisations, invitations, members, devices. The same for HTTP, the command line and the app.

pub mod company;
pub mod password;
pub mod secret;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, JoinRequest, LoginRequest, MemberId, Org, OrgId, Role, SignedIn};
use uuid::Uuid;

use crate::core::clock::Clock;
use crate::core::identity::password::{PasswordProblem, Passwords};
use crate::core::identity::secret::NoRandomness;
use crate::core::storage::{
    AuditEntry, Joined, Joining, LoginRow, NewDevice, NewInvitation, NewOrg, Storage, StorageError,
};

/// How long an invitation works.
const INVITATION_SECONDS: i64 = 7 * 24 * 60 * 60;
/// Longest address (RFC 5321 4.5.3.1), in bytes.
const MAX_EMAIL: usize = 254;
/// Longest name of a person, an organisation or a device, in characters.
const MAX_NAME: usize = 100;
const MIN_PASSWORD: usize = 8;
/// Longer texts are no passwords, and hashing them costs.
const MAX_PASSWORD: usize = 1024;

/// Use cases of signing in and inviting, each with its line in the audit log.
#[derive(Clone, Debug)]
pub struct Identity<S: Storage> {
    storage: S,
    clock: Clock,
    passwords: Passwords,
}

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum IdentityProblem {
    /// No such pair of address and password here.
    #[error("this address and password do not fit")]
    Wrong,
    /// The pair fits several organisations; the person says which.
    #[error("say which organisation: {}", choice(.0))]
    Choose(Vec<(OrgId, String)>),
    /// The code leads nowhere.
    #[error("this invitation is not valid: it was used, has run out, or was mistyped")]
    Code,
    /// The company's sign-in says who it is, but nobody here is that person.
    #[error(
        "nobody of this team signs in this way yet: use the invitation's link or code the first time"
    )]
    Uninvited,
    /// The company's sign-in does not vouch for the mail address.
    #[error(
        "your company's sign-in does not vouch for your mail address: ask whoever looks after it to confirm the address"
    )]
    Unverified,
    /// A member with this address signs in with a password, and may not be taken over.
    #[error(
        "a member with this mail address signs in here with a password: do that, or ask who runs the team's server to let the company's sign-in take over"
    )]
    Unlinked,
    /// What was typed in cannot be.
    #[error("{0}")]
    Invalid(String),
    /// Too many at once.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// No random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An invitation that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// For typing in; shown once.
    pub code: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl<S: Storage> Identity<S> {
    /// On this storage.
    #[must_use]
    pub fn new(storage: S, clock: Clock) -> Self {
        Self {
            storage,
            clock,
            passwords: Passwords::default(),
        }
    }

    /// Makes an organisation with its first admin.
    ///
    /// # Errors
    /// [`StorageError::Taken`] where the name exists; what cannot be a name, address or password.
    pub async fn create_org(
        &self,
        name: &str,
        email: &str,
        password: &str,
    ) -> Result<(OrgId, MemberId), IdentityProblem> {
        let name = plain_name(name, "an organisation's name")?;
        let email = plain_email(email)?;
        let password = self.new_password(password).await?;
        let (org, admin) = (OrgId(Uuid::new_v4()), MemberId(Uuid::new_v4()));
        self.storage
            .create_org(NewOrg {
                id: org,
                name,
                thread_key: secret::new_thread_key()?,
                admin,
                email,
                password,
                now: self.clock.now(),
            })
            .await?;
        self.note(org, None, "create", admin.to_string()).await?;
        Ok((org, admin))
    }

    /// Makes an invitation; `by` is the admin, `None` for the command line.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn invite(
        &self,
        org: OrgId,
        role: Role,
        by: Option<MemberId>,
    ) -> Result<Invited, IdentityProblem> {
        let code = secret::new_code()?;
        let code_hash = secret::code_hash(&code).ok_or(IdentityProblem::Code)?;
        let expires_at = self.clock.after(INVITATION_SECONDS);
        let invitation = NewInvitation {
            org,
            code_hash,
            role,
            expires_at,
        };
        self.storage.invite(invitation).await?;
        self.note(org, by, "invite", role.as_str().to_owned())
            .await?;
        Ok(Invited { code, expires_at })
    }

    /// Signs a member in from a new device.
    ///
    /// # Errors
    /// [`IdentityProblem::Wrong`] after about the same time whether the address, the password or the organisation is
    /// wrong; [`IdentityProblem::Choose`] where the pair fits several organisations.
    pub async fn login(&self, request: &LoginRequest) -> Result<SignedIn, IdentityProblem> {
        let email = plain_email(&request.email).map_err(|_why| IdentityProblem::Wrong)?;
        if request.password.len() > MAX_PASSWORD {
            return Err(IdentityProblem::Wrong);
        }
        let fitting = self.fitting(&email, request.org, &request.password).await?;
        match fitting.as_slice() {
            [] => Err(IdentityProblem::Wrong),
            [one] => {
                self.sign_in((one.org, one.member), &request.device, "login")
                    .await
            }
            several => Err(self.choice(several).await?),
        }
    }

    /// Makes the member a code is for and signs them in; where they exist, the password decides and the code stays.
    ///
    /// # Errors
    /// [`IdentityProblem::Code`], [`IdentityProblem::Wrong`] for an existing member's wrong password, or what cannot be.
    pub async fn join(&self, request: &JoinRequest) -> Result<SignedIn, IdentityProblem> {
        let now = self.clock.now();
        let code_hash = secret::code_hash(&request.code).ok_or(IdentityProblem::Code)?;
        if self.storage.invitation(code_hash, now).await?.is_none() {
            return Err(IdentityProblem::Code);
        }
        let email = plain_email(&request.email)?;
        let name = request.name.as_deref().unwrap_or_default().trim();
        let name = if name.is_empty() {
            email.split('@').next().unwrap_or_default()
        } else {
            name
        };
        let name = plain_name(name, "a name")?;
        let password = self.new_password(&request.password).await?;
        let member = MemberId(Uuid::new_v4());
        let joining = Joining {
            code_hash,
            member,
            name,
            email: email.clone(),
            password,
            company: None,
            now,
        };
        match self.storage.join(joining).await {
            Ok(Joined::New(org)) => self.sign_in((org, member), &request.device, "join").await,
            Ok(Joined::Exists(org)) => {
                let fitting = self.fitting(&email, Some(org), &request.password).await?;
                let one = fitting.first().ok_or(IdentityProblem::Wrong)?;
                self.sign_in((org, one.member), &request.device, "login")
                    .await
            }
            Err(StorageError::Gone) => Err(IdentityProblem::Code),
            Err(e) => Err(e.into()),
        }
    }

    /// Gives a member's new device its token, without a password: for the app's own server.
    ///
    /// # Errors
    /// When there is no such organisation, or it cannot be stored.
    pub async fn sign_in(
        &self,
        who: (OrgId, MemberId),
        device: &str,
        why: &str,
    ) -> Result<SignedIn, IdentityProblem> {
        let (org, member) = who;
        let row = self.storage.org(org).await?.ok_or(IdentityProblem::Wrong)?;
        let (id, token) = (DeviceId(Uuid::new_v4()), secret::new_token()?);
        self.storage
            .add_device(NewDevice {
                id,
                org,
                member,
                name: device_name(device),
                token_hash: secret::token_hash(&token),
                now: self.clock.now(),
            })
            .await?;
        self.note(org, Some(member), why, format!("device {id}"))
            .await?;
        Ok(SignedIn {
            token,
            org,
            member,
            device: id,
            organisation: Org {
                id: org,
                name: row.name,
                thread_key: row.thread_key,
            },
        })
    }

    /// Makes a device's token worthless. False when there is no such device in the organisation.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn revoke(
        &self,
        org: OrgId,
        device: DeviceId,
        by: Option<MemberId>,
    ) -> Result<bool, IdentityProblem> {
        let done = self
            .storage
            .revoke(Some(org), device, self.clock.now())
            .await?;
        if done {
            self.note(org, by, "revoke", format!("device {device}"))
                .await?;
        }
        Ok(done)
    }

    /// Takes a member out. False when there is none, or it is the last admin.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn remove(
        &self,
        org: OrgId,
        member: MemberId,
        by: Option<MemberId>,
    ) -> Result<bool, IdentityProblem> {
        let done = self
            .storage
            .remove_member(org, member, self.clock.now())
            .await?;
        if done {
            self.note(org, by, "remove", format!("member {member}"))
                .await?;
        }
        Ok(done)
    }

    /// Writes a line of the audit log.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub async fn note(
        &self,
        org: OrgId,
        by: Option<MemberId>,
        action: &str,
        detail: String,
    ) -> Result<(), StorageError> {
        let at = self.clock.now();
        tracing::info!(%org, action, %detail, "audit");
        let entry = AuditEntry {
            org,
            at,
            member: by,
            action: action.to_owned(),
            detail,
        };
        self.storage.audit(entry).await
    }

    async fn fitting(
        &self,
        email: &str,
        org: Option<OrgId>,
        password: &str,
    ) -> Result<Vec<LoginRow>, IdentityProblem> {
        let mut rows = self.storage.logins(email).await?;
        rows.retain(|row| org.is_none_or(|org| row.org == org));
        let hashes = rows.iter().map(|row| row.password.clone()).collect();
        let mut fits = self.passwords.verify(password, hashes).await?.into_iter();
        rows.retain(|_| fits.next().unwrap_or(false));
        Ok(rows)
    }

    async fn choice(&self, rows: &[LoginRow]) -> Result<IdentityProblem, StorageError> {
        let mut orgs = Vec::new();
        for row in rows {
            if let Some(org) = self.storage.org(row.org).await? {
                orgs.push((org.id, org.name));
            }
        }
        Ok(IdentityProblem::Choose(orgs))
    }

    async fn new_password(&self, password: &str) -> Result<String, IdentityProblem> {
        let length = password.chars().count();
        if length < MIN_PASSWORD || password.len() > MAX_PASSWORD {
            return Err(IdentityProblem::Invalid(format!(
                "a password has at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD} bytes"
            )));
        }
        Ok(self.passwords.hash(password).await?)
    }
}

fn choice(orgs: &[(OrgId, String)]) -> String {
    let names: Vec<String> = orgs
        .iter()
        .map(|(id, name)| format!("“{name}” ({id})"))
        .collect();
    names.join(", ")
}

/// An address in lower case, or why it is none. Only the shape is looked at: nobody is written to.
fn plain_email(typed: &str) -> Result<String, IdentityProblem> {
    let email = typed.trim().to_lowercase();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let parts = email.split_once('@');
    let whole = parts
        .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
    if !whole || email.len() > MAX_EMAIL || email.contains(odd) {
        let message = "this is no mail address, such as ana@example.com";
        return Err(IdentityProblem::Invalid(message.into()));
    }
    Ok(email)
}

fn plain_name(typed: &str, what: &str) -> Result<String, IdentityProblem> {
    let name = typed.trim();
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME || name.contains(char::is_control) {
        return Err(IdentityProblem::Invalid(format!(
            "{what} has 1 to {MAX_NAME} characters and no line breaks"
        )));
    }
    Ok(name.to_owned())
}

/// What a person calls a computer is no reason to turn them away.
fn device_name(typed: &str) -> String {
    let plain = typed.trim().chars().filter(|c| !c.is_control());
    let name: String = plain.take(MAX_NAME).collect();
    if name.is_empty() {
        "computer".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{device_name, plain_email, plain_name};

    #[rstest]
    #[case::plain("ana@example.com", Some("ana@example.com"))]
    #[case::folded(" Ana@Example.COM ", Some("ana@example.com"))]
    #[case::no_host("ana@", None)]
    #[case::two_hosts("ana@a@b", None)]
    #[case::space("an a@example.com", None)]
    #[case::line_break("ana@example.com\nx", None)]
    fn addresses(#[case] typed: &str, #[case] want: Option<&str>) {
        assert_eq!(plain_email(typed).ok().as_deref(), want, "{typed:?}");
    }

    #[test]
    fn names() {
        assert_eq!(plain_name(" Čebela d.o.o. ", "x").unwrap(), "Čebela d.o.o.");
        assert!(plain_name(" ", "x").is_err());
        assert!(plain_name(&"x".repeat(101), "x").is_err());
        assert_eq!(device_name("\u{7}\n"), "computer");
        assert_eq!(device_name(" Ana's laptop "), "Ana's laptop");
    }
}
