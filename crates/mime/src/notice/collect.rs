//! One walk that finds everything worth telling.

use super::{Bounce, Notice, auth, bounce, invite, list, prose};
use crate::body::{self, Role, Roles};
use crate::flaws::Flaws;
use crate::header::params::Params;
use crate::header::{Field, Fields, Head, envelope, ids, start, words};
use crate::scan::is;
use crate::walk::{Entity, Parent, Section, Visitor, line_ends};
use kontor_model::Envelope;

/// Fields of the message's own header that say what it is.
#[derive(Default)]
pub(super) struct Signs {
    pub(super) unsubscribe: Option<String>,
    pub(super) unsubscribe_post: Option<String>,
    pub(super) list_id: Option<String>,
    pub(super) auto_submitted: Option<String>,
    pub(super) precedence: Option<String>,
    pub(super) auto_reply: bool,
    pub(super) failed_recipients: Option<String>,
    pub(super) null_return_path: bool,
    pub(super) delivery_report: bool,
}

impl Signs {
    fn read(header: &[u8]) -> Self {
        let mut signs = Self::default();
        for Field { name, value } in Fields::new(header) {
            let text = || Some(words::decode(value, &mut Flaws::default()));
            if is(name, b"list-unsubscribe") {
                signs.unsubscribe = signs.unsubscribe.or_else(text);
            } else if is(name, b"list-unsubscribe-post") {
                signs.unsubscribe_post = signs.unsubscribe_post.or_else(text);
            } else if is(name, b"list-id") {
                signs.list_id = signs.list_id.or_else(text);
            } else if is(name, b"auto-submitted") {
                signs.auto_submitted = signs.auto_submitted.or_else(text);
            } else if is(name, b"precedence") {
                signs.precedence = signs.precedence.or_else(text);
            } else if is(name, b"x-autoreply") || is(name, b"x-autorespond") {
                signs.auto_reply = true;
            } else if is(name, b"x-failed-recipients") {
                signs.failed_recipients = signs.failed_recipients.or_else(text);
            } else if is(name, b"return-path") {
                signs.null_return_path = value.trim_ascii() == b"<>";
            } else if is(name, b"content-type") {
                let report = Params::new(value).get(b"report-type");
                signs.delivery_report = report.is_some_and(|r| is(&r, b"delivery-status"));
            }
        }
        signs
    }
}

/// Collects notices while the parts go by.
pub(super) struct Reader {
    signs: Signs,
    authentication: Option<super::Authentication>,
    envelope: Envelope,
    roles: Roles,
    invite: Option<super::Invite>,
    /// Of message/delivery-status parts.
    report: Option<Bounce>,
    /// Of the mail a report carries.
    original: Option<(Option<String>, String)>,
    feedback: bool,
    text: Option<String>,
}

impl Reader {
    pub(super) fn new(raw: &[u8]) -> Self {
        let whole = line_ends(raw);
        let header = start(&whole);
        Self {
            signs: Signs::read(header),
            authentication: auth::topmost(header),
            envelope: Envelope::default(),
            roles: Roles::default(),
            invite: None,
            report: None,
            original: None,
            feedback: false,
            text: None,
        }
    }

    pub(super) fn finish(mut self) -> Vec<Notice> {
        let bounce = self.bounce();
        let mut notices = Vec::new();
        notices.extend(self.invite.map(Notice::Invite));
        notices.extend(bounce.map(Notice::Bounce));
        notices.extend(list::unsubscribe(&self.signs).map(Notice::Unsubscribe));
        notices.extend(self.authentication.map(Notice::Authentication));
        notices.extend(list::auto_submitted(&self.signs).map(|by| Notice::AutoSubmitted { by }));
        notices
    }

    /// A report of RFC 3464 as it stands; else what the prose says. Abuse reports (RFC 5965) are no bounces.
    fn bounce(&mut self) -> Option<Bounce> {
        if self.feedback {
            return None;
        }
        let text = self.text.take().unwrap_or_default();
        let mut bounce = match self.report.take() {
            // A report without recipients says less than its prose.
            Some(report) if report.failures.is_empty() => Bounce {
                failures: prose::failures(&text, &self.envelope),
                ..report
            },
            Some(report) => report,
            None => prose::bounce(&text, &self.envelope, &self.signs)?,
        };
        if let Some((id, subject)) = self.original.take() {
            bounce.original_message_id = id.or(bounce.original_message_id);
            bounce.original_subject = Some(subject).filter(|s| !s.is_empty());
        }
        Some(bounce)
    }

    fn calendar(&mut self, entity: &Entity<'_>, bytes: &[u8]) {
        let text = body::plain(entity, bytes, &mut Flaws::default());
        let method = entity.params.get(b"method");
        if let Some(invite) = invite::read(&text, method.as_deref()) {
            self.invite = self.invite.take().or(Some(invite));
        }
    }
}

impl Visitor for Reader {
    fn message(&mut self, head: &Head<'_>, level: u32) {
        if level == 0 {
            self.envelope = envelope::envelope(head, &mut Flaws::default());
        } else if level == 1 && self.original.is_none() {
            self.original = Some(original(head));
        }
    }

    fn open(&mut self, _: &Entity<'_>) {}

    fn close(&mut self) {}

    fn leaf(&mut self, entity: &Entity<'_>) {
        if entity.level > 0 {
            return;
        }
        let media = &entity.media;
        let role = self.roles.of(entity);
        let read = || entity.encoding.decode(entity.body, &mut Flaws::default());
        if media.is(b"text", b"calendar") || media.is(b"application", b"ics") {
            self.calendar(entity, &read());
        } else if media.is(b"message", b"delivery-status")
            || media.is(b"message", b"global-delivery-status")
        {
            let report = bounce::read(&read());
            self.report = Some(match self.report.take() {
                Some(mut first) => {
                    first.failures.extend(report.failures);
                    first
                }
                None => report,
            });
        } else if media.is(b"message", b"feedback-report") {
            self.feedback = true;
        } else if media.is(b"text", b"rfc822-headers") || media.is(b"message", b"global-headers") {
            let bytes = read();
            self.original = self
                .original
                .take()
                .or_else(|| Some(original(&Head::read(start(&bytes)).0)));
        } else if role == Role::Text
            || (role == Role::Html && self.text.is_none() && entity.parent == Parent::Message)
        {
            let bytes = read();
            self.text = Some(match role {
                Role::Html => {
                    crate::html::to_text(&body::html(entity, &bytes, &mut Flaws::default()))
                }
                Role::Text | Role::Attachment { .. } => {
                    body::plain(entity, &bytes, &mut Flaws::default())
                }
            });
        }
    }

    fn defects(&mut self, _: Flaws, _: &Section) {}
}

fn original(head: &Head<'_>) -> (Option<String>, String) {
    let subject = head
        .subject
        .map(|value| words::decode(value, &mut Flaws::default()));
    (
        head.message_id.and_then(ids::one),
        subject.unwrap_or_default(),
    )
}
