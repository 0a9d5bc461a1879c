//! Documents named in mails, and mails that name a document.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_crm::numbers::candidates;
use kontor_crm::whose::Whose;
use kontor_mime::html;
use kontor_model::query::Words;
use kontor_model::{MessageId, Query, Term, ThreadId};
use kontor_store::{DocumentRow, Read, number_key};

use super::dossier::{Reckoning, document};
use super::view::{DocRefView, MailOfDocument};
use super::whose::of_person;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Attachments whose text is looked through: bytes.
const ATTACHMENT: u64 = 1 << 20;
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
        let key = number_key(number);
        if key.is_empty() {
            return Err(Error::usage(format!("“{number}” is no document's number.")));
        }
        let ctx = Arc::clone(&self.ctx);
        blocking(move || mails_of(&ctx, &key)).await
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
    let mut customers = BTreeSet::new();
    for person in people.iter().take(5) {
        if let Whose::Customer(id) = of_person(ctx, person)?.whose {
            customers.insert(id);
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
fn documents(
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

fn mails_of(ctx: &Context, key: &str) -> Result<Vec<MailOfDocument>> {
    // Search knows words: `PO-4711` and `PO4711` are two of them and one.
    let apart: Vec<String> = key.split('-').map(str::to_owned).collect();
    let mut ways = vec![apart.clone()];
    if let [letters, rest @ ..] = apart.as_slice()
        && letters.chars().all(char::is_alphabetic)
        && let [digits, tail @ ..] = rest
    {
        let glued = format!("{letters}{digits}");
        ways.push(std::iter::once(glued).chain(tail.iter().cloned()).collect());
    }
    let mut found = Vec::new();
    for words in ways {
        let term = Term::Text(Words {
            words,
            prefix: false,
        });
        let query = Query { terms: vec![term] };
        let page = ctx.store.read(|r| r.search(&query, None, MAILS))?;
        found.extend(page.hits.into_iter().map(|hit| MailOfDocument {
            message: hit.row.id,
            thread: hit.row.thread,
            subject: hit.row.subject,
            message_id: hit.row.message_id,
            date: hit.row.date,
        }));
    }
    found.sort_by_key(|mail| Reverse((mail.date, mail.message)));
    found.dedup_by(|a, b| a.message == b.message);
    Ok(found)
}
