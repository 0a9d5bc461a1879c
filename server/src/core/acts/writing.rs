//! The one moment at which something is written.

use kontor_metakocka as mk;
use kontor_metakocka::DocType;
use kontor_protocol::{Act, ActId, ActPreview, DocumentName, NewPayment};

use super::file::Brought;
use super::{documents, partners};

/// An act and where it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    pub(super) client: &'a mk::Client,
    pub(super) id: ActId,
    pub(super) act: &'a Act,
    /// Where it brings a file.
    pub(super) file: Option<Brought>,
    /// It may have been done before, and the server does not know.
    pub(super) doubt: bool,
}

impl Site<'_> {
    /// The act's name in the ERP's change log.
    pub(super) fn trace(&self) -> Result<mk::Trace, mk::Error> {
        mk::Trace::new(format!("kontor:{}", self.id))
    }
}

/// Sends the act with its file, once; answers the id of what was written or changed.
pub(super) async fn write(
    site: &Site<'_>,
    preview: &ActPreview,
    file: Option<mk::FileDraft>,
) -> Result<mk::MkId, mk::Error> {
    let client = site.client;
    match site.act {
        Act::AddPartner(wanted) => {
            let draft = partners::partner_draft(wanted);
            Ok(client.add_partner(&draft).await?.mk_id)
        }
        Act::AddContact(wanted) => {
            let partner = partners::partner(client, &wanted.customer).await?;
            let update = partners::contact_update(&partner, wanted);
            client.update_partner(&update).await?;
            Ok(partner.mk_id)
        }
        Act::AddDocument(wanted) => {
            let partner = partners::partner(client, &wanted.customer).await?;
            let draft = documents::draft(wanted, preview, &partner);
            Ok(client.put_document(&draft, &site.trace()?).await?.mk_id)
        }
        Act::SetStatus { document, status } => {
            let (doc_type, id) = named(document);
            if doc_type == DocType::SalesOrder {
                client
                    .change_document_status(&doc_type, &id, status, None)
                    .await?;
            } else {
                let changes = mk::Changes {
                    status_code: Some(status.clone()),
                    ..mk::Changes::default()
                };
                client
                    .update_document(&doc_type, &id, &changes, None)
                    .await?;
            }
            Ok(id)
        }
        Act::AddPayment(wanted) => {
            let payment = transaction(wanted);
            client.put_transaction(&payment).await?;
            Ok(payment.document)
        }
        Act::AttachFile { document, .. } => {
            let (doc_type, id) = named(document);
            let file = file.ok_or_else(|| {
                mk::Error::Settings("The file did not arrive whole. Attach it anew.".to_owned())
            })?;
            client.add_attachment(&doc_type, &id, vec![file]).await?;
            Ok(id)
        }
    }
}

pub(super) fn named(document: &DocumentName) -> (DocType, mk::MkId) {
    let doc_type = DocType::from(document.doc_type.as_str());
    (doc_type, mk::MkId::new(&document.id))
}

pub(super) fn transaction(wanted: &NewPayment) -> mk::Transaction {
    let (doc_type, document) = named(&wanted.document);
    mk::Transaction {
        doc_type,
        document,
        mode: mk::PaymentMode::Payment,
        payment_type: wanted.way.trim().to_owned(),
        date: wanted.date,
        amount: super::words::decimal(wanted.amount),
        cash_register: None,
        notes: super::words::some(&wanted.notes),
    }
}
