//! Documents named in mails, and mails that name a document.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_crm::numbers::candidates;
use kontor_crm::whose::Whose;
use kontor_mime::html;
use kontor_model::{MessageId, Query, ThreadId};
use kontor_store::{DocumentRow, Read, number_key};

use super::asked::naming;
use super::dossier::{Reckoning, document};
use super::family;
use super::view::{DocRefView, MailOfDocument};
use super::whose::of_person;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Attachments whose text is looked through: bytes.
const ATTACHMENT: u64 = 1 << 20;
/// Mails of a conversation looked through.
const OF_THREAD: usize = 8;
/// Mails looked at for a document.
const MAILS: u32 = 500;

impl Engine {
    /// Returns the documents a mail names, each once, in the order of subject, body and text attachments. A number counts
    /// when a document here has it; a customer's own number only in a mail of this customer.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn doc_refs(&self, message: MessageId) -> Result<Vec<DocRefView>> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || refs_of(&ctx, message)).await
    }

    /// Returns the mails that name a document, newest first, by its number.
    ///
    /// # Errors
    /// When the number has no letter or digit, or the store cannot be read.
    pub async fn mails_of_document(&self, number: &str) -> Result<Vec<MailOfDocument>> {
        if number_key(number).is_empty() {
            return Err(Error::usage(format!("“{number}” is no document's number.")));
        }
        let ctx = Arc::clone(&self.ctx);
        let number = number.to_owned();
        blocking(move || mails_of(&ctx, &number)).await
    }

    /// Returns the documents a conversation names in its newest mails, each once; those of subjects first.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub async fn documents_of_thread(&self, thread: ThreadId) -> Result<Vec<DocRefView>> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || refs_of_thread(&ctx, thread)).await
    }

    /// Returns the conversations that name a document, the newest mail's first.
    ///
    /// # Errors
    /// As [`Engine::mails_of_document`].
    pub async fn threads_of_document(&self, number: &str) -> Result<Vec<ThreadId>> {
        let mut seen = BTreeSet::new();
        let mails = self.mails_of_document(number).await?.into_iter();
        let threads = mails.map(|mail| mail.thread);
        Ok(threads.filter(|thread| seen.insert(*thread)).collect())
    }
}

/// Texts of a mail with where they stand.
type Texts = Vec<(&'static str, String)>;

fn texts(ctx: &Context, message: MessageId) -> Result<(Vec<kontor_model::Address>, Texts)> {
    let (row, raw) = ctx
        .store
        .read(|r| Ok((r.message(message)?, r.raw(message)?)))?;
    let mut people = row.row.from;
    people.extend(row.reply_to);
    people.extend(row.row.to);
    let mut texts = vec![("subject", row.row.subject)];
    let Some(raw) = raw else {
        return Ok((people, texts));
    };
    let mail = kontor_mime::parse(&raw);
    texts.extend(mail.text.map(|text| ("body", text)));
    texts.extend(mail.html.map(|html| ("body", html::to_text(&html))));
    for attachment in mail.attachments {
        if let Some(name) = attachment.name {
            texts.push(("attachment", name));
        }
        let plain = attachment.content_type.starts_with("text/") && attachment.size <= ATTACHMENT;
        if plain && let Some((_, bytes)) = kontor_mime::attachment(&raw, attachment.n) {
            texts.push(("attachment", String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok((people, texts))
}

fn refs_of(ctx: &Context, message: MessageId) -> Result<Vec<DocRefView>> {
    let (people, texts) = texts(ctx, message)?;
    let families = family::families(ctx)?;
    let mut customers = BTreeSet::new();
    for person in people.iter().take(5) {
        if let Whose::Customer(id) = of_person(ctx, person)?.whose {
            customers.extend(families.members(&id));
        }
    }
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    Ok(ctx.store.read(|r| {
        let reckoning = Reckoning::of(r, now, moment)?;
        let mut seen = BTreeSet::new();
        let mut refs = Vec::new();
        for (place, text) in &texts {
            for candidate in candidates(text) {
                for row in documents(r, &candidate.key, &customers)? {
                    if seen.insert(row.id.clone()) {
                        refs.push(DocRefView {
                            text: candidate.text.clone(),
                            place,
                            document: document(row, &reckoning),
                        });
                    }
                }
            }
        }
        Ok(refs)
    })?)
}

/// The documents with this number. Where several have it, those of the mail's customers go before the others'.
pub(super) fn documents(
    r: &Read<'_>,
    key: &str,
    customers: &BTreeSet<String>,
) -> kontor_store::Result<Vec<DocumentRow>> {
    let mut rows = r.documents_numbered(key)?;
    if rows.iter().any(|row| customers.contains(&row.customer)) {
        rows.retain(|row| customers.contains(&row.customer));
    }
    for customer in customers {
        rows.extend(r.documents_numbered_by_them(key, customer)?);
    }
    Ok(rows)
}

fn mails_of(ctx: &Context, number: &str) -> Result<Vec<MailOfDocument>> {
    let query = Query {
        terms: vec![naming(number, false)],
    };
    let page = ctx.store.read(|r| r.search(&query, None, MAILS))?;
    let mail = |hit: kontor_store::SearchHit| MailOfDocument {
        message: hit.row.id,
        thread: hit.row.thread,
        subject: hit.row.subject,
        message_id: hit.row.message_id,
        date: hit.row.date,
    };
    Ok(page.hits.into_iter().map(mail).collect())
}

/// The documents the newest mails of a conversation name, each once: of subjects first, newest mails first.
fn refs_of_thread(ctx: &Context, thread: ThreadId) -> Result<Vec<DocRefView>> {
    let (_, messages) = ctx.store.read(|r| r.thread(thread))?;
    let mut refs = Vec::new();
    for message in messages.into_iter().rev().take(OF_THREAD) {
        refs.extend(refs_of(ctx, message)?);
    }
    refs.sort_by_key(|found| found.place != "subject");
    let mut seen = BTreeSet::new();
    refs.retain(|found| seen.insert(found.document.id.clone()));
    Ok(refs)
}
