//! Customers by name, for whoever ties an address to one, and documents by number, for whoever searches.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_store::{CustomerRow, DocumentRow, Read, number_key};

use super::dossier::{Reckoning, document};
use super::family;
use super::view::FoundDocument;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::Result;

/// A number begins with so many letters and digits at least: fewer begin half of all.
const SHORTEST: usize = 3;
/// Words of a search looked at.
const WORDS: usize = 8;

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

    /// Returns the documents whose numbers begin as a search does, or one of its words, or the value of its `doc:`; the
    /// highest numbers first, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn documents_numbered_like(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<FoundDocument>> {
        let (ctx, numbers) = (Arc::clone(&self.ctx), numbers(text));
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let (now, moment) = (ctx.clock.now(), ctx.moment());
        blocking(move || {
            let families = family::families(&ctx)?;
            Ok(ctx.store.read(|r| {
                let reckoning = Reckoning::of(r, now, moment)?;
                let mut names: BTreeMap<String, String> = BTreeMap::new();
                let mut found = Vec::new();
                for row in beginning(r, &numbers, limit)? {
                    let customer = families.main(&row.customer);
                    if !names.contains_key(&customer) {
                        let name = r.customer(&customer)?.map(|row| row.name);
                        names.insert(customer.clone(), name.unwrap_or_default());
                    }
                    found.push(FoundDocument {
                        customer_name: names.get(&customer).cloned().unwrap_or_default(),
                        customer,
                        document: document(row, &reckoning),
                    });
                }
                Ok(found)
            })?)
        })
        .await
    }
}

/// What of a search may be a number, the whole of it first; as numbers are looked up.
fn numbers(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter_map(|word| match word.split_once(':') {
            None => Some(word),
            Some((name, value)) if ["doc", "dok", "dokument"].contains(&name) => Some(value),
            Some(_) => None,
        })
        .take(WORDS)
        .collect();
    let whole = words.join(" ");
    let mut keys = Vec::new();
    for number in std::iter::once(whole.as_str()).chain(words) {
        let key = number_key(number);
        let letters = key.chars().filter(|c| c.is_alphanumeric()).count();
        let has_digit = key.chars().any(|c| c.is_ascii_digit());
        if letters >= SHORTEST && has_digit && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn beginning(
    r: &Read<'_>,
    numbers: &[String],
    limit: u32,
) -> kontor_store::Result<Vec<DocumentRow>> {
    let mut found: Vec<DocumentRow> = Vec::new();
    for number in numbers {
        for row in r.documents_beginning(number, limit)? {
            if !found.iter().any(|known| known.id == row.id) {
                found.push(row);
            }
        }
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::numbers;

    #[rstest]
    #[case::whole("2026-1187", &["2026-1187"])]
    #[case::with_a_blank("PO 47", &["po-47"])]
    #[case::among_words("račun 2026-11", &["racun-2026-11", "2026-11"])]
    #[case::of_the_operator("from:ana dok:RA-2026/00", &["ra-2026-00"])]
    #[case::too_short("26", &[])]
    #[case::no_digit("ponudba", &[])]
    #[case::another_operator("after:2026-11-20", &[])]
    fn a_search_may_name_documents(#[case] text: &str, #[case] want: &[&str]) {
        assert_eq!(numbers(text), want, "{text}");
    }
}
