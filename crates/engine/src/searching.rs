//! Searching: the language of `mail`, the answers of `store`.

use std::time::Instant;

use kontor_mail::search;
use kontor_store::SearchPage;

use crate::engine::Engine;
use crate::error::{self, Result};

/// What a search found, and how it was understood.
#[derive(Clone, Debug)]
pub struct Found {
    /// The hits.
    pub page: SearchPage,
    /// The operators understood, as typed.
    pub operators: Vec<String>,
    /// What was not understood, a sentence each.
    pub problems: Vec<String>,
    /// How long it took inside, milliseconds.
    pub ms: f64,
}

impl Engine {
    /// Searches. With `typing` the last word is a beginning.
    ///
    /// # Errors
    /// When the store cannot be read or the cursor is not one of ours.
    pub async fn search(
        &self,
        text: &str,
        after: Option<String>,
        limit: u32,
        typing: bool,
    ) -> Result<Found> {
        error::cursor(after.as_deref(), 1)?;
        let parsed = if typing {
            search::parse_typing(text)
        } else {
            search::parse(text)
        };
        let query = parsed.query;
        let started = Instant::now();
        let page = self
            .ctx
            .read(move |r| r.search(&query, after.as_deref(), limit))
            .await?;
        let ms = started.elapsed().as_secs_f64() * 1000.0;
        Ok(Found {
            page,
            operators: parsed.operators,
            problems: parsed.problems,
            ms,
        })
    }
}
