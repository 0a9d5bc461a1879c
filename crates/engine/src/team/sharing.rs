//! What people share: notes, fields, who looks after what, what was done, who is there.

use kontor_collab::{
    Activity, ActivityFilter, Choice, Collab, Conflict, Edit, Edited, Member, Note, NoteVersion,
    Record, Splice, Typed,
};
use kontor_model::MessageId;
use kontor_protocol::field::ASSIGNEE;
use kontor_protocol::{
    Availability, Caret, CriticalFields, MemberId, MemberPresence, OpId, Presence, Subject,
};
use kontor_store::Page;

use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// A shared subject is cut after so many characters.
const LONGEST_TITLE: usize = 200;

/// A member and where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub member: Member,
    /// Where; `None` when nothing was heard of them yet.
    pub presence: Option<MemberPresence>,
}

/// How the person wants to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appearance {
    /// At the desk.
    Online,
    /// Not at the desk.
    Away,
    /// Not to be disturbed.
    Busy,
}

impl Engine {
    /// Returns a note, as it is or was; `None` when there is none (of this version).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn note(&self, subject: &Subject, version: Option<u64>) -> Result<Option<Note>> {
        let subject = subject.clone();
        self.shared(move |c| c.note(&subject, version)).await
    }

    /// Returns all notes, last changed first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn notes(&self) -> Result<Vec<Note>> {
        self.shared(Collab::notes).await
    }

    /// Returns the versions of a note, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn note_history(&self, subject: &Subject) -> Result<Vec<NoteVersion>> {
        let subject = subject.clone();
        self.shared(move |c| c.note_history(&subject)).await
    }

    /// Edits a note; durable here when it answers, told to the team as soon as there is a line.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when the edit does not fit the note.
    pub async fn edit_note(&self, subject: &Subject, edit: Edit) -> Result<Edited> {
        Ok(self
            .ctx
            .collab
            .edit_note(subject, edit, self.ctx.moment())
            .await?)
    }

    /// Edits a note several times in one durable step; an edit that does not fit is passed over, and says so.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn edit_note_all(
        &self,
        subject: &Subject,
        edits: Vec<Edit>,
    ) -> Result<Vec<Result<Edited>>> {
        let done = self
            .ctx
            .collab
            .edit_note_all(subject, edits, self.ctx.moment())
            .await?;
        let told =
            |one: Result<Edited, _>| one.map_err(|e| Error::from(kontor_collab::Error::Edit(e)));
        Ok(done.into_iter().map(told).collect())
    }

    /// Returns a note's text and how an editor names it, to be typed into.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_note(&self, subject: &Subject) -> Result<(String, Typed)> {
        let subject = subject.clone();
        self.shared(move |c| c.typing(&subject)).await
    }

    /// Writes what was typed into the text an editor shows, and answers what others wrote meanwhile. Without splices it only
    /// catches up.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when the text it was typed into is not known any more: open the note again.
    pub async fn type_note(
        &self,
        subject: &Subject,
        revision: &str,
        splices: Vec<Splice>,
    ) -> Result<Typed> {
        Ok(self
            .ctx
            .collab
            .type_note(subject, revision, splices, self.ctx.moment())
            .await?)
    }

    /// Puts a note back to one of its versions, as an edit.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] when there is no such version.
    pub async fn restore_note(&self, subject: &Subject, version: u64) -> Result<Edited> {
        Ok(self
            .ctx
            .collab
            .restore_note(subject, version, self.ctx.moment())
            .await?)
    }

    /// Returns the shared fields of a subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn record(&self, subject: &Subject) -> Result<Record> {
        let subject = subject.clone();
        self.shared(move |c| c.record(&subject)).await
    }

    /// Sets fields, all or none; `None` empties one.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when a name or value cannot be.
    pub async fn set_fields(
        &self,
        subject: &Subject,
        fields: Vec<(String, Option<String>)>,
    ) -> Result<Vec<OpId>> {
        Ok(self
            .ctx
            .collab
            .set_fields(subject, fields, self.ctx.moment())
            .await?)
    }

    /// Hands a thread to a member, or to nobody.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn assign(&self, thread: &Subject, member: Option<MemberId>) -> Result<OpId> {
        let value = member.map(|m| m.to_string());
        Ok(self
            .ctx
            .collab
            .set_field(thread, ASSIGNEE, value, self.ctx.moment())
            .await?)
    }

    /// Returns the critical fields somebody has to decide about.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        self.shared(Collab::conflicts).await
    }

    /// Decides one, for everybody.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] when it is not open any more.
    pub async fn resolve_conflict(&self, conflict: OpId, choice: Choice) -> Result<OpId> {
        Ok(self
            .ctx
            .collab
            .resolve(conflict, choice, self.ctx.moment())
            .await?)
    }

    /// Returns which fields wait for a person when two people set them at once; the standard ones without a team.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn critical_fields(&self) -> Result<CriticalFields> {
        self.shared(Collab::critical_fields).await
    }

    /// Says which fields those are from now on, for the whole team; `None` for the standard ones.
    ///
    /// # Errors
    /// [`crate::Code::Refused`] when the person is no admin of a team.
    pub async fn set_critical_fields(&self, list: Option<&CriticalFields>) -> Result<OpId> {
        Ok(self
            .ctx
            .collab
            .set_critical_fields(list, self.ctx.moment())
            .await?)
    }

    /// Returns a page of what was done, newest first.
    ///
    /// # Errors
    /// When the store cannot be read, or the page is none of ours.
    pub async fn activity(
        &self,
        filter: ActivityFilter,
        page: Option<String>,
        limit: u32,
    ) -> Result<Page<Activity>> {
        self.shared(move |c| c.activity(&filter, page.as_deref(), limit))
            .await
    }

    /// Returns what this profile came to know behind a row of its log, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn activity_after(&self, row: i64, limit: u32) -> Result<Vec<Activity>> {
        self.shared(move |c| c.activity_after(row, limit)).await
    }

    /// Returns the end of that log now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_activity(&self) -> Result<i64> {
        self.shared(Collab::last_activity).await
    }

    /// Returns one operation as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn activity_of(&self, op: OpId) -> Result<Option<Activity>> {
        self.shared(move |c| c.activity_of(op)).await
    }

    /// Returns everybody in the team, by name, and where they are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn people(&self) -> Result<Vec<Person>> {
        let members = self.shared(Collab::members).await?;
        let mut there = self.ctx.presence().await?;
        let people = members.into_iter().map(|member| {
            let at = there.iter().position(|p| p.member == member.member);
            let presence = at.map(|at| there.swap_remove(at));
            Person { member, presence }
        });
        Ok(people.collect())
    }

    /// Finds a member by id, address or name.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] when there is none, [`crate::Code::Usage`] when several have the name.
    pub async fn member_named(&self, text: &str) -> Result<MemberId> {
        let members = self.shared(Collab::members).await?;
        let lower = text.to_lowercase();
        let is = |m: &&Member| {
            m.active
                && (m.member.to_string() == lower
                    || m.email == lower
                    || m.name.to_lowercase() == lower)
        };
        match members.iter().filter(is).collect::<Vec<_>>().as_slice() {
            [one] => Ok(one.member),
            [] => Err(Error::not_found(format!(
                "Nobody in the team is called {text}. Who is new is known here after the next sync."
            ))),
            _ => Err(Error::usage(format!(
                "Several in the team are called {text}: use the address."
            ))),
        }
    }

    /// Says how the person wants to be seen; whoever holds the line tells it on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn appear(&self, appearance: Appearance) -> Result<()> {
        let state = match appearance {
            Appearance::Online => Availability::Online,
            Appearance::Away => Availability::Away,
            Appearance::Busy => Availability::Busy,
        };
        let now = self.ctx.own_presence().await?;
        let now = now.unwrap_or(Presence::of(state));
        self.ctx.set_own_presence(&Presence { state, ..now }).await
    }

    /// True when the person does not want to be disturbed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_busy(&self) -> Result<bool> {
        let own = self.ctx.own_presence().await?;
        let busy = own.is_some_and(|own| own.state == Availability::Busy);
        Ok(busy && self.ctx.collab.team()?.is_some())
    }

    /// Says what is on the screen, and whether an answer to it is being written.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn look_at(&self, viewing: Option<Subject>, writing: Option<Subject>) -> Result<()> {
        let now = self
            .ctx
            .own_presence()
            .await?
            .unwrap_or(Presence::of(Availability::Online));
        self.ctx
            .set_own_presence(&Presence {
                viewing,
                writing,
                ..now
            })
            .await
    }

    /// Says where the person is in a shared note; `None` when they left it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn point_at(&self, caret: Option<Caret>) -> Result<()> {
        let now = self
            .ctx
            .own_presence()
            .await?
            .unwrap_or(Presence::of(Availability::Online));
        self.ctx.set_own_caret(&Presence { caret, ..now }).await
    }

    /// Tells the team that a mail was answered: who, when, which thread and how long it took, nothing of what was said, and
    /// the mail's subject only where the member chose to share it. `sent` is the answer's Message-ID. Without a team nothing
    /// is told; a thread that cannot be named (its mails have no Message-ID) is not told either. The answer itself is sent
    /// already, whatever becomes of this.
    pub(crate) async fn tell_replied(&self, answered: MessageId, sent: &str) {
        if !matches!(self.ctx.collab.team(), Ok(Some(_))) {
            return;
        }
        let told = async {
            let mail = self.message(answered).await?.row;
            let subject = self.thread_subject(mail.thread).await?;
            let title = if self.settings().await?.share_subjects {
                title(&mail.subject)
            } else {
                None
            };
            let after = self.answered_after(mail.thread, sent).await?;
            let op = self
                .ctx
                .collab
                .replied(&subject, title, after, self.ctx.moment());
            Ok::<_, Error>(op.await?)
        };
        if let Err(e) = told.await {
            tracing::warn!("the team was not told of an answer: {e}");
        }
    }

    pub(super) async fn shared<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Collab) -> kontor_collab::Result<T> + Send + 'static,
    {
        let collab = self.ctx.collab.clone();
        blocking(move || Ok(f(&collab)?)).await
    }
}

/// A mail's subject as it is shared: one line, as long as a list shows.
fn title(subject: &str) -> Option<String> {
    let words: Vec<&str> = subject.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(LONGEST_TITLE).collect();
    (!title.is_empty()).then_some(title)
}
