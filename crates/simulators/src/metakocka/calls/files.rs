//! Files: prints of documents, and what is attached to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::documents::by_id;
use super::{Answer, Desk, KindAsked};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::document::{Attachment, Document};
use crate::metakocka::pdf::pdf;
use crate::metakocka::register::Kind;
use crate::metakocka::world::{World, document_place};

/// Prints of this installation, by document type.
const fn print(kind: Kind) -> &'static str {
    match kind {
        Kind::Offer => "36",
        Kind::Order => "37",
        Kind::Domestic | Kind::Foreign | Kind::Retail | Kind::Prepaid | Kind::CreditNote => "38",
        Kind::PurchaseOrder => "41",
        Kind::PurchaseDomestic
        | Kind::PurchaseForeign
        | Kind::PurchasePrepaid
        | Kind::PurchaseCreditNote => "42",
    }
}

/// A print as PDF, now or later.
pub(super) fn report(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    if let Some(token) = fields.filled("token") {
        return later(desk, &token);
    }
    let id = fields.needed("mk_id")?;
    let missing = || Refusal::missing(format!("Document with id {id} not found"));
    let place = id.trim().parse().ok().and_then(document_place);
    let document = place.and_then(|p| desk.world.document(p));
    let document = document.ok_or_else(missing)?;
    let wanted = fields.needed("report_id")?;
    if wanted != print(document.kind) {
        return Err(Refusal::bad(format!("Unknown report_id : {wanted}")));
    }
    for param in fields.objects("params") {
        let (name, value) = (param.needed("type")?, param.text("value"));
        if name == "REPORT_TYPE" && value.as_deref() != Some("PDF") {
            return Err(Refusal::bad("This installation prints only PDF"));
        }
    }
    let bytes = pdf(&printed(desk.world, &document));
    let name = format!("{}.pdf", document.code);
    if !fields.truth("async") {
        return Ok(Answer::File("application/pdf", bytes));
    }
    drop(document);
    let file = desk.world.keep_file(name, bytes);
    let token = desk.world.next_id();
    desk.world
        .reports()
        .insert(token.to_string(), (file, false));
    Ok(Object::success().text("token", token).into())
}

/// The first question is answered with how far it is, the second with where the file is.
fn later(desk: &mut Desk<'_>, token: &str) -> Result<Answer, Refusal> {
    let url = desk.url.to_owned();
    let report = desk.world.reports().get_mut(token);
    let (file, asked) =
        report.ok_or_else(|| Refusal::missing("Report with this token does not exist."))?;
    if !std::mem::replace(asked, true) {
        let progress = "Priprava podatkov 9 / 23";
        let reply = Object::success().text("token", token);
        return Ok(reply.text("progress", progress).into());
    }
    let url = format!("{url}/files/{file}");
    Ok(Object::success()
        .text("token", token)
        .text("url", url)
        .into())
}

/// The lines of a print.
fn printed(world: &World, document: &Document) -> Vec<String> {
    let partner = world.partner(document.partner).map(|p| p.name.clone());
    let mut lines = vec![
        format!("{} {}", document.kind.name(), document.code),
        partner.unwrap_or_default(),
        document.day.dotted(),
        String::new(),
    ];
    for line in &document.lines {
        let product = world.product(line.product).map(|p| p.name.clone());
        lines.push(format!(
            "{}   {}   {}",
            product.unwrap_or_default(),
            line.amount.comma(),
            line.price.thousands()
        ));
    }
    let all = document.sums().all.thousands();
    lines.push(format!("{all} {}", document.currency));
    lines
}

pub(super) fn add(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    let id = fields.needed("mk_id")?;
    let place = by_id(desk.world, kind, &id)?;
    if fields.objects("attachment_list").is_empty() {
        return Err(Refusal::bad("Missing parameter : attachment_list"));
    }
    attach(desk, place, fields)?;
    Ok(Object::success().into())
}

/// Keeps the files of `attachment_list` at a document. Those with an address of their own keep it.
pub(super) fn attach(desk: &mut Desk<'_>, place: u32, fields: Fields<'_>) -> Result<(), Refusal> {
    let mut read = Vec::new();
    for file in fields.objects("attachment_list") {
        let name = file.filled("file_name");
        let name = name.ok_or_else(|| Refusal::missing("file_name is required"))?;
        let source = match (file.filled("data_b64"), file.filled("source_url")) {
            (Some(data), _) => {
                let wrong = |_broken| Refusal::bad(format!("{name} is not Base64"));
                Ok(STANDARD.decode(data).map_err(wrong)?)
            }
            (None, Some(url)) => Err(url),
            (None, None) => return Err(Refusal::missing("data_b64 or source_url is required")),
        };
        read.push((name, source));
    }
    if read.is_empty() {
        return Ok(());
    }
    let mut attached = Vec::new();
    for (name, source) in read {
        let url = match source {
            Ok(bytes) => {
                let id = desk.world.keep_file(name.clone(), bytes);
                format!("{}/files/{id}", desk.url)
            }
            Err(url) => url,
        };
        attached.push(Attachment { name, url });
    }
    let entries = super::put::entries("CHANGE", fields)?;
    desk.world
        .change(place, entries, |d| d.attachments.extend(attached));
    Ok(())
}
