//! Reading single things and registers.

use serde_json::{Map, Value, json};

use super::{Call, Client, Kind};
use crate::answer;
use crate::dialect::{Defect, Defects, Reader};
use crate::document::{Attachment, Document, Payment};
use crate::error::Error;
use crate::id::{DocType, MkId};
use crate::page::{Page, holds};
use crate::partner::Partner;
use crate::product::{Product, ProductQuery};
use crate::search::{Show, switch_on};
use crate::stock::{StockQuery, StockRow, Warehouse};

pub(crate) const GET_DOCUMENT: &str = "/rest/eshop/v1/get_document";
const GET_PARTNER: &str = "/rest/eshop/v1/get_partner";
const PRODUCT_LIST: &str = "/rest/eshop/v1/json/product_list";
const WAREHOUSE_LIST: &str = "/rest/eshop/v1/json/warehouse_list";
const WAREHOUSE_STOCK: &str = "/rest/eshop/v1/json/warehouse_stock";

/// What a partner is looked up by. The service compares names by what they contain; how it compares addresses is not
/// documented, so look at what comes back before taking it for the one meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartnerKey {
    /// Its id.
    Id(MkId),
    /// A part of its name.
    Name(String),
    /// Its tax number.
    TaxNumber(String),
    /// The e-mail address of a contact.
    Email(String),
    /// The phone number of a contact.
    Phone(String),
}

impl PartnerKey {
    fn field(&self) -> (&'static str, &str) {
        match self {
            Self::Id(id) => ("partner_id", id.as_str()),
            Self::Name(text) => ("partner_name", text),
            Self::TaxNumber(text) => ("partner_tax_number", text),
            Self::Email(text) => ("partner_email", text),
            Self::Phone(text) => ("partner_phone_number", text),
        }
    }
}

impl Client {
    /// One document, with what could not be read of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not there; otherwise as [`Error`] has them.
    pub async fn get_document(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
        show: &[Show],
    ) -> Result<(Document, Vec<Defect>), Error> {
        let answer = self.document_answer(doc_type, mk_id, show).await?;
        document(&answer, doc_type)
    }

    /// Payments noted on a document.
    ///
    /// # Errors
    /// As [`get_document`](Self::get_document).
    pub async fn payments(&self, doc_type: &DocType, mk_id: &MkId) -> Result<Vec<Payment>, Error> {
        let (document, _defects) = self
            .get_document(doc_type, mk_id, &[Show::Payments])
            .await?;
        Ok(document.payments)
    }

    /// Files on a document.
    ///
    /// # Errors
    /// As [`get_document`](Self::get_document).
    pub async fn attachments(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
    ) -> Result<Vec<Attachment>, Error> {
        let (document, _defects) = self
            .get_document(doc_type, mk_id, &[Show::Attachments])
            .await?;
        Ok(document.attachments)
    }

    /// The bytes of a file on a document. The key does not go along, and only the installation itself is asked: `None`
    /// where the file has no address there, or is there no more.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn attached_bytes(&self, file: &Attachment) -> Result<Option<Vec<u8>>, Error> {
        let ours = |url: &&str| self.0.line.is_ours(url);
        let Some(address) = file.source_url.as_deref().filter(ours) else {
            return Ok(None);
        };
        let nothing = Map::new();
        let call = Call {
            address: Some(address),
            ..Call::new(Kind::Read, GET_DOCUMENT, &nothing)
        };
        self.ask(call, answer::bytes).await
    }

    /// Partners that fit; none is an empty page.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn get_partner(&self, key: &PartnerKey) -> Result<Page<Partner>, Error> {
        let (field, value) = key.field();
        let mut body = object(json!({ "show_partner_discount": "true" }));
        body.insert(field.to_owned(), json!(value));
        match self.read_object(GET_PARTNER, &body).await {
            Ok(answer) => {
                holds(&answer, "partner_list", &["partner_list_count"])?;
                let asked = (0, u32::MAX);
                Ok(Page::read(&answer, "partner_list", asked, Partner::read))
            }
            Err(Error::NotFound { .. }) => Ok(Page::empty(0, 0)),
            Err(error) => Err(error),
        }
    }

    /// One page of products. The service says no total: read on while there is a
    /// [next page](Page::next_offset).
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn product_list(&self, query: &ProductQuery) -> Result<Page<Product>, Error> {
        let answer = self.read_object(PRODUCT_LIST, &query.body()).await?;
        holds(&answer, "product_list", &["product_list_count"])?;
        let asked = (query.offset, query.limit());
        Ok(Page::read(&answer, "product_list", asked, Product::read))
    }

    /// All warehouses.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn warehouse_list(&self) -> Result<Page<Warehouse>, Error> {
        let answer = self.read_object(WAREHOUSE_LIST, &Map::new()).await?;
        holds(&answer, "warehouse_list", &[])?;
        Ok(Page::read(
            &answer,
            "warehouse_list",
            (0, u32::MAX),
            Warehouse::read,
        ))
    }

    /// One page of stock: read on while there is a [next page](Page::next_offset).
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn warehouse_stock(&self, query: &StockQuery) -> Result<Page<StockRow>, Error> {
        let answer = self.read_object(WAREHOUSE_STOCK, &query.body()).await?;
        // It repeats where the page begins, whatever is on it.
        holds(&answer, "stock_list", &["offset", "limit"])?;
        let asked = (query.offset, query.limit());
        Ok(Page::read(&answer, "stock_list", asked, StockRow::read))
    }

    pub(crate) async fn document_answer(
        &self,
        doc_type: &DocType,
        mk_id: &MkId,
        show: &[Show],
    ) -> Result<Map<String, Value>, Error> {
        let mut body = object(json!({ "doc_type": doc_type.as_str(), "doc_id": mk_id.as_str() }));
        switch_on(&mut body, show);
        self.read_object(GET_DOCUMENT, &body).await
    }
}

/// Reads the answer that is one document.
pub(crate) fn document(
    answer: &Map<String, Value>,
    asked: &DocType,
) -> Result<(Document, Vec<Defect>), Error> {
    let defects = Defects::default();
    let reader = Reader::new(answer, &defects);
    let id = reader.id("mk_id").ok_or_else(|| Error::Garbled {
        why: "it is a document without mk_id".to_owned(),
    })?;
    let document = Document::read(reader.named(&id), id.clone(), asked);
    Ok((document, defects.into_vec()))
}

/// The map of a literal object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
