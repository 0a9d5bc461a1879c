//! What would be written, asked of the ERP anew each time.

use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Show};
use kontor_model::Amount;
use kontor_protocol::{Act, ActPreview, DocumentName};
use sha2::{Digest as _, Sha256};

use super::file::{Brought, There, there};
use super::words::{amount, changes, new, some, stays, text};
use super::writing::Site;
use super::{documents, partners};

/// What the act would write now, with a token that names it; without one where it cannot be done.
pub(super) async fn of(site: &Site<'_>) -> Result<ActPreview, mk::Error> {
    let client = site.client;
    let asked = match site.act {
        Act::AddPartner(wanted) => partners::preview_partner(client, wanted).await,
        Act::AddContact(wanted) => partners::preview_contact(client, wanted).await,
        Act::AddDocument(wanted) => documents::preview(client, wanted).await,
        Act::SetStatus { document, status } => status_of(client, document, status).await,
        Act::AddPayment(wanted) => payment_on(client, wanted).await,
        Act::AttachFile { document, name, .. } => file_on(site, document, name).await,
    };
    let mut preview = match asked {
        Ok(preview) => preview,
        // Not there any more: that is an answer, too.
        Err(e @ mk::Error::NotFound { .. }) => ActPreview {
            problems: vec![e.to_string()],
            ..ActPreview::default()
        },
        Err(e) => return Err(e),
    };
    preview.token = token(&preview);
    Ok(preview)
}

/// SHA-256 of all that counts; empty where something stands in the way.
fn token(preview: &ActPreview) -> String {
    if !preview.problems.is_empty() {
        return String::new();
    }
    let mut counts = preview.clone();
    counts.notes.clear();
    for line in &mut counts.lines {
        line.stock = None;
    }
    // Our own values: they cannot fail to serialise.
    let bytes = serde_json::to_vec(&counts).unwrap_or_default();
    let sum = Sha256::new_with_prefix("kontor: preview of an act\0").chain_update(bytes);
    sum.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// A document as it is now, and the fields every change of it rests on.
async fn standing(
    client: &mk::Client,
    name: &DocumentName,
) -> Result<(mk::Document, ActPreview), mk::Error> {
    let doc_type = DocType::from(name.doc_type.as_str());
    let id = mk::MkId::new(&name.id);
    let (document, _defects) = client
        .get_document(&doc_type, &id, &[Show::Payments])
        .await?;
    let customer = document.partner.as_ref().and_then(|p| p.name.as_ref());
    let mut preview = ActPreview {
        currency: text(document.currency_code.as_ref()),
        total: amount(document.sums.all),
        ..ActPreview::default()
    };
    preview.fields = vec![
        stays("number", text(document.count_code.as_ref())),
        stays("customer", text(customer)),
    ];
    Ok((document, preview))
}

async fn status_of(
    client: &mk::Client,
    name: &DocumentName,
    status: &str,
) -> Result<ActPreview, mk::Error> {
    let (document, mut preview) = standing(client, name).await?;
    let before = status_word(&document);
    if before == status {
        let why = "The document has this state already.";
        preview.problems.push(why.to_owned());
    }
    if document.doc_type != DocType::SalesOrder && !document.doc_type.is_bill() {
        preview.problems.push(
            "Metakocka lets other programs change the state of orders and invoices only. Change this one there."
                .to_owned(),
        );
    }
    preview.fields.push(changes("status", before, status));
    Ok(preview)
}

/// The stable word, else the label.
pub(super) fn status_word(document: &mk::Document) -> String {
    let word = text(document.status_desc.as_ref());
    if word.is_empty() {
        text(document.status_code.as_ref())
    } else {
        word
    }
}

async fn payment_on(
    client: &mk::Client,
    wanted: &kontor_protocol::NewPayment,
) -> Result<ActPreview, mk::Error> {
    let (document, mut preview) = standing(client, &wanted.document).await?;
    let paid = amount(document.sums.paid);
    preview.fields.extend([
        changes(
            "paid",
            paid.to_string(),
            paid.plus(wanted.amount).to_string(),
        ),
        new("amount", wanted.amount.to_string()),
        new("date", wanted.date.to_string()),
        new("way", wanted.way.trim()),
    ]);
    preview
        .fields
        .extend(some(&wanted.notes).map(|notes| new("notes", notes)));
    if wanted.notes.chars().count() > 100 {
        preview
            .problems
            .push("Metakocka takes 100 characters about a payment. Shorten it.".to_owned());
    }
    let open = preview.total.minus(paid);
    if wanted.amount > open {
        preview.notes.push("This is more than is open.".to_owned());
    }
    let same = |p: &mk::Payment| amount(p.amount) == wanted.amount && p.date == Some(wanted.date);
    if document.payments.iter().any(same) {
        preview
            .notes
            .push("A payment of the same day and amount is noted there already.".to_owned());
    }
    if wanted.amount <= Amount::ZERO {
        preview
            .problems
            .push("A payment is more than nothing.".to_owned());
    }
    Ok(preview)
}

async fn file_on(
    site: &Site<'_>,
    name: &DocumentName,
    file: &str,
) -> Result<ActPreview, mk::Error> {
    let (document, mut preview) = standing(site.client, name).await?;
    match site.file {
        Some(Brought::Whole { size, hash }) => preview.fields.extend([
            new("file", file),
            new("bytes", size.to_string()),
            new("sha256", hash.to_string()),
        ]),
        Some(Brought::Awaited) => preview.problems.push(
            "The file has not arrived at the server yet. Look at it again in a moment.".to_owned(),
        ),
        Some(Brought::Broken) | None => preview
            .problems
            .push("The file did not arrive whole. Attach it anew.".to_owned()),
    }
    let (_unread, there) = there(site, name, file, site.doubt).await?;
    let note = match there {
        There::Same => {
            Some("This very file is attached there already. It will not be attached twice.")
        }
        There::Unread => Some(
            "A file that may be this one is attached there already. Look there before you say yes.",
        ),
        // Only of orders is it documented that their files are shown.
        There::Namesake | There::No if site.doubt && document.doc_type != DocType::SalesOrder => {
            Some(
                "It may be attached already: the server does not know what became of an earlier yes, and Metakocka does not show the files of such documents. Look there before you say yes.",
            )
        }
        There::Namesake => Some("Another file of this name is attached there already."),
        There::No => None,
    };
    preview.notes.extend(note.map(str::to_owned));
    Ok(preview)
}
