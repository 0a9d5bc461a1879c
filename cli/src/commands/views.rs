//! `views …`

use anyhow::Result;
use kontor_engine::{Code, Error, View, ViewRule};
use serde_json::{Value, json};

use super::App;
use crate::args::views::ViewsCommand;

pub(super) async fn run(app: &App, command: ViewsCommand) -> Result<()> {
    match command {
        ViewsCommand::List => {
            let views = views(app).await?;
            let lines: Vec<String> = views.iter().map(line).collect();
            let rows: Vec<Value> = views.iter().map(row).collect();
            app.answer(&json!({ "views": rows }), &lines.join("\n"));
            Ok(())
        }
        ViewsCommand::Save { name, search } => {
            let known = views(app).await?.into_iter().find(|view| is(view, &name));
            let id = known.map(|view| view.id);
            let id = app.engine.keep_view(id.as_deref(), &name, &search).await?;
            app.answer(&json!({ "id": id }), "Kept.");
            Ok(())
        }
        ViewsCommand::Remove { name } => {
            let view = find(app, &name).await?;
            app.engine.remove_view(&view.id).await?;
            app.answer(&json!({ "id": view.id, "removed": true }), "Removed.");
            Ok(())
        }
        ViewsCommand::Rule { name, what } => {
            let view = find(app, &name).await?;
            let rule = ViewRule {
                star: what.star,
                tell: what.tell,
            };
            app.engine.rule_view(&view.id, rule).await?;
            app.answer(
                &json!({ "id": view.id, "star": rule.star, "tell": rule.tell }),
                &format!("{}: {}", label(&view), deeds(rule)),
            );
            Ok(())
        }
    }
}

async fn views(app: &App) -> Result<Vec<View>> {
    Ok(app.engine.views().await?.views)
}

async fn find(app: &App, name: &str) -> Result<View> {
    let found = views(app).await?.into_iter().find(|view| is(view, name));
    let missing = || Error {
        code: Code::NotFound,
        message: format!("There is no view “{name}”. `kontorctl views list` lists them."),
    };
    Ok(found.ok_or_else(missing)?)
}

fn is(view: &View, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    view.id == name || label(view).to_lowercase() == name
}

/// Those that are there from the start have no name of their own: their id says what they are.
fn label(view: &View) -> &str {
    view.name.as_deref().unwrap_or(&view.id)
}

fn deeds(rule: ViewRule) -> &'static str {
    match (rule.star, rule.tell) {
        (true, true) => "star, tell",
        (true, false) => "star",
        (false, true) => "tell",
        (false, false) => "nothing",
    }
}

fn line(view: &View) -> String {
    let (total, unread) = (view.total, view.unread);
    format!(
        "{}\t{}\t{total} ({unread} unread)\t{}",
        label(view),
        view.search,
        deeds(view.rule)
    )
}

fn row(view: &View) -> Value {
    json!({
        "id": view.id,
        "name": view.name,
        "search": view.search,
        "total": view.total,
        "unread": view.unread,
        "star": view.rule.star,
        "tell": view.rule.tell,
    })
}
