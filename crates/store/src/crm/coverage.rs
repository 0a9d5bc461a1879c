//! Which of the addresses in the mail here the ERP's directory knows.

use kontor_model::Millis;

use crate::{Read, Result};

impl Read<'_> {
    /// Returns the addresses (lower case) that mail since a moment has in From, To or Cc, and whether a customer has each.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn addresses_since(&self, since: Millis) -> Result<Vec<(String, bool)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT address, EXISTS (SELECT 1 FROM customer_address c WHERE c.address = m.address)
             FROM mail_address m WHERE last_at >= ?1",
        )?;
        let rows = statement.query_map([since.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
