//! Finding, reading and pressing what is on the page.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::webdriver::{ELEMENT, Session};

const FIND: &str = include_str!("page.js");

/// How often a page that changes under the search is looked at before the search fails.
const MOST_LOOKS: u32 = 10;

/// One element of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    id: String,
}

impl Found {
    pub(crate) fn as_json(&self) -> Value {
        json!({ ELEMENT: self.id })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get(ELEMENT)?.as_str()?.to_owned(),
        })
    }
}

/// All visible elements with this role (empty: any) whose accessible name contains `name`, in document order.
///
/// The driver gives the found elements their handles only after the script has ended; one that was drawn anew in between
/// makes it answer "stale element reference" for all of them. The page is then simply looked at again.
pub(crate) fn find(
    session: &Session,
    role: &str,
    name: &str,
    within: Option<&Found>,
) -> Result<Vec<Found>> {
    let arguments = json!([role, name, within.map(Found::as_json)]);
    let mut found = run(session, FIND, &arguments);
    for _ in 1..MOST_LOOKS {
        if !found.as_ref().is_err_and(is_stale) {
            break;
        }
        found = run(session, FIND, &arguments);
    }
    let found = found?;
    Ok(found
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Found::from_json)
        .collect())
}

/// True when an answer names an element that is no longer on the page.
pub(crate) fn is_stale(error: &anyhow::Error) -> bool {
    error.to_string().starts_with("stale element reference")
}

/// Runs JavaScript in the page; `arguments` are its `arguments`.
pub(crate) fn run(session: &Session, script: &str, arguments: &Value) -> Result<Value> {
    session.post(
        "/execute/sync",
        &json!({ "script": script, "args": arguments }),
    )
}

/// Presses it with the mouse.
pub(crate) fn click(session: &Session, element: &Found) -> Result<()> {
    session
        .post(&format!("/element/{}/click", element.id), &json!({}))
        .map(drop)
}

/// Types into it.
pub(crate) fn type_into(session: &Session, element: &Found, text: &str) -> Result<()> {
    session
        .post(
            &format!("/element/{}/value", element.id),
            &json!({ "text": text }),
        )
        .map(drop)
}

/// Presses keys one after the other; `ctrl` holds Ctrl down meanwhile.
pub(crate) fn keys(session: &Session, text: &str, ctrl: bool) -> Result<()> {
    const CONTROL: &str = "\u{E009}";
    let press = |key: &str| {
        [
            json!({"type": "keyDown", "value": key}),
            json!({"type": "keyUp", "value": key}),
        ]
    };
    let mut actions: Vec<Value> = text.chars().flat_map(|c| press(&c.to_string())).collect();
    if ctrl {
        actions.insert(0, json!({"type": "keyDown", "value": CONTROL}));
        actions.push(json!({"type": "keyUp", "value": CONTROL}));
    }
    session
        .post(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        )
        .map(drop)
}

/// The text a person reads in it.
pub(crate) fn text(session: &Session, element: &Found) -> Result<String> {
    let value = run(
        session,
        "return arguments[0].innerText",
        &json!([element.as_json()]),
    )?;
    value
        .as_str()
        .map(str::to_owned)
        .context("an element without text")
}
