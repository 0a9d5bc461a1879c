//! Table `mail_address`: the addresses the mail here has in From, To and Cc, once each; so that a customer is known to
//! write with us without looking through the mail.

use std::collections::BTreeMap;

use kontor_model::{Envelope, Millis};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 mail_address",
    sql: "
CREATE TABLE mail_address (
  address TEXT PRIMARY KEY NOT NULL,            -- lower case
  last_at INTEGER NOT NULL                      -- date of the newest such mail
) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO mail_address (address, last_at)
  SELECT lower(person.value ->> 1), max(m.date)
  FROM message m,
    json_each(CASE WHEN json_valid(m.people) THEN m.people ELSE '[]' END) list,
    json_each(CASE WHEN list.type = 'array' AND list.key < 3 THEN list.value ELSE '[]' END) person
  WHERE person.type = 'array' AND person.value ->> 1 <> ''
  GROUP BY 1;
",
};

impl Read<'_> {
    /// Returns the date of the newest mail here with this address (lower case).
    pub(crate) fn mail_address(&self, address: &str) -> Result<Option<Millis>> {
        Ok(self
            .conn
            .prepare_cached("SELECT last_at FROM mail_address WHERE address = ?1")?
            .query_row([address], |r| r.get(0).map(Millis))
            .optional()?)
    }
}

impl Write<'_> {
    /// Gathers the addresses of a mail; written once a transaction, because the mails of one have most of them in common.
    pub(crate) fn tally_addresses(&mut self, envelope: &Envelope, date: Millis) {
        let people = [&envelope.from, &envelope.to, &envelope.cc];
        // A date of the future must not keep a customer here for ever.
        let date = date.min(self.now);
        for address in people.into_iter().flatten() {
            let key = address.key();
            if key.is_empty() {
                continue;
            }
            let last = self.tally.addresses.entry(key).or_insert(date);
            *last = date.max(*last);
        }
    }

    /// Writes the addresses that were gathered and follows the customers they belong to.
    pub(crate) fn settle_addresses(&mut self) -> Result<()> {
        let addresses: BTreeMap<String, Millis> = std::mem::take(&mut self.tally.addresses);
        if addresses.is_empty() {
            return Ok(());
        }
        let customers = self
            .tx
            .prepare_cached("SELECT 1 FROM customer_address LIMIT 1")?
            .exists([])?;
        for (address, at) in addresses {
            let first = customers && self.mail_address(&address)?.is_none();
            let newer = self
                .tx
                .prepare_cached(
                    "INSERT INTO mail_address (address, last_at) VALUES (?1, ?2)
                     ON CONFLICT (address) DO UPDATE SET last_at = excluded.last_at WHERE excluded.last_at > last_at",
                )?
                .execute(params![address, at.0])?;
            if newer > 0 && customers {
                for customer in self.customers_of_address(&address)? {
                    self.follow_at(&customer.id, at)?;
                    if first {
                        // It was followed for another address: now this one tells whose mail it is, too.
                        self.touch_customers();
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kontor_model::Millis;
    use kontor_sqlite::{Database, Lane, Options};

    use super::MIGRATION;
    use crate::Store;
    use crate::schema::MIGRATIONS;

    #[test]
    fn the_mail_of_before_is_looked_through_once() {
        let dir = tempfile::tempdir().unwrap();
        let before = MIGRATIONS.iter().position(|m| m.name == MIGRATION.name);
        let before = MIGRATIONS.get(..before.unwrap()).unwrap();
        let db = Database::open(&dir.path().join("store.db"), &Options::default(), before).unwrap();
        db.write_blocking::<_, crate::Error, _>(Lane::Durable, |tx| {
            tx.execute_batch(
                r#"INSERT INTO thread (id) VALUES (1);
                PRAGMA defer_foreign_keys = on;
                INSERT INTO account (id, email, name, settings) VALUES (1, 'ana@hrast.example', '', '');
                INSERT INTO message (account_id, thread_id, doc, date, internal_date, size, key, people) VALUES
                  (1, 1, 1, 10, 1, 1, 1, '[[["Bor","Bor@Kupec.example"]],[["","ana@hrast.example"]],[],[["","reply@kupec.example"]]]'),
                  (1, 1, 2, 30, 1, 1, 2, '[[["Bor","bor@kupec.example"]],[],[["Cene","cene@kupec.example"]],[]]'),
                  (1, 1, 3, 40, 1, 1, 3, 'no json'),
                  (1, 1, 4, 50, 1, 1, 4, '{"a":[["x","strange@kupec.example"]]}'),
                  (1, 1, 5, 60, 1, 1, 5, '');"#,
            )?;
            Ok(())
        })
        .unwrap();
        drop(db);
        let store = Store::open(dir.path()).unwrap();
        for (address, want) in [
            ("bor@kupec.example", Some(30)),
            ("ana@hrast.example", Some(10)),
            ("cene@kupec.example", Some(30)),
            ("reply@kupec.example", None),
        ] {
            let found = store.read(|r| r.mail_address(address)).unwrap();
            assert_eq!(found, want.map(Millis), "{address}");
        }
    }
}
