//! Accessibility as axe-core sees it: WCAG 2.2, levels A and AA.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::page;
use crate::webdriver::Session;

/// One rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule, as `color-contrast`.
    pub rule: String,
    /// What it asks for.
    pub help: String,
    /// The offending elements as HTML, at most a few.
    pub elements: Vec<String>,
}

/// What is still fading in has not the colours it will have: movements that end are waited for. Frames are left out: those of mails run no script, and what strangers write is not ours to correct.
const RUN: &str = "
const done = arguments[arguments.length - 1];
const only = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const moving = document.getAnimations().filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
Promise.allSettled(moving.map((a) => a.finished))
  .then(() => axe.run(document, { runOnly: only, iframes: false, resultTypes: ['violations'] }))
  .then((r) => done(r.violations), (e) => done(String(e)));";

/// Looks at what is shown now.
pub(crate) fn violations(session: &Session, ui: &Path) -> Result<Vec<Violation>> {
    let loaded = page::run(session, "return typeof axe === 'object'", &json!([]))?;
    if loaded != true {
        let file = ui.join("node_modules/axe-core/axe.min.js");
        let source =
            std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        page::run(session, &source, &json!([]))?;
    }
    let answer = session.post("/execute/async", &json!({ "script": RUN, "args": [] }))?;
    let list = answer
        .as_array()
        .with_context(|| format!("axe failed: {answer}"))?;
    Ok(list.iter().map(violation).collect())
}

fn violation(found: &Value) -> Violation {
    let text = |key| {
        found
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let nodes = found
        .get("nodes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let html = |n: &Value| {
        let summary = n
            .get("failureSummary")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .replace('\n', " ");
        format!(
            "{} ({summary})",
            n.get("html").and_then(Value::as_str).unwrap_or_default()
        )
    };
    Violation {
        rule: text("id"),
        help: text("help"),
        elements: nodes.take(4).map(html).collect(),
    }
}
