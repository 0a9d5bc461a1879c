//! Writing. Every write is sent once; what happened to one without an answer is found out in `traces`.

use serde_json::{Map, Value, json};

use super::lookups::object;
use super::{Call, Client, Kind};
use crate::dialect::{Decimal, Defects, Reader};
use crate::draft::{
    Changes, DocumentDraft, FileDraft, PartnerDraft, PartnerUpdate, Trace, Transaction,
    changes_body, document_body, files_body, transaction_body,
};
use crate::error::Error;
use crate::id::{DocType, MkId};
use crate::page::Page;
use crate::partner::Partner;

const PUT_DOCUMENT: &str = "/rest/eshop/v1/put_document";
const UPDATE_DOCUMENT: &str = "/rest/eshop/v1/update_document";
const DELETE_DOCUMENT: &str = "/rest/eshop/v1/delete_document";
const CHANGE_STATUS: &str = "/rest/eshop/v1/change_document_status";
const ADD_PARTNER: &str = "/rest/eshop/v1/add_partner";
const UPDATE_PARTNER: &str = "/rest/eshop/v1/update_partner";
const PUT_TRANSACTION: &str = "/rest/eshop/v1/put_transaction";
const ADD_ATTACHMENT: &str = "/rest/eshop/add_attachment";

/// A document that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub mk_id: MkId,
    /// Its number shown to people.
    pub count_code: Option<String>,
    /// The partner it was written for. Another one than asked for means that the service made a new partner.
    pub partner: Option<MkId>,
    /// Its sum with tax; only orders are answered with it.
    pub total: Option<Decimal>,
}

/// A partner that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedPartner {
    /// Its id.
    pub mk_id: MkId,
    /// Its contact's id.
    pub contact: Option<MkId>,
    /// Its addresses' ids.
    pub addresses: Vec<MkId>,
}

impl Client {
    /// Writes a document, new or in place of one that is there. Read it back and compare: the service drops what it does
    /// not know without a word.
    ///
    /// # Errors
    /// [`Error::Settings`] for a draft the service would not take as it is meant; after [`Error::UnknownOutcome`] ask
    /// [`find_written`](Self::find_written); otherwise as [`Error`] has them.
    pub async fn put_document(
        &self,
        draft: &DocumentDraft,
        trace: &Trace,
    ) -> Result<Written, Error> {
        draft.check()?;
        let answer = self
            .write(PUT_DOCUMENT, &document_body(draft, trace))
            .await?;
        let defects = Defects::default();
        let reader = Reader::new(&answer, &defects);
        Ok(Written {
            mk_id: reader.id("mk_id").ok_or_else(nameless)?,
            count_code: reader.text("count_code"),
            partner: reader.one("partner").and_then(|p| p.id("mk_id")),
            total: reader.decimal("total_price"),
        })
    }

    /// Changes parts of a document. Doing it twice does no harm but for added lines; after [`Error::UnknownOutcome`] read
    /// the document.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn update_document(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
        changes: &Changes,
        trace: Option<&Trace>,
    ) -> Result<(), Error> {
        let body = changes_body(doc_type, mk_id, changes, trace);
        self.write(UPDATE_DOCUMENT, &body).await.map(drop)
    }

    /// Deletes a document. One that is not there is [`Error::NotFound`].
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn delete_document(&self, doc_type: &DocType, mk_id: &MkId) -> Result<(), Error> {
        let body = object(json!({ "doc_type": doc_type.as_str(), "mk_id": mk_id.as_str() }));
        self.write(DELETE_DOCUMENT, &body).await.map(drop)
    }

    /// Sets the state of an order, by the register's description. Which there are cannot be asked: they are seen on
    /// documents only. `as_user` is the e-mail address of whose doing it is.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn change_document_status(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
        status: &str,
        as_user: Option<&str>,
    ) -> Result<(), Error> {
        let mut body = object(json!({
            "doc_type": doc_type.as_str(),
            "mk_id": mk_id.as_str(),
            "status_code": status,
        }));
        body.extend(as_user.map(|user| ("api_user_email".to_owned(), json!(user))));
        self.write(CHANGE_STATUS, &body).await.map(drop)
    }

    /// Adds a partner. The service does not look whether there is one like it.
    ///
    /// # Errors
    /// After [`Error::UnknownOutcome`] ask [`find_added_partner`](Self::find_added_partner); otherwise as [`Error`] has them.
    pub async fn add_partner(&self, draft: &PartnerDraft) -> Result<AddedPartner, Error> {
        if draft.name.trim().is_empty() {
            return Err(Error::Settings(
                "A partner needs a name. Enter one.".to_owned(),
            ));
        }
        let answer = self.write(ADD_PARTNER, &draft.body()).await?;
        let defects = Defects::default();
        let reader = Reader::new(&answer, &defects);
        Ok(AddedPartner {
            mk_id: reader.id("mk_id").ok_or_else(nameless)?,
            contact: reader.id("mk_contact_id"),
            addresses: reader.rows("mk_address_id_list", |_row, id| id),
        })
    }

    /// Changes a partner; answers with the partner as it is now, where the service says so.
    ///
    /// # Errors
    /// As [`Error`] has them. After [`Error::UnknownOutcome`] read the partner.
    pub async fn update_partner(&self, update: &PartnerUpdate) -> Result<Option<Partner>, Error> {
        let answer = self.write(UPDATE_PARTNER, &update.body()).await?;
        let page = Page::read(&answer, "partner_list", (0, u32::MAX), Partner::read);
        // The vendor's sample is a list of one; a bare partner is taken, too.
        let defects = Defects::default();
        let reader = Reader::new(&answer, &defects);
        let bare = reader.id("mk_id").map(|id| Partner::read(reader, id));
        let mut partners = page.items.into_iter().chain(bare);
        Ok(partners.find(|partner| partner.mk_id == update.mk_id))
    }

    /// Notes a payment on an order, a bill or an offer. Ask for its [payments](Self::payments) before: they are what
    /// [`find_payment`](Self::find_payment) compares with.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn put_transaction(&self, payment: &Transaction) -> Result<(), Error> {
        let body = transaction_body(payment);
        self.write(PUT_TRANSACTION, &body).await.map(drop)
    }

    /// Attaches files to a document. Doing it twice attaches them twice: after [`Error::UnknownOutcome`] look at its
    /// [attachments](Self::attachments).
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn add_attachment(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
        files: Vec<FileDraft>,
    ) -> Result<(), Error> {
        let body = files_body(doc_type, mk_id, files);
        self.write(ADD_ATTACHMENT, &body).await.map(drop)
    }

    pub(super) async fn write(
        &self,
        path: &'static str,
        body: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        self.object(Call::new(Kind::Write, path, body)).await
    }
}

/// A write was answered well, but not with what was written.
pub(super) fn nameless() -> Error {
    Error::UnknownOutcome {
        why: "the answer names nothing that was written".to_owned(),
    }
}
