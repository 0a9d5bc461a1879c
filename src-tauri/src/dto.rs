//! What crosses the door to the window: camelCase, ids as strings, times as RFC 3339. `derive(Type)` lives here only;
//! `cargo xtask bindings` writes these types to `ui/src/api/bindings.ts`.
#![allow(
    missing_docs,
    reason = "fields are the window's words; those that need a word more have it"
)]

use serde::{Deserialize, Serialize};
use specta::Type;

macro_rules! dto {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Serialize, Deserialize, Type)]
        #[serde(rename_all = "camelCase")]
        $vis struct $name { $($(#[$fmeta])* pub $field: $ty),* }
    )*};
}

macro_rules! word {
    ($($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
        #[serde(rename_all = "snake_case")]
        $vis enum $name { $($variant),* }
    )*};
}

pub mod acts;
pub mod customers;
pub mod erp;
pub mod writing;

word! {
    /// What a folder is for.
    pub enum Role { Inbox, Sent, Drafts, Trash, Junk, Archive }
    /// How an account fares.
    pub enum AccountState { Connecting, Live, Polling, Offline, NeedsYou }
    /// What to branch on when something failed.
    pub enum Code { Usage, NotFound, Offline, SignIn, Refused, Keychain, Store, Internal, NotNow, Collision }
    /// How a connection is protected; there is no unprotected choice.
    pub enum Security { Tls, Starttls }
    /// Which layer of the sync.
    pub enum Layer { Push, Poll, Reconcile }
    /// What kind of thing a notice tells.
    pub enum NoticeKind { Invite, Bounce, Unsubscribe, AuthFailed, Defect }
    /// How a draft begins.
    pub enum ReplyMode { Reply, ReplyAll, New }
    /// Where an outgoing mail stands.
    pub enum OutboxState { Queued, Sending, Unknown, Failed, Cancelled, Sent }
    /// What a line of the account test is about.
    pub enum TestSubject { Incoming, Outgoing, Push }
    /// Language of the window.
    pub enum Language { En, Sl, System }
    /// Colours of the window.
    pub enum Theme { Light, Dark, System }
    /// In which order a list stands: by date; by how late the customer pays; by what the customer buys.
    pub enum ThreadOrder { Newest, Overdue, Value }
    /// Room between rows.
    pub enum Density { Comfortable, Compact }
    /// How loud a notice is.
    pub enum Level { Info, Warning, Error }
    /// How the line to the team's server fares.
    pub enum TeamState { Alone, Connecting, Live, Offline, NeedsYou }
    /// Where a file of a note is: here, here and not at the server, at neither, only at the server.
    pub enum NoteFileState { Local, Uploading, Waiting, Remote }
    /// What a member of the team may do.
    pub enum TeamRole { Admin, Member }
    /// Whether a colleague is there.
    pub enum TeamPresence { Online, Away, Busy, Offline }
    /// How one wants to be seen.
    pub enum OwnPresence { Online, Away, Busy }
    /// Where a conversation stands for the team.
    pub enum ThreadStatus { Open, Waiting, Done, Snoozed }
    /// What a colleague does about a conversation that is being answered here.
    pub enum Clash { Answered, Answering, Unsent }
    /// How far back the activity goes.
    pub enum ActivityRange { Today, Week, Month, All }
    /// What was done.
    pub enum ActivityKind { Note, Mention, Assign, Status, Tag, Task, Finish, Record, Conflict, Resolve, Reply, Member }
}

dto! {
    /// A failure: a code to branch on, a sentence to show.
    pub struct ApiError { code: Code, message: String }
    /// A person.
    pub struct Address { name: String, address: String }
    /// A server.
    pub struct Endpoint { host: String, port: u16, security: Security }
    /// What the rail shows.
    pub struct Overview {
        accounts: Vec<AccountView>,
        folders: Vec<FolderView>,
        /// Counts by role over all accounts.
        unified: Vec<Unified>,
        pending: Pending,
        /// Share of bodies searchable here, 0 to 1.
        coverage: Real,
        /// The newest moment every account was looked at; null before the first look.
        synced_at: Option<String>,
        /// Number of the newest change, for changesSince.
        seq: Seq,
    }
    /// A role over all accounts.
    pub struct Unified { role: Role, unread: u32, total: u32 }
    /// What waits to be done.
    pub struct Pending { operations: u32, outbox: u32, unknown: u32 }
    /// An account in the rail.
    pub struct AccountView { id: String, email: String, name: String, state: AccountState, why: String, unread: u32, backlog: Backlog }
    /// What is not local yet.
    pub struct Backlog { envelopes: u32, bodies: u32, bodies_total: u32, seconds_left: Option<u32> }
    /// A folder in the rail.
    pub struct FolderView {
        id: String, account: String, path: String, name: String, role: Option<Role>,
        total: u32, unread: u32, selectable: bool,
        /// How many folders it lies in.
        depth: u32,
    }
    /// A line of the thread list.
    pub struct ThreadRow {
        id: String, subject: String,
        /// Newest other people first.
        people: Vec<Address>,
        /// To whom one wrote, newest first.
        recipients: Vec<Address>,
        /// To whom the newest message in this scope goes.
        to: Vec<Address>,
        count: u32, unread: bool, flagged: bool, has_attachment: bool, answered: bool,
        date: String, snippet: String,
        /// The newest message in this scope.
        newest: String,
    }
    /// A page of the thread list.
    pub struct ThreadPage { threads: Vec<ThreadRow>, next: Option<String>, seq: Seq }
    /// What changed in a scope since a number. `reset`: too much changed, start over.
    pub struct ThreadDelta { seq: Seq, upserts: Vec<ThreadRow>, removed: Vec<String>, reset: bool }
    /// Where a message lies.
    pub struct Place { folder: String, path: String, role: Option<Role> }
    /// A message of a conversation, without its body.
    pub struct MessageHead {
        id: String, message_id: Option<String>, subject: String,
        from: Vec<Address>, to: Vec<Address>, cc: Vec<Address>, reply_to: Vec<Address>,
        date: String, unread: bool, flagged: bool, draft: bool, outgoing: bool,
        has_attachment: bool, body_here: bool, snippet: String, placements: Vec<Place>,
    }
    /// A conversation.
    pub struct Conversation { id: String, subject: String, messages: Vec<MessageHead> }
    /// Something attached.
    pub struct Part { n: u32, name: String, content_type: String, size: Seq, inline: bool }
    /// A link of a mail.
    pub struct LinkInfo {
        text: String, href: String,
        /// The text names another host than the link goes to.
        lies: bool,
    }
    /// Something to tell about a mail.
    pub struct MailNotice { kind: NoticeKind, text: String }
    /// A message's body, safe to show.
    pub struct MessageBody {
        /// A whole sanitised document for the sandboxed frame; null for plain text.
        html: Option<String>,
        /// What the author wrote new, of a text mail.
        text: String,
        /// The quoted rest and signature of a text mail.
        quoted: String,
        blocked_images: u32, trackers: Vec<String>, remote_allowed: bool,
        links: Vec<LinkInfo>, attachments: Vec<Part>, notices: Vec<MailNotice>,
    }
    /// A search result.
    pub struct SearchHit {
        id: String, thread: String, folder: String, path: String, subject: String, from: Vec<Address>, date: String,
        /// Matched words stand between U+E000 and U+E001.
        snippet: String,
        has_attachment: bool, unread: bool,
    }
    /// An operator the search understood.
    pub struct Chip { text: String, label: String }
    /// A page of search results.
    pub struct SearchPage {
        total: u32, coverage: Real, next: Option<String>, hits: Vec<SearchHit>, ms: Real,
        chips: Vec<Chip>,
        /// What was not understood, in a sentence.
        problem: Option<String>,
    }
    /// What an action did.
    pub struct ActResult {
        /// For undo; null when nothing changed.
        undo: Option<String>,
        count: u32, what: String,
    }
    /// A mail being written.
    pub struct Draft {
        id: Option<String>, account: String, to: Vec<Address>, cc: Vec<Address>, bcc: Vec<Address>,
        subject: String, text: String, html: Option<String>, reply_to: Option<String>,
        /// When it was begun, ms since 1970: what colleagues answered later is asked about. Handed back as it came.
        began: Option<Seq>,
        /// The Message-ID of its copy at the server, known once it is kept. Not read on the way back.
        message_id: Option<String>,
    }
    /// A mail on its way out.
    pub struct OutboxView {
        id: String, message_id: String, subject: String, to: Vec<Address>, state: OutboxState,
        attempts: u32, error: Option<String>, at: String,
        /// A colleague answered while it waited: it leaves when the person says so.
        held: bool,
    }
    /// A colleague whose answer meets one from here.
    pub struct Collision {
        member: String, name: String, what: Clash,
        /// When they answered, or since when they are offline.
        at: Option<String>,
        /// Their answer, where that mail is here.
        message: Option<String>,
        /// The conversation.
        thread: String,
    }
    /// Servers found for an address.
    pub struct Discovered { imap: Option<Endpoint>, smtp: Option<Endpoint>, username: String, source: String, note: Option<String> }
    /// An account being added.
    pub struct AccountForm {
        email: String, name: String, imap: Endpoint, smtp: Option<Endpoint>, username: String, password: String, ca_pem: Option<String>,
    }
    /// One line of the account test.
    pub struct TestLine { what: TestSubject, ok: bool, warning: bool, message: String }
    /// A layer's last look.
    pub struct LayerView { layer: Layer, last_at: Option<String>, found: u32 }
    /// What is not local yet.
    pub struct ShortBacklog { envelopes: u32, bodies: u32 }
    /// An account's health.
    pub struct AccountHealth { id: String, email: String, state: AccountState, why: String, layers: Vec<LayerView>, backlog: ShortBacklog }
    /// The health of everything.
    pub struct HealthView { accounts: Vec<AccountHealth>, pending: Pending, coverage: Real, store_bytes: Seq, keychain: String }
    /// What the person chose.
    pub struct Settings {
        language: Language, theme: Theme, density: Density, single_keys: bool, undo_seconds: u32, reconcile_minutes: u32, notifications: bool,
        /// Notifications show the first words of the mail or note.
        notification_text: bool,
        /// The team sees the subjects of mails that are answered here.
        share_subjects: bool,
    }
    /// The searches kept in the rail, and whether customers are known at all.
    pub struct SavedViews { views: Vec<SavedView>, customers: bool }
    /// A search that is kept in the rail.
    pub struct SavedView {
        id: String,
        /// Null for `overdue` and `first`, which are there from the start, as long as they have no other.
        name: Option<String>,
        search: String, total: u32, unread: u32,
        /// Mail that arrives here is starred.
        star: bool,
        /// A notification tells of mail that arrives here.
        tell: bool,
    }
    /// A member of the team, as colleagues see them.
    pub struct TeamMember {
        id: String, name: String, email: String, role: TeamRole, active: bool, state: TeamPresence, since: Option<String>,
        /// The subject on their screen.
        viewing: Option<String>,
        /// The subject they are answering; of those who are offline, where an answer was left unsent.
        writing: Option<String>,
        /// Where they are in a shared note.
        caret: Option<NoteCaret>,
    }
    /// A caret in a note, and where the choice began: scalar values of its text.
    pub struct NoteCaret { subject: String, anchor: u32, head: u32 }
    /// What the team's server does not have yet.
    pub struct TeamQueue { length: u32, oldest_at: Option<String> }
    /// What went wrong on the line to the team's server.
    pub struct LinkError { at: String, what: String }
    /// The team, but not its content.
    pub struct TeamOverview {
        state: TeamState, why: Option<String>, since: Option<String>, server: Option<String>, org: Option<String>,
        me: Option<String>, role: Option<TeamRole>, queue: TeamQueue, latency_ms: Option<Real>, reconnects: u32,
        /// Changes told and heard since the program started.
        sent: u32, received: u32,
        /// What went wrong on the line since then.
        errors: u32, last_error: Option<LinkError>,
        members: Vec<TeamMember>,
        /// News for the person since they last looked.
        unread: u32,
    }
    /// What joining a team needs.
    pub struct JoinForm { link: String, server: Option<String>, name: Option<String>, email: String, password: String }
    /// What joining by the company's sign-in needs.
    pub struct CompanyJoinForm { link: String, server: Option<String>, name: Option<String> }
    /// A way into the team for one person.
    pub struct TeamInvitation { link: String, code: String, role: TeamRole, expires_at: String }
    /// A note to begin writing in.
    pub struct NoteView {
        subject: String, text: String,
        /// Names the text, for editNote.
        revision: String,
        version: u32, updated_at: Option<String>, updated_by: Option<String>,
        /// How many of its edits the team's server does not have yet.
        waiting: u32,
    }
    /// Takes out and puts in; places count Unicode scalar values.
    pub struct Splice { at: u32, del: u32, insert: String }
    /// What was typed into the text of a revision: each splice in the text the ones before it left.
    pub struct NoteEdit { subject: String, revision: String, splices: Vec<Splice> }
    /// What brings the editor's text to the newest.
    pub struct NoteEdited {
        revision: String, splices: Vec<Splice>, version: u32, waiting: u32,
        /// The number of the count of those that wait: the later one is right.
        count: Seq,
    }
    /// What others wrote into a note: brings the text `from` names to `revision`.
    pub struct NoteWritten { subject: String, from: String, revision: String, splices: Vec<Splice>, version: u32 }
    /// A file a note names.
    pub struct NoteFileView {
        sha256: String, name: String, size: u32, content_type: String, state: NoteFileState,
        /// Bytes that are here.
        received: u32,
        /// It is coming, or will.
        wanted: bool,
        /// Who added it, where that is a known colleague.
        by_name: Option<String>,
        /// What the note's link to it leads to.
        target: String,
    }
    /// A file to be kept for a note; the data is base64.
    pub struct NewNoteFile { name: String, content_type: String, data: String }
    /// A file that is kept, and the link that names it.
    pub struct KeptNoteFile { sha256: String, name: String, link: String }
    /// An earlier version of a note.
    pub struct NoteVersion { version: u32, at: String, by: Option<String>, added: u32, removed: u32 }
    /// What a customer, an address or a conversation is marked with.
    pub struct SubjectMarks { tags: Vec<String>, tasks: Vec<TeamTask> }
    /// Something to do, as it stands.
    pub struct TeamTask {
        id: String, text: String,
        /// A day, YYYY-MM-DD.
        due: Option<String>,
        /// Who is to do it.
        member: Option<String>,
        done: bool,
        /// Who wrote it, or finished it.
        by: Option<String>,
        at: Option<String>, waiting: bool,
    }
    /// A task to be written down.
    pub struct TaskForm { text: String, due: Option<String>, member: Option<String> }
    /// Which activity is shown.
    pub struct ActivityQuery {
        range: ActivityRange, kind: Option<ActivityKind>, member: Option<String>, subject: Option<String>, text: Option<String>,
        /// The page before it ended here.
        after: Option<String>,
    }
    /// One thing that was done.
    pub struct ActivityItem {
        id: String, kind: ActivityKind, subject: String, subject_name: Option<String>, member: Option<String>,
        name: Option<String>, at: String, waiting: bool,
        /// Why it was not accepted.
        rejected: Option<String>,
        detail: Option<String>,
        /// The conversation here, where it is about one.
        thread_id: Option<String>,
    }
    /// How much was done.
    pub struct ActivityStats { notes: u32, replies: u32, assigned: u32, done: u32 }
    /// A page of activity, newest first.
    pub struct ActivityPage { stats: ActivityStats, items: Vec<ActivityItem>, next: Option<String> }
    /// What was done in a span of time.
    pub struct TeamWork {
        notes: u32, replies: u32,
        /// Answers that tell how long they took.
        timed: u32,
        /// The median of that.
        median_seconds: Option<u32>,
    }
    /// A week: its Monday, and its ISO number.
    pub struct TeamWeek { begins: String, number: u32 }
    /// Somebody's weeks; without a member, what was done before any team was joined.
    pub struct MemberWork { member: Option<String>, weeks: Vec<TeamWork>, total: TeamWork }
    /// How often the person did one kind of thing the team knows of.
    pub struct TeamDeeds {
        kind: ActivityKind, count: u32,
        /// How many of them tell a mail's subject.
        titled: u32,
    }
    /// How the team's weeks went, the oldest first.
    pub struct TeamAnalytics {
        weeks: Vec<TeamWeek>, members: Vec<MemberWork>,
        /// Everybody together.
        team: MemberWork,
        /// What the team knows the person did, ever.
        own: Vec<TeamDeeds>,
        /// When the first thing was done that this computer knows of.
        known_since: Option<String>,
    }
    /// A conversation as the team sees it.
    pub struct ThreadTeam { subject: String, assignee: Option<String>, status: Option<ThreadStatus> }
    /// One of the values somebody has to choose between.
    pub struct ConflictValue { member: String, name: String, value: Option<String>, at: String, mine: bool }
    /// A field where nobody may win silently.
    pub struct TeamConflict {
        id: String, subject: String, field: String,
        /// What holds until then.
        base: Option<String>,
        values: Vec<ConflictValue>,
    }
}

/// A number of a change or of bytes: below 2^53, so exact in the window.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Seq(#[specta(type = specta_typescript::Number)] pub i64);

/// A share or a time: always finite, so never null in the window.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Real(#[specta(type = specta_typescript::Number)] pub f64);

/// Which list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Scope {
    /// All folders of a role, over all accounts.
    Role {
        /// Which.
        role: Role,
    },
    /// One folder.
    Folder {
        /// Which.
        folder: String,
    },
}

/// What to do to mail.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MailAction {
    /// Mark as read.
    Read,
    /// Mark as unread.
    Unread,
    /// Flag.
    Flag,
    /// Remove the flag.
    Unflag,
    /// Move to the archive.
    Archive,
    /// Move to the trash.
    Trash,
    /// Move to junk.
    Junk,
    /// Move to a folder.
    Move {
        /// Which.
        folder: String,
    },
}

/// What to do it to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Target {
    /// Whole threads as far as they lie in a scope.
    Threads {
        /// Where.
        scope: Scope,
        /// Which.
        threads: Vec<String>,
    },
    /// Single messages.
    Messages {
        /// Which.
        messages: Vec<String>,
    },
}
