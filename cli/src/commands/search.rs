//! `search`

use anyhow::{Context as _, Result};
use kontor_engine::{Code, Error, Found};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use crate::args::SearchArgs;
use crate::lines::{self, Text};
use crate::output;
use crate::rows::{self, Paths};

pub(super) async fn run(app: &App, args: SearchArgs) -> Result<()> {
    let paths = app.engine.paths().await?;
    if args.jsonl {
        return jsonl(app, &paths).await;
    }
    let query = args.query.unwrap_or_default();
    let found = app
        .engine
        .search(&query, args.after, limit(args.limit), false)
        .await?;
    if !found.problems.is_empty() {
        return Err(Error {
            code: Code::Usage,
            message: found.problems.join(" "),
        }
        .into());
    }
    let mut text = format!(
        "{} found, {:.0} % of bodies searchable",
        found.page.total,
        found.page.coverage * 100.0
    );
    for hit in &found.page.hits {
        let from = hit
            .row
            .from
            .first()
            .map(kontor_engine::model::Address::label)
            .unwrap_or_default();
        text.push_str(&format!(
            "\n{}\t{}\t{from}\t{}",
            hit.row.id, hit.row.date, hit.row.subject
        ));
    }
    app.answer(&value(&found, &paths), &text);
    Ok(())
}

/// 0 is all.
fn limit(limit: u32) -> u32 {
    if limit == 0 { u32::MAX } else { limit }
}

fn value(found: &Found, paths: &Paths) -> Value {
    let results: Vec<Value> = found
        .page
        .hits
        .iter()
        .map(|h| rows::hit(h, paths))
        .collect();
    json!({ "total": found.page.total, "coverage": found.page.coverage, "next": found.page.next, "results": results })
}

#[derive(Deserialize)]
struct Line {
    id: Value,
    query: Text,
    limit: Option<u32>,
}

async fn jsonl(app: &App, paths: &Paths) -> Result<()> {
    for line in lines::stdin() {
        let line = line.context("read stdin")?;
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(asked) => one(app, paths, asked).await,
            Err(e) => lines::unreadable(&line, "{\"id\",\"query\"}", &e),
        };
        if !output::json(&answer) {
            break;
        }
    }
    Ok(())
}

async fn one(app: &App, paths: &Paths, asked: Line) -> Value {
    match app
        .engine
        .search(
            &asked.query.0,
            None,
            limit(asked.limit.unwrap_or(50)),
            false,
        )
        .await
    {
        Ok(found) if !found.problems.is_empty() => {
            lines::refusal(&asked.id, Code::Usage, &found.problems.join(" "))
        }
        Ok(found) => {
            let mut answer = value(&found, paths);
            if let Some(fields) = answer.as_object_mut() {
                fields.insert("id".into(), asked.id);
                fields.insert("ms".into(), json!(found.ms));
            }
            answer
        }
        Err(e) => lines::refusal(&asked.id, e.code, &e.message),
    }
}
