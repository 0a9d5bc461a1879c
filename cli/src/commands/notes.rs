//! `notes …`

mod files;
mod typing;

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use kontor_engine::collab::{Edit, Edited, Note};
use kontor_engine::protocol::Subject;
use kontor_engine::{Code, Error};
use serde_json::{Value, json};

use super::App;
use super::following::Following;
use super::team::moment;
use crate::args::team::{EditArgs, EditHow, NotesCommand};
use crate::output;

pub(super) async fn run(app: &App, command: NotesCommand) -> Result<()> {
    match command {
        NotesCommand::List { subject } => list(app, subject.as_deref()).await,
        NotesCommand::Show {
            subject,
            follow: true,
            ..
        } => follow(app, &subject).await,
        NotesCommand::Show {
            subject, version, ..
        } => show(app, &subject, version).await,
        NotesCommand::History { subject } => history(app, &subject).await,
        NotesCommand::Edit(args) => edit(app, args).await,
        NotesCommand::Attach { subject, file } => files::attach(app, &subject, &file).await,
        NotesCommand::Files { subject } => files::list(app, &subject).await,
        NotesCommand::File {
            subject,
            sha256,
            output,
        } => files::save(app, &subject, &sha256, &output).await,
    }
}

async fn list(app: &App, subject: Option<&str>) -> Result<()> {
    let only = match subject {
        Some(text) => Some(app.engine.subject(text).await?),
        None => None,
    };
    let notes = app.engine.notes().await?;
    for note in notes
        .into_iter()
        .filter(|n| only.as_ref().is_none_or(|only| *only == n.subject))
    {
        let beginning = note.text.lines().next().unwrap_or_default();
        let text = format!("{}\t{}\t{beginning}", note.subject, moment(note.updated_at));
        if !app.answer(&note_row(&note.subject.to_string(), &note), &text) {
            break;
        }
    }
    Ok(())
}

async fn show(app: &App, subject: &str, version: Option<u64>) -> Result<()> {
    let note = found(app, subject, version).await?;
    if app.json {
        app.answer(&note_row(subject, &note), "");
        return Ok(());
    }
    Ok(output::bytes(note.text.as_bytes())?)
}

async fn found(app: &App, subject: &str, version: Option<u64>) -> Result<Note> {
    let named = app.engine.subject(subject).await?;
    let none = || Error {
        code: Code::NotFound,
        message: match version {
            Some(n) => format!("There is no version {n} of a note on {subject}."),
            None => format!("There is no note on {subject} yet."),
        },
    };
    Ok(app.engine.note(&named, version).await?.ok_or_else(none)?)
}

fn note_row(subject: &str, note: &Note) -> Value {
    json!({
        "subject": subject,
        "text": note.text,
        "version": note.version,
        "updated_at": moment(note.updated_at),
        "updated_by": note.updated_by.map(|m| m.to_string()),
    })
}

/// A line now, and one per change.
async fn follow(app: &App, subject: &str) -> Result<()> {
    let named = app.engine.subject(subject).await?;
    let mut following = Following::begin(app)?;
    let mut shown: Option<Note> = None;
    let mut first = true;
    loop {
        let note = app.engine.note(&named, None).await?;
        if first
            || note.as_ref().map(|n| (n.version, &n.text))
                != shown.as_ref().map(|n| (n.version, &n.text))
        {
            first = false;
            let row = json!({
                "subject": subject,
                "text": note.as_ref().map_or("", |n| n.text.as_str()),
                "version": note.as_ref().map_or(0, |n| n.version),
                "occurred_at": note.as_ref().map(|n| moment(n.updated_at)),
                "received_at": app.engine.clock().now().to_string(),
            });
            if !output::json(&row) {
                return following.end().await;
            }
        }
        shown = note;
        if !following.next().await {
            return following.end().await;
        }
    }
}

async fn history(app: &App, subject: &str) -> Result<()> {
    let named = app.engine.subject(subject).await?;
    let people = app.engine.people().await?;
    for version in app.engine.note_history(&named).await? {
        let name = people
            .iter()
            .find(|p| Some(p.member.member) == version.member);
        let name = name.map(|p| p.member.name.as_str());
        let value = json!({
            "version": version.version,
            "op_id": version.op_id.to_string(),
            "seq": version.seq,
            "by": version.member.map(|m| m.to_string()),
            "name": name,
            "at": moment(version.occurred_at),
            "added": version.added,
            "removed": version.removed,
            "excerpt": version.excerpt,
            "state": version.state.as_str(),
        });
        let number = version
            .version
            .map_or_else(|| "refused".into(), |n| n.to_string());
        let text = format!(
            "{number}\t{}\t{}\t+{} −{}\t{}",
            moment(version.occurred_at),
            name.unwrap_or_default(),
            version.added,
            version.removed,
            version.excerpt
        );
        if !app.answer(&value, &text) {
            break;
        }
    }
    Ok(())
}

async fn edit(app: &App, args: EditArgs) -> Result<()> {
    let subject = app.engine.subject(&args.subject).await?;
    let edit = match args.how {
        EditHow { stdin: true, .. } => return typing::run(app, subject).await,
        EditHow {
            text_file: Some(file),
            ..
        } => Edit::Replace(read(&file)?),
        EditHow {
            append: Some(text), ..
        } => Edit::Append(text),
        EditHow {
            splice: Some(words),
            ..
        } => splice(&words)?,
        EditHow { .. } => return Err(usage("Say what to write.").into()),
    };
    let done = app.engine.edit_note(&subject, edit).await?;
    answer(app, &args.subject, &subject, &done);
    Ok(())
}

fn answer(app: &App, named: &str, subject: &Subject, done: &Edited) {
    let value = json!({
        "subject": named,
        "op_id": done.op_id.map(|id| id.to_string()),
        "version": done.version,
        "stored_at": moment(done.stored_at),
    });
    let text = match done.op_id {
        Some(_) => format!("The note on {subject} is kept (version {}).", done.version),
        None => "Nothing was changed: the note says that already.".into(),
    };
    app.answer(&value, &text);
}

fn read(file: &Path) -> Result<String> {
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("read the text from stdin")?;
        bytes
    } else {
        fs::read(file).with_context(|| format!("read {}", file.display()))?
    };
    String::from_utf8(bytes)
        .map_err(|_not_text| usage("A note is text in UTF-8; this file is not.").into())
}

fn splice(words: &[String]) -> Result<Edit> {
    let number = |n: usize| words.get(n).and_then(|word| word.parse::<usize>().ok());
    let (Some(at), Some(delete), Some(insert)) = (number(0), number(1), words.get(2)) else {
        return Err(
            usage("--splice takes two numbers of characters and a text: AT DEL TEXT.").into(),
        );
    };
    Ok(Edit::Splice {
        at,
        delete,
        insert: insert.clone(),
    })
}

fn usage(message: &str) -> Error {
    Error {
        code: Code::Usage,
        message: message.into(),
    }
}
