//! Rows of the engine become DTOs.

pub(crate) mod acts;
mod analytics;
mod customers;
pub(crate) mod erp;
pub(crate) mod team;
mod writing;

use kontor_engine::model;
use kontor_engine::store::{
    FolderRow, MessageDetail, SearchHit as StoreHit, ThreadRow as StoreThread,
};
use kontor_engine::{self as engine, mime};

use crate::dto::{
    AccountState, AccountView, Address, ApiError, Backlog, Code, Endpoint, FolderView, Layer,
    LinkInfo, MailNotice, MessageBody, MessageHead, NoticeKind, OutboxState, OutboxView, Overview,
    Part, Pending, Place, Real, Role, SavedView, SearchHit, Security, Seq, ThreadOrder, ThreadRow,
    Unified,
};

/// Counts beyond four billion are shown as four billion.
pub(crate) fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(crate) fn seq(n: u64) -> Seq {
    Seq(i64::try_from(n).unwrap_or(i64::MAX))
}

impl From<engine::Error> for ApiError {
    fn from(e: engine::Error) -> Self {
        let code = match e.code {
            engine::Code::Usage => Code::Usage,
            engine::Code::NotFound | engine::Code::UnknownCustomer => Code::NotFound,
            engine::Code::Offline => Code::Offline,
            engine::Code::SignIn => Code::SignIn,
            engine::Code::Refused => Code::Refused,
            engine::Code::Keychain => Code::Keychain,
            engine::Code::Store => Code::Store,
            engine::Code::NotNow => Code::NotNow,
            engine::Code::Collision => Code::Collision,
            engine::Code::Internal => Code::Internal,
        };
        Self {
            code,
            message: e.message,
        }
    }
}

impl From<model::Address> for Address {
    fn from(a: model::Address) -> Self {
        Self {
            name: a.name,
            address: a.address,
        }
    }
}

impl From<Address> for model::Address {
    fn from(a: Address) -> Self {
        Self::new(a.name, a.address)
    }
}

pub(crate) fn people(list: Vec<model::Address>) -> Vec<Address> {
    list.into_iter().map(Into::into).collect()
}

impl From<model::Role> for Role {
    fn from(role: model::Role) -> Self {
        match role {
            model::Role::Inbox => Self::Inbox,
            model::Role::Sent => Self::Sent,
            model::Role::Drafts => Self::Drafts,
            model::Role::Trash => Self::Trash,
            model::Role::Junk => Self::Junk,
            model::Role::Archive => Self::Archive,
        }
    }
}

impl From<Role> for model::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Inbox => Self::Inbox,
            Role::Sent => Self::Sent,
            Role::Drafts => Self::Drafts,
            Role::Trash => Self::Trash,
            Role::Junk => Self::Junk,
            Role::Archive => Self::Archive,
        }
    }
}

impl From<model::AccountState> for AccountState {
    fn from(state: model::AccountState) -> Self {
        match state {
            model::AccountState::Connecting => Self::Connecting,
            model::AccountState::Live => Self::Live,
            model::AccountState::Polling => Self::Polling,
            model::AccountState::Offline => Self::Offline,
            model::AccountState::NeedsYou => Self::NeedsYou,
        }
    }
}

impl From<model::Layer> for Layer {
    fn from(layer: model::Layer) -> Self {
        match layer {
            model::Layer::Push => Self::Push,
            model::Layer::Poll => Self::Poll,
            model::Layer::Reconcile => Self::Reconcile,
        }
    }
}

impl From<model::Endpoint> for Endpoint {
    fn from(e: model::Endpoint) -> Self {
        let security = match e.security {
            model::Security::Tls => Security::Tls,
            model::Security::Starttls => Security::Starttls,
        };
        Self {
            host: e.host,
            port: e.port,
            security,
        }
    }
}

impl From<Endpoint> for model::Endpoint {
    fn from(e: Endpoint) -> Self {
        let security = match e.security {
            Security::Tls => model::Security::Tls,
            Security::Starttls => model::Security::Starttls,
        };
        Self {
            host: e.host.trim().to_owned(),
            port: e.port,
            security,
        }
    }
}

impl From<model::OutboxState> for OutboxState {
    fn from(state: model::OutboxState) -> Self {
        match state {
            model::OutboxState::Queued => Self::Queued,
            model::OutboxState::Sending => Self::Sending,
            model::OutboxState::Unknown => Self::Unknown,
            model::OutboxState::Failed => Self::Failed,
            model::OutboxState::Cancelled => Self::Cancelled,
            model::OutboxState::Sent => Self::Sent,
        }
    }
}

impl From<engine::Overview> for Overview {
    fn from(o: engine::Overview) -> Self {
        let mut unified: Vec<Unified> = Vec::new();
        for row in &o.folders {
            let Some(role) = row.folder.role.map(Role::from) else {
                continue;
            };
            let (unread, total) = (small(row.folder.unread), small(row.folder.total));
            match unified.iter_mut().find(|u| u.role == role) {
                Some(u) => {
                    u.unread = u.unread.saturating_add(unread);
                    u.total = u.total.saturating_add(total);
                }
                None => unified.push(Unified {
                    role,
                    unread,
                    total,
                }),
            }
        }
        // The oldest of the accounts' newest looks: until then everything is known.
        let looks: Option<Vec<_>> = o.accounts.iter().map(|a| a.looked_at).collect();
        let synced_at = looks
            .and_then(|l| l.into_iter().min())
            .map(|at| at.to_string());
        let accounts = o
            .accounts
            .iter()
            .map(|a| account_view(a, &o.folders))
            .collect();
        Self {
            accounts,
            unified,
            pending: Pending {
                operations: small(o.status.operations),
                outbox: small(o.status.outbox),
                unknown: small(o.status.unknown),
            },
            coverage: Real(o.status.coverage()),
            synced_at,
            seq: Seq(o.seq),
            folders: o.folders.into_iter().map(Into::into).collect(),
        }
    }
}

fn account_view(a: &engine::AccountView, folders: &[FolderRow]) -> AccountView {
    let inbox = folders.iter().filter(|f| {
        f.folder.account == a.row.account.id && f.folder.role == Some(model::Role::Inbox)
    });
    AccountView {
        id: a.row.account.id.to_string(),
        email: a.row.account.email.clone(),
        name: a.row.account.name.clone(),
        state: a.row.state.into(),
        why: a.row.why.clone(),
        unread: small(inbox.map(|f| f.folder.unread).sum()),
        backlog: Backlog {
            envelopes: small(a.envelopes),
            bodies: small(a.bodies),
            bodies_total: small(a.row.messages),
            seconds_left: a.seconds_left,
        },
    }
}

impl From<FolderRow> for FolderView {
    fn from(row: FolderRow) -> Self {
        let f = row.folder;
        let depth = f.delimiter.map_or(0, |d| f.path.matches(d).count());
        Self {
            id: f.id.to_string(),
            account: f.account.to_string(),
            name: f.name().to_owned(),
            role: f.role.map(Into::into),
            total: small(f.total),
            unread: small(f.unread),
            selectable: f.selectable,
            depth: u32::try_from(depth).unwrap_or(0),
            path: f.path,
        }
    }
}

impl From<ThreadOrder> for engine::ListOrder {
    fn from(order: ThreadOrder) -> Self {
        match order {
            ThreadOrder::Newest => Self::Newest,
            ThreadOrder::Overdue => Self::Overdue,
            ThreadOrder::Value => Self::Value,
        }
    }
}

impl From<engine::View> for SavedView {
    fn from(view: engine::View) -> Self {
        Self {
            id: view.id,
            name: view.name,
            search: view.search,
            total: small(view.total),
            unread: small(view.unread),
            star: view.rule.star,
            tell: view.rule.tell,
        }
    }
}

impl From<StoreThread> for ThreadRow {
    fn from(t: StoreThread) -> Self {
        Self {
            id: t.id.to_string(),
            subject: t.subject,
            people: people(t.people),
            recipients: people(t.recipients),
            to: people(t.to),
            count: small(t.count),
            unread: t.unread > 0,
            flagged: t.flagged,
            has_attachment: t.has_attachment,
            answered: t.answered,
            date: t.date.to_string(),
            snippet: t.snippet,
            newest: t.newest.to_string(),
        }
    }
}

/// A message of a conversation; `own` are the person's addresses in lower case.
pub(crate) fn head(m: MessageDetail, folders: &[FolderRow], own: &[String]) -> MessageHead {
    let seen = m.placements.iter().all(|p| p.flags.seen());
    let has = |bit: u8| m.placements.iter().any(|p| p.flags.bits & bit != 0);
    let places = m
        .placements
        .iter()
        .filter_map(|p| folders.iter().find(|f| f.folder.id == p.folder));
    let placements: Vec<Place> = places
        .map(|f| Place {
            folder: f.folder.id.to_string(),
            path: f.folder.path.clone(),
            role: f.folder.role.map(Into::into),
        })
        .collect();
    let draft = has(model::Flags::DRAFT) || placements.iter().any(|p| p.role == Some(Role::Drafts));
    MessageHead {
        id: m.row.id.to_string(),
        message_id: m.row.message_id,
        subject: m.row.subject,
        outgoing: m.row.from.iter().any(|a| own.contains(&a.key())),
        from: people(m.row.from),
        to: people(m.row.to),
        cc: people(m.row.cc),
        reply_to: people(m.reply_to),
        date: m.row.date.to_string(),
        unread: !seen,
        flagged: has(model::Flags::FLAGGED),
        draft,
        has_attachment: m.row.has_attachment.unwrap_or(false),
        body_here: m.row.body,
        snippet: m.row.preview,
        placements,
    }
}

impl From<engine::Body> for MessageBody {
    fn from(b: engine::Body) -> Self {
        let quoted = [b.quoted.as_str(), b.signature.as_str()]
            .iter()
            .filter(|t| !t.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("\n\n");
        let mut notices: Vec<MailNotice> = b.notices.iter().filter_map(notice).collect();
        notices.extend(b.defects.into_iter().map(|text| MailNotice {
            kind: NoticeKind::Defect,
            text,
        }));
        Self {
            html: b.html,
            text: b.text,
            quoted,
            blocked_images: u32::try_from(b.blocked).unwrap_or(u32::MAX),
            trackers: b.trackers,
            remote_allowed: b.remote_allowed,
            links: b
                .links
                .into_iter()
                .map(|l| LinkInfo {
                    text: l.text,
                    href: l.href,
                    lies: l.lies,
                })
                .collect(),
            attachments: b.attachments.into_iter().map(part).collect(),
            notices,
        }
    }
}

fn part(a: mime::Attachment) -> Part {
    Part {
        n: a.n,
        name: a.name.unwrap_or_default(),
        content_type: a.content_type,
        size: seq(a.size),
        inline: a.inline,
    }
}

/// What is worth a line above the mail; machinery is not.
fn notice(n: &mime::Notice) -> Option<MailNotice> {
    let (kind, text) = match n {
        mime::Notice::Invite(i) => (NoticeKind::Invite, i.summary.clone().unwrap_or_default()),
        mime::Notice::Bounce(b) => (
            NoticeKind::Bounce,
            b.failures
                .iter()
                .filter_map(|f| f.recipient.clone())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        mime::Notice::Unsubscribe(_) => (NoticeKind::Unsubscribe, String::new()),
        mime::Notice::Authentication(a) if failed(a) => (
            NoticeKind::AuthFailed,
            a.from_domain.clone().unwrap_or_default(),
        ),
        mime::Notice::Authentication(_) | mime::Notice::AutoSubmitted { .. } => return None,
    };
    Some(MailNotice { kind, text })
}

/// The server could not confirm that the sender is who it says: DMARC failed, or without DMARC both SPF and DKIM did.
fn failed(a: &mime::Authentication) -> bool {
    let fails = |verdict: Option<mime::Verdict>| verdict == Some(mime::Verdict::Fail);
    fails(a.dmarc) || (a.dmarc.is_none() && fails(a.spf) && fails(a.dkim))
}

pub(crate) fn hit(h: StoreHit, folders: &[FolderRow]) -> SearchHit {
    let path = folders
        .iter()
        .find(|f| f.folder.id == h.row.placement.folder)
        .map(|f| f.folder.path.clone())
        .unwrap_or_default();
    let row = h.row;
    SearchHit {
        id: row.id.to_string(),
        thread: row.thread.to_string(),
        folder: row.placement.folder.to_string(),
        path,
        subject: row.subject,
        from: people(row.from),
        date: row.date.to_string(),
        snippet: h.snippet,
        has_attachment: row.has_attachment.unwrap_or(false),
        unread: !row.placement.flags.seen(),
    }
}

pub(crate) fn outgoing(o: engine::store::Outgoing) -> OutboxView {
    OutboxView {
        id: o.id.to_string(),
        message_id: o.message_id,
        subject: o.subject,
        to: people(o.to),
        state: o.state.into(),
        attempts: o.attempts,
        error: (!o.error.is_empty()).then_some(o.error),
        at: o.due.to_string(),
        held: o.held,
    }
}
