//! Writing products.

use super::Client;
use super::writes::nameless;
use crate::dialect::{Defects, Reader};
use crate::draft::{ProductDraft, ProductUpdate};
use crate::error::Error;
use crate::id::MkId;

const PRODUCT_ADD: &str = "/rest/eshop/v1/json/product_add";
const PRODUCT_UPDATE: &str = "/rest/eshop/v1/json/product_update";

/// A product that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedProduct {
    /// Its id.
    pub mk_id: MkId,
    /// Its number in the register.
    pub count_code: Option<String>,
}

impl Client {
    /// Adds a product. Whether the service refuses a code that is there already is not documented: look for it
    /// ([`ProductQuery::code`](crate::ProductQuery::code)) before, and after [`Error::UnknownOutcome`].
    ///
    /// # Errors
    /// [`Error::Settings`] for a draft the service would not take; otherwise as [`Error`] has them.
    pub async fn add_product(&self, draft: &ProductDraft) -> Result<AddedProduct, Error> {
        draft.check()?;
        let answer = self.write(PRODUCT_ADD, &draft.body()).await?;
        let defects = Defects::default();
        let reader = Reader::new(&answer, &defects);
        Ok(AddedProduct {
            mk_id: reader.id("mk_id").ok_or_else(nameless)?,
            count_code: reader.text("count_code"),
        })
    }

    /// Changes a product. Doing it twice does no harm but for prices that are added; after [`Error::UnknownOutcome`] read
    /// the product.
    ///
    /// # Errors
    /// [`Error::Settings`] for changes the service would not take; otherwise as [`Error`] has them.
    pub async fn update_product(&self, update: &ProductUpdate) -> Result<(), Error> {
        update.check()?;
        self.write(PRODUCT_UPDATE, &update.body()).await.map(drop)
    }
}
