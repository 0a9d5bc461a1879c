//! `templates …`

use anyhow::{Context as _, Result};
use kontor_engine::crm_rules::template::PLACEHOLDERS;
use kontor_engine::crm_rules::written::Language;
use kontor_engine::{TemplateFor, TemplateForm, TemplateView};
use serde_json::{Value, json};

use super::team::moment;
use super::{App, mime};
use crate::args::crm::{Csv, TemplatesCommand};

pub(super) async fn run(app: &App, command: TemplatesCommand) -> Result<()> {
    match command {
        TemplatesCommand::List => list(app).await,
        TemplatesCommand::Placeholders => {
            app.answer(
                &json!({ "placeholders": PLACEHOLDERS }),
                &PLACEHOLDERS.join("\n"),
            );
            Ok(())
        }
        TemplatesCommand::Show { name } => {
            let found = app.engine.template(&name).await?;
            app.answer(&row(&found), &found.text);
            Ok(())
        }
        TemplatesCommand::Render { name, message } => render(app, &name, &message).await,
        TemplatesCommand::Save {
            name,
            file,
            language,
            subject,
        } => {
            let text = String::from_utf8(mime::read(&file)?).context("the text is not UTF-8")?;
            // Saving under a name that is there changes that one.
            let all = app.engine.templates().await?;
            let known = all.into_iter().find(|t| t.name == name);
            let form = TemplateForm {
                subject: subject
                    .or_else(|| known.as_ref().map(|t| t.subject.clone()))
                    .unwrap_or_default(),
                id: known.map(|t| t.id),
                name,
                language: match language {
                    Csv::En => Language::English,
                    Csv::Sl => Language::Slovenian,
                },
                text,
            };
            let id = app.engine.save_template(form).await?;
            app.answer(&json!({ "id": id }), "Kept.");
            Ok(())
        }
        TemplatesCommand::Remove { name } => {
            app.engine.remove_template(&name).await?;
            app.answer(&json!({ "name": name, "removed": true }), "Removed.");
            Ok(())
        }
    }
}

async fn list(app: &App) -> Result<()> {
    let templates = app.engine.templates().await?;
    let lines: Vec<String> = templates
        .iter()
        .map(|t| format!("{}\t{}\t{}", t.name, t.language, t.subject))
        .collect();
    let rows: Vec<Value> = templates.iter().map(row).collect();
    app.answer(&json!({ "templates": rows }), &lines.join("\n"));
    Ok(())
}

async fn render(app: &App, name: &str, message: &str) -> Result<()> {
    let id = app.engine.find_message(message).await?;
    let rendered = app
        .engine
        .render_template(name, TemplateFor::Message(id))
        .await?;
    let (subject, text) = rendered.whole()?;
    let row = json!({
        "name": rendered.template.name,
        "language": rendered.template.language,
        "customer": rendered.customer,
        "subject": subject,
        "text": text,
    });
    app.answer(&row, &text);
    Ok(())
}

fn row(template: &TemplateView) -> Value {
    json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "subject": template.subject,
        "text": template.text,
        "updated_at": template.updated_at.map(moment),
        "waiting": template.waiting,
    })
}
