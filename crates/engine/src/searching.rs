//! Searching: the language of `mail`, the answers of `store`.

use std::sync::Arc;
use std::time::Instant;

use kontor_mail::search::{self, Parsed};
use kontor_store::SearchPage;

use crate::context::{Context, blocking};
use crate::crm::asked;
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
        let started = Instant::now();
        let ctx = Arc::clone(&self.ctx);
        let (page, parsed) = blocking(move || {
            let parsed = with_facts(&ctx, parsed)?;
            let page = ctx
                .store
                .read(|r| r.search(&parsed.query, after.as_deref(), limit))?;
            Ok((page, parsed))
        })
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

/// A search whose questions about customers are terms, too.
pub(crate) fn with_facts(ctx: &Context, mut parsed: Parsed) -> Result<Parsed> {
    let facts = std::mem::take(&mut parsed.facts);
    if !facts.is_empty() {
        let (terms, problems) = asked::terms(ctx, facts)?;
        parsed.query.terms.extend(terms);
        parsed.problems.extend(problems);
    }
    Ok(parsed)
}
