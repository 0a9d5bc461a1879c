//! `folders`, `messages`, `threads`, `thread`, `show`

use anyhow::Result;
use kontor_engine::{BodyOptions, Code, Error, Scope};
use serde_json::{Value, json};

use super::App;
use crate::args::{ListArgs, ShowArgs, ThreadsArgs};
use crate::{output, rows};

/// Rows asked of the store at once when all are wanted.
const PAGE: u32 = 500;

pub(super) async fn folders(app: &App, account: Option<String>) -> Result<()> {
    let account = app.account(account.as_deref()).await?;
    for row in app.engine.folders(account).await? {
        let f = &row.folder;
        // A name that only holds other folders holds no mail.
        if !f.selectable {
            continue;
        }
        let text = format!("{}\t{}\t{} unread of {}", f.id, f.path, f.unread, f.total);
        if !app.answer(&rows::folder(&row), &text) {
            break;
        }
    }
    Ok(())
}

pub(super) async fn messages(app: &App, args: ListArgs) -> Result<()> {
    let account = app.account(args.account.as_deref()).await?;
    let folder = app.engine.find_folder(&args.folder, account).await?;
    let folder = folder.folder.id;
    let paths = app.engine.paths().await?;
    let mut pages = Pages::new(&args);
    while let Some((after, limit)) = pages.next() {
        let page = app.engine.messages(folder, after, limit).await?;
        for row in &page.rows {
            let from = row
                .from
                .first()
                .map(kontor_engine::model::Address::label)
                .unwrap_or_default();
            if !app.answer(
                &rows::message(row, &paths),
                &format!("{}\t{}\t{from}\t{}", row.id, row.date, row.subject),
            ) {
                return Ok(());
            }
        }
        pages.came(page.rows.len(), page.next);
    }
    pages.end(app);
    Ok(())
}

pub(super) async fn threads(
    app: &App,
    ThreadsArgs { list: args, sort }: ThreadsArgs,
) -> Result<()> {
    let account = app.account(args.account.as_deref()).await?;
    let folder = app.engine.find_folder(&args.folder, account).await?;
    let folder = folder.folder.id;
    let paths = app.engine.paths().await?;
    let mut pages = Pages::new(&args);
    while let Some((after, limit)) = pages.next() {
        let (page, _) = app
            .engine
            .threads(Scope::Folder(folder), sort.into(), after, limit)
            .await?;
        for row in &page.rows {
            if !app.answer(
                &rows::thread(row, &paths),
                &format!(
                    "{}\t{}\t{} messages\t{}",
                    row.id, row.date, row.count, row.subject
                ),
            ) {
                return Ok(());
            }
        }
        pages.came(page.rows.len(), page.next);
    }
    pages.end(app);
    Ok(())
}

/// Goes through pages until the limit, or the end.
struct Pages {
    after: Option<String>,
    /// Rows still wanted; `None` for all.
    left: Option<u32>,
    more: bool,
}

impl Pages {
    fn new(args: &ListArgs) -> Self {
        Self {
            after: args.after.clone(),
            left: (args.limit > 0).then_some(args.limit),
            more: true,
        }
    }

    fn next(&self) -> Option<(Option<String>, u32)> {
        let limit = self.left.unwrap_or(PAGE).min(PAGE);
        (self.more && limit > 0).then(|| (self.after.clone(), limit))
    }

    fn came(&mut self, rows: usize, next: Option<String>) {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        self.left = self.left.map(|left| left.saturating_sub(rows));
        self.more = next.is_some();
        self.after = next;
    }

    /// A list cut by its limit ends with where to go on.
    fn end(self, app: &App) {
        if let (true, Some(next)) = (self.more, self.after) {
            let _ended = app.answer(&json!({ "next": next }), &format!("More: --after {next}"));
        }
    }
}

pub(super) async fn thread(app: &App, id: &str) -> Result<()> {
    let missing = || Error {
        code: Code::NotFound,
        message: format!("There is no thread {id}."),
    };
    let thread = id.parse().map_err(|_unreadable| missing())?;
    let (subject, messages) = app
        .engine
        .conversation(thread)
        .await
        .map_err(|e| if e.code == Code::Store { missing() } else { e })?;
    let paths = app.engine.paths().await?;
    let list: Vec<Value> = messages.iter().map(|m| rows::detail(m, &paths)).collect();
    let value = json!({ "id": id, "subject": subject, "messages": list });
    let mut text = subject;
    for m in &messages {
        let from = m
            .row
            .from
            .first()
            .map(kontor_engine::model::Address::label)
            .unwrap_or_default();
        text.push_str(&format!(
            "\n{}\t{}\t{from}\t{}",
            m.row.id, m.row.date, m.row.preview
        ));
    }
    app.answer(&value, &text);
    Ok(())
}

pub(super) async fn show(app: &App, args: ShowArgs) -> Result<()> {
    let id = app.engine.find_message(&args.message).await?;
    if args.raw {
        let raw = app.engine.raw(id).await?;
        return Ok(output::bytes(&raw)?);
    }
    if args.headers {
        let raw = app.engine.raw(id).await?;
        return Ok(output::bytes(header(&raw))?);
    }
    if args.html {
        let html = match app.engine.raw(id).await {
            Ok(_) => app.engine.body(id, BodyOptions::default()).await?.html,
            Err(e) => return Err(e.into()),
        };
        let none = || Error {
            code: Code::NotFound,
            message: "The message has no HTML.".into(),
        };
        return Ok(output::bytes(html.ok_or_else(none)?.as_bytes())?);
    }
    let message = app.engine.parsed(id).await?;
    let text = match (&message.text, &message.html) {
        (Some(text), _) => text.clone(),
        (None, Some(html)) => kontor_engine::mime::html::to_text(html),
        (None, None) => String::new(),
    };
    if args.text {
        return Ok(output::bytes(text.as_bytes())?);
    }
    let paths = app.engine.paths().await?;
    let mut value = rows::detail(&app.engine.message(id).await?, &paths);
    if let (Value::Object(fields), Value::Object(more)) =
        (&mut value, serde_json::to_value(&message)?)
    {
        for (name, field) in more {
            // What lists say and what the body says is the same; the list's form is the documented one.
            fields.entry(name).or_insert(field);
        }
    }
    let from = message
        .envelope
        .from
        .iter()
        .map(|a| format!("{} <{}>", a.name, a.address))
        .collect::<Vec<_>>()
        .join(", ");
    app.answer(
        &value,
        &format!(
            "From: {from}\nSubject: {}\n\n{text}",
            message.envelope.subject
        ),
    );
    Ok(())
}

/// The bytes up to and with the blank line.
fn header(raw: &[u8]) -> &[u8] {
    let mut end = 0usize;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        end = end.saturating_add(line.len());
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    raw.get(..end).unwrap_or(raw)
}
