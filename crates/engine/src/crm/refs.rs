//! Documents named in mails and what is attached to them, and mails that name a document.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_crm::numbers::{Candidate, candidates};
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
    /// Returns the documents a mail names, each once, in the order of subject, body and attachments; of PDFs once they were
    /// read. A number counts when a document here has it; a customer's own number only in a mail of this customer.
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

/// What a mail says, and where.
struct Said {
    place: &'static str,
    file: Option<String>,
    /// Numbers: as they stand there, and as documents are looked up.
    numbers: Vec<Candidate>,
}

impl Said {
    fn new(place: &'static str, file: Option<&str>, text: &str) -> Self {
        Self {
            place,
            file: file.map(str::to_owned),
            numbers: candidates(text),
        }
    }
}

fn said(ctx: &Context, message: MessageId) -> Result<(Vec<kontor_model::Address>, Vec<Said>)> {
    let (row, raw, papers) = ctx.store.read(|r| {
        let papers = r.paper_numbers(message)?;
        Ok((r.message(message)?, r.raw(message)?, papers))
    })?;
    let mut people = row.row.from;
    people.extend(row.reply_to);
    people.extend(row.row.to);
    let mut said = vec![Said::new("subject", None, &row.row.subject)];
    let Some(raw) = raw else {
        return Ok((people, said));
    };
    let mail = kontor_mime::parse(&raw);
    said.extend(mail.text.map(|text| Said::new("body", None, &text)));
    let html = mail.html.map(|html| html::to_text(&html));
    said.extend(html.map(|text| Said::new("body", None, &text)));
    for attachment in mail.attachments {
        let name = attachment.name.as_deref();
        said.extend(name.map(|text| Said::new("attachment", name, text)));
        let plain = attachment.content_type.starts_with("text/") && attachment.size <= ATTACHMENT;
        if plain && let Some((_, bytes)) = kontor_mime::attachment(&raw, attachment.n) {
            said.push(Said::new(
                "attachment",
                name,
                &String::from_utf8_lossy(&bytes),
            ));
        }
        let of_paper = papers.iter().filter(|number| number.part == attachment.n);
        let numbers = of_paper.map(|number| Candidate {
            text: String::new(),
            key: number.key.clone(),
        });
        said.push(Said {
            place: "attachment",
            file: attachment.name.clone(),
            numbers: numbers.collect(),
        });
    }
    Ok((people, said))
}

fn refs_of(ctx: &Context, message: MessageId) -> Result<Vec<DocRefView>> {
    let (people, said) = said(ctx, message)?;
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
        for Said {
            place,
            file,
            numbers,
        } in &said
        {
            for number in numbers {
                for row in documents(r, &number.key, &customers)? {
                    if seen.insert(row.id.clone()) {
                        // What stands in a paper is kept as it is looked up.
                        let text = Some(&number.text).filter(|text| !text.is_empty());
                        refs.push(DocRefView {
                            text: text.unwrap_or(&row.number).clone(),
                            place,
                            file: file.clone(),
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
