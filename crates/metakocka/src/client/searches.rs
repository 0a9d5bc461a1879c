//! Searching documents.

use serde_json::{Map, Value};

use super::Client;
use crate::discovery::Discovery;
use crate::document::Document;
use crate::error::Error;
use crate::page::{Page, holds};
use crate::search::{Light, Search};

const SEARCH: &str = "/rest/eshop/v1/search";
const DISCOVERY: &str = "/rest/eshop/v1/search_query_advance_discovery";

impl Client {
    /// One page of full documents.
    ///
    /// # Errors
    /// As [`Error`] has them; nothing found is an empty page.
    pub async fn search(&self, search: &Search) -> Result<Page<Document>, Error> {
        let asked = (search.offset, search.limit());
        let Some(answer) = self.found(search, true).await? else {
            return Ok(Page::empty(asked.0, asked.1));
        };
        Ok(Page::read(&answer, "result", asked, |row, id| {
            Document::read(row, id, &search.doc_type)
        }))
    }

    /// One page of ids, numbers and states.
    ///
    /// # Errors
    /// As [`Error`] has them; nothing found is an empty page.
    pub async fn search_light(&self, search: &Search) -> Result<Page<Light>, Error> {
        let asked = (search.offset, search.limit());
        let Some(answer) = self.found(search, false).await? else {
            return Ok(Page::empty(asked.0, asked.1));
        };
        Ok(Page::read(&answer, "result", asked, Light::read))
    }

    /// Which filters the installation knows, by type of document.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn discovery(&self) -> Result<Discovery, Error> {
        let answer = self.read_object(DISCOVERY, &Map::new()).await?;
        let discovery = Discovery::read(&answer);
        if discovery.filters.is_empty() {
            return Err(Error::Garbled {
                why: "it names no document type".to_owned(),
            });
        }
        Ok(discovery)
    }

    async fn found(
        &self,
        search: &Search,
        full: bool,
    ) -> Result<Option<Map<String, Value>>, Error> {
        match self.search_object(SEARCH, &search.body(full)).await {
            Ok(answer) => {
                holds(&answer, "result", &["result_all_records", "result_count"])?;
                Ok(Some(answer))
            }
            Err(Error::Refused { message, .. } | Error::NotFound { message })
                if says_none(&message) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Complaints say that there are none by an error: “No complaints found”.
fn says_none(message: &str) -> bool {
    let message = message.to_lowercase();
    message.starts_with("no ") && message.trim_end_matches('.').ends_with(" found")
}

#[cfg(test)]
mod tests {
    use super::says_none;

    #[test]
    fn only_finding_none_is_no_error() {
        assert!(says_none("No complaints found"));
        assert!(
            !says_none("Partner not found"),
            "a filter nobody can apply is one"
        );
    }
}
