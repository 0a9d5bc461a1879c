//! `settings [NAME=VALUE …]`: the choices of the window, for scripts that take pictures of it.

use anyhow::Result;
use kontor_engine::{Code, Error, Settings};
use serde_json::Value;

use super::App;

pub(super) async fn run(app: &App, choices: &[String]) -> Result<()> {
    let mut value = serde_json::to_value(app.engine.settings().await?)?;
    for choice in choices {
        choose(&mut value, choice)?;
    }
    if !choices.is_empty() {
        let settings: Settings = serde_json::from_value(value.clone())?;
        app.engine.set_settings(&settings).await?;
    }
    let _read = app.answer(&value, &serde_json::to_string_pretty(&value)?);
    Ok(())
}

/// Puts one NAME=VALUE in; the value takes the form of the one it replaces.
fn choose(settings: &mut Value, choice: &str) -> Result<(), Error> {
    let wrong = |message: String| Error {
        code: Code::Usage,
        message,
    };
    let (name, text) = choice
        .split_once('=')
        .ok_or_else(|| wrong(format!("“{choice}” is not NAME=VALUE.")))?;
    let names = || settings_names(settings);
    let new = match settings.get(name) {
        Some(Value::String(_)) => Some(Value::String(text.to_owned())),
        Some(Value::Bool(_)) => text.parse().ok().map(Value::Bool),
        Some(Value::Number(_)) => text.parse::<u32>().ok().map(Value::from),
        _ => {
            return Err(wrong(format!(
                "There is no setting “{name}”. There are: {}.",
                names()
            )));
        }
    };
    let new = new.ok_or_else(|| wrong(format!("“{text}” is no value for {name}.")))?;
    if let Some(slot) = settings.get_mut(name) {
        *slot = new;
    }
    Ok(())
}

fn settings_names(settings: &Value) -> String {
    let names = settings
        .as_object()
        .map(|fields| fields.keys().cloned().collect::<Vec<_>>());
    names.unwrap_or_default().join(", ")
}
