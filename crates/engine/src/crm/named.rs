//! Customers by name, for whoever ties an address to one.

use kontor_store::CustomerRow;

use crate::engine::Engine;
use crate::error::Result;

impl Engine {
    /// Returns customers of the directory whose name has all these words, or beginnings of them; by name, at most
    /// `limit`. Empty where nothing is named.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn customers_named(&self, name: &str, limit: u32) -> Result<Vec<CustomerRow>> {
        let name = name.to_owned();
        self.ctx
            .read(move |r| r.customers_named(&name, limit))
            .await
    }
}
