//! What was there before a write, and what became of one whose answer did not come.

use jiff::Timestamp;
use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Outcome};
use kontor_model::Amount;
use kontor_protocol::{Act, ActOutcome, ActPreview, ActResult, NewDocument};

use super::file::{There, there};
use super::memo::Memo;
use super::preview::status_word;
use super::words::{decimal, text};
use super::writing::{Site, named, transaction};
use super::{documents, partners};

/// What a look came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The id of what is there.
    Written(mk::MkId),
    NotWritten,
    /// These may be it.
    CannotTell(Vec<ActResult>),
}

/// Notes how the world is before a write. A document or file is looked for even then: a server that was set back to a
/// backup does not know what it has written since.
pub(super) async fn before(
    site: &Site<'_>,
    memo: &mut Memo,
    shown: &ActPreview,
) -> Result<Option<Found>, mk::Error> {
    let client = site.client;
    match site.act {
        // Those somebody has looked at just now: one that comes from here on is not among them.
        Act::AddPartner(_) => {
            memo.partners = shown.twins.iter().map(|twin| twin.id.clone()).collect();
        }
        Act::AddDocument(wanted) => return traced(site, wanted, memo, shown.total).await.map(Some),
        Act::AddPayment(wanted) => {
            let payment = transaction(wanted);
            let there = client
                .payments(&payment.doc_type, &payment.document)
                .await?;
            memo.count = there.iter().filter(|p| is_like(p, &payment)).count();
        }
        Act::AttachFile { document, name, .. } => {
            let (unread, there) = there(site, document, name, site.doubt).await?;
            memo.count = unread;
            if there == There::Same {
                return Ok(Some(Found::Written(named(document).1)));
            }
        }
        Act::AddContact(_) | Act::SetStatus { .. } => {}
    }
    Ok(None)
}

/// What is still known of the world before a write that this server knows nothing of: it was set back to a backup from the
/// moment when somebody had said yes. It may have been sent at any time since, so from now on it is waited for.
pub(super) fn set_back(memo: &mut Memo, shown: &ActPreview, now: Timestamp) {
    memo.set_back = true;
    memo.sent_at = Some(now);
    memo.partners = shown.twins.iter().map(|twin| twin.id.clone()).collect();
}

/// Looks for what the act has done.
pub(super) async fn after(
    site: &Site<'_>,
    memo: &Memo,
    outcome: &ActOutcome,
) -> Result<Found, mk::Error> {
    let client = site.client;
    match site.act {
        Act::AddPartner(wanted) => {
            let mut twins = partners::twins(client, wanted).await?;
            twins.retain(|twin| !memo.partners.contains(&twin.id));
            let results = twins.iter().map(|twin| ActResult {
                id: twin.id.clone(),
                number: twin.name.clone(),
                customer: twin.id.clone(),
            });
            Ok(match (twins.as_slice(), results.collect()) {
                ([], _) => Found::NotWritten,
                ([only], _) => Found::Written(mk::MkId::new(&only.id)),
                (_, several) => Found::CannotTell(several),
            })
        }
        Act::AddContact(wanted) => {
            let partner = partners::partner(client, &wanted.customer).await?;
            let there = partners::has_contact(&partner, wanted);
            Ok(found(there, partner.mk_id))
        }
        Act::AddDocument(wanted) => {
            let total = outcome.preview.as_ref().map_or(Amount::ZERO, |p| p.total);
            traced(site, wanted, memo, total).await
        }
        Act::SetStatus { document, status } => {
            let (doc_type, id) = named(document);
            let (now, _defects) = client.get_document(&doc_type, &id, &[]).await?;
            Ok(found(status_word(&now) == *status, id))
        }
        Act::AddPayment(wanted) => {
            let payment = transaction(wanted);
            let like = mk::Payment {
                date: Some(payment.date),
                amount: Some(payment.amount),
                ..mk::Payment::default()
            };
            let before = vec![like; memo.count];
            Ok(match client.find_payment(&payment, &before).await? {
                // It may have been there before.
                Outcome::Written(_) if memo.set_back => Found::CannotTell(Vec::new()),
                Outcome::Written(_) => Found::Written(payment.document),
                Outcome::NotWritten => Found::NotWritten,
                Outcome::CannotTell(_) => Found::CannotTell(Vec::new()),
            })
        }
        Act::AttachFile { document, name, .. } => {
            let (doc_type, id) = named(document);
            let (unread, there) = there(site, document, name, true).await?;
            // One more that may be it: somebody else's is read, and is another.
            let one_more = unread > memo.count;
            if there == There::Same || (one_more && !memo.set_back) {
                return Ok(Found::Written(id));
            }
            if one_more {
                return Ok(Found::CannotTell(Vec::new()));
            }
            // Only of orders is it documented that their files are shown.
            Ok(if doc_type == DocType::SalesOrder {
                Found::NotWritten
            } else {
                Found::CannotTell(Vec::new())
            })
        }
    }
}

/// What one of them did could be taken for what the other did: the second one waits for the end of the first.
pub(super) fn are_alike(one: &Act, other: &Act) -> bool {
    match (one, other) {
        (Act::AddPartner(one), Act::AddPartner(other)) => partners::may_be_one(one, other),
        (Act::AddPayment(one), Act::AddPayment(other)) => {
            (&one.document, one.amount, one.date) == (&other.document, other.amount, other.date)
        }
        (
            Act::AttachFile { document, .. },
            Act::AttachFile {
                document: other, ..
            },
        ) => document == other,
        // The second one is there already, as the preview says; or it has a trace of its own.
        _ => false,
    }
}

fn found(there: bool, id: mk::MkId) -> Found {
    if there {
        Found::Written(id)
    } else {
        Found::NotWritten
    }
}

fn is_like(there: &mk::Payment, ours: &mk::Transaction) -> bool {
    there.amount == Some(ours.amount) && there.date == Some(ours.date)
}

/// By the trace, among the documents of the customer and day.
async fn traced(
    site: &Site<'_>,
    wanted: &NewDocument,
    memo: &Memo,
    total: Amount,
) -> Result<Found, mk::Error> {
    let sought = mk::Sought {
        doc_type: documents::doc_type(wanted.what),
        trace: site.trace()?,
        partner: mk::MkId::new(&wanted.customer),
        date: wanted.date,
        total: Some(decimal(total)),
        // Not by when it was entered: their clock is not ours.
        since: None,
    };
    Ok(match site.client.find_written(&sought).await? {
        Outcome::Written(document) => Found::Written(document.mk_id),
        Outcome::NotWritten => Found::NotWritten,
        // Nothing of ours has left yet: what somebody else wrote is not it.
        Outcome::CannotTell(_) if memo.sent_at.is_none() => Found::NotWritten,
        Outcome::CannotTell(documents) => Found::CannotTell(
            documents
                .into_iter()
                .map(|document| ActResult {
                    id: document.mk_id.to_string(),
                    number: text(document.count_code.as_ref()),
                    customer: wanted.customer.clone(),
                })
                .collect(),
        ),
    })
}
