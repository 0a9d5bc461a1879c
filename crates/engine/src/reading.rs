//! Reading mail: bodies made safe, attachments, parts, remote pictures when allowed.

use std::sync::Arc;

use kontor_mime::html::{self, Link, Remote};
use kontor_mime::{Attachment, Message, Notice, reply};
use kontor_model::{MessageId, Role};

use crate::account;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// How a body is to be shown.
#[derive(Clone, Debug, Default)]
pub struct BodyOptions {
    /// Show remote pictures of this message now, whoever sent it.
    pub images: bool,
    /// For a dark window.
    pub dark: bool,
    /// Where the door serves parts from, such as `kontor-part://localhost`. `None`: cid pictures stay out.
    pub parts_at: Option<String>,
}

/// A body, safe to show.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// A whole document for the sandboxed frame; `None` for plain text.
    pub html: Option<String>,
    /// What the author wrote new.
    pub text: String,
    /// What was quoted, of a plain text.
    pub quoted: String,
    /// The signature, of a plain text.
    pub signature: String,
    /// Remote pictures left out.
    pub blocked: usize,
    /// Trackers left out, by name.
    pub trackers: Vec<String>,
    /// True when remote pictures are shown.
    pub remote_allowed: bool,
    /// The links, with those that lie marked.
    pub links: Vec<Link>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Invitations, bounces, mailing lists, verdicts.
    pub notices: Vec<Notice>,
    /// What was wrong with the bytes, a sentence each.
    pub defects: Vec<String>,
}

impl Engine {
    /// Returns exactly the server's bytes of a message, fetched now where they are not here yet.
    ///
    /// # Errors
    /// When there is no such message, or it is not here and the server cannot be reached.
    pub async fn raw(&self, id: MessageId) -> Result<Vec<u8>> {
        if let Some(raw) = self.ctx.read(move |r| r.raw(id)).await? {
            return Ok(raw);
        }
        self.fetch_body(id).await?;
        let missing = || {
            Error::new(
                Code::Offline,
                "The text is still on the server and could not be fetched now.",
            )
        };
        self.ctx.read(move |r| r.raw(id)).await?.ok_or_else(missing)
    }

    /// Returns a message read.
    ///
    /// # Errors
    /// As [`Engine::raw`].
    pub async fn parsed(&self, id: MessageId) -> Result<Message> {
        let raw = self.raw(id).await?;
        blocking(move || Ok(kontor_mime::parse(&raw))).await
    }

    /// Returns a body made safe.
    ///
    /// # Errors
    /// [`Code::NotNow`] when the body is not here; ask [`Engine::fetch_body`].
    pub async fn body(&self, id: MessageId, options: BodyOptions) -> Result<Body> {
        let here = self
            .ctx
            .read(move |r| {
                let detail = r.message(id)?;
                let sender = detail
                    .row
                    .from
                    .first()
                    .map(kontor_model::Address::key)
                    .unwrap_or_default();
                let junk = r.folders_by_role(Role::Junk)?;
                let in_junk = detail
                    .placements
                    .iter()
                    .any(|p| junk.iter().any(|f| f.folder.id == p.folder));
                // A trusted sender's name on spam is no reason to tell the spammer that somebody reads.
                let trusted = !in_junk && r.is_trusted_sender(&sender)?;
                Ok((r.raw(id)?, trusted))
            })
            .await?;
        let (Some(raw), trusted) = here else {
            return Err(Error::new(
                Code::NotNow,
                "This text is still on the server.",
            ));
        };
        let ctx = Arc::clone(&self.ctx);
        blocking(move || Ok(make_body(&ctx, id, &raw, &options, trusted))).await
    }

    /// Brings a body here that is not, before everything else.
    ///
    /// # Errors
    /// When the server cannot be reached or does not give it.
    pub async fn fetch_body(&self, id: MessageId) -> Result<()> {
        let account = self.message(id).await?.account;
        account::have_done(&self.ctx, account, account::Wish::Body(id)).await
    }

    /// Returns an attachment and its bytes; `n` from 1.
    ///
    /// # Errors
    /// When the message or the attachment is missing.
    pub async fn attachment(&self, id: MessageId, n: u32) -> Result<(Attachment, Vec<u8>)> {
        let raw = self.raw(id).await?;
        let missing = move || Error::not_found(format!("The message has no attachment {n}."));
        blocking(move || kontor_mime::attachment(&raw, n).ok_or_else(missing)).await
    }

    /// Returns media type and bytes of a picture the body shows by `cid:`. Only raster pictures are given.
    ///
    /// # Errors
    /// When there is no such picture.
    pub async fn picture(&self, id: MessageId, cid: String) -> Result<(String, Vec<u8>)> {
        let raw = self.raw(id).await?;
        let missing = || Error::not_found("The message has no such picture.");
        let (kind, bytes) =
            blocking(move || kontor_mime::part_by_cid(&raw, &cid).ok_or_else(missing)).await?;
        if is_picture(&kind) {
            Ok((kind, bytes))
        } else {
            Err(Error::new(Code::Refused, "This part is no picture."))
        }
    }

    /// Shows remote pictures of this message's sender from now on, except in junk.
    ///
    /// # Errors
    /// When there is no such message or it has no sender.
    pub async fn trust_sender(&self, id: MessageId) -> Result<()> {
        let detail = self.message(id).await?;
        let sender = detail
            .row
            .from
            .first()
            .map(kontor_model::Address::key)
            .filter(|k| !k.is_empty());
        let sender = sender.ok_or_else(|| Error::usage("The message names no sender."))?;
        self.ctx
            .write(move |w| w.set_trusted_sender(&sender, true))
            .await
    }

    /// Fetches a remote picture the person allowed: no cookies, no referrer, pictures only, 10 MB at most.
    ///
    /// # Errors
    /// When it was not allowed, is no picture, or cannot be fetched.
    pub async fn remote_picture(&self, id: MessageId, url: &str) -> Result<(String, Vec<u8>)> {
        if !self.ctx.pictures.allowed(id, url) {
            return Err(Error::new(
                Code::Refused,
                "Remote pictures of this message are blocked.",
            ));
        }
        let (kind, bytes) = self.ctx.pictures.fetch(&self.ctx.tls, url).await?;
        if is_picture(&kind) {
            Ok((kind, bytes))
        } else {
            Err(Error::new(
                Code::Refused,
                "The address leads to no picture.",
            ))
        }
    }
}

/// SVG is a document with scripts and addresses, not a picture.
fn is_picture(kind: &str) -> bool {
    kind.starts_with("image/") && !kind.contains("svg")
}

fn make_body(
    ctx: &Context,
    id: MessageId,
    raw: &[u8],
    options: &BodyOptions,
    trusted: bool,
) -> Body {
    let message = kontor_mime::parse(raw);
    let mut body = Body {
        attachments: message
            .attachments
            .iter()
            .filter(|a| !a.inline)
            .cloned()
            .collect(),
        notices: kontor_mime::notices(raw),
        defects: message.defects.iter().map(|d| d.kind.to_string()).collect(),
        remote_allowed: options.images || trusted,
        ..Body::default()
    };
    match (&message.html, &message.text) {
        (Some(html), _) => {
            let remote = match (&options.parts_at, body.remote_allowed) {
                (Some(at), true) => Remote::Through(format!("{at}/{id}/remote?u=")),
                (None, true) => Remote::Kept,
                (_, false) => Remote::Blocked,
            };
            let cid_prefix = options
                .parts_at
                .as_ref()
                .map(|at| format!("{at}/{id}/cid/"));
            let safe = html::sanitise(html, &html::Options { remote, cid_prefix });
            if body.remote_allowed {
                ctx.pictures.allow(id, &safe.remote);
            }
            body.html = Some(html::document(&safe.html, options.dark));
            body.text = html::to_text(html);
            body.blocked = safe.blocked;
            body.trackers = safe.trackers;
            body.links = safe.links;
        }
        (None, Some(text)) => {
            let parts = reply::split(text);
            body.text = parts.text;
            body.quoted = parts.quoted;
            body.signature = parts.signature;
        }
        (None, None) => {}
    }
    body
}
