//! Desktop notifications: new mail in an inbox and mentions in notes, while the window does not have the person's
//! attention; and mail a view's rule wants told, in any case. A click brings the window up and shows what it was about.

mod mention;

use std::collections::{BTreeSet, VecDeque};

use kontor_engine::Engine;
use kontor_engine::model::{Change, Layer, MessageId, MessageRow, Role};
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

use crate::events::Open;

/// More arrivals at once than this are told as one.
const ONE_BY_ONE: usize = 3;

/// Mails remembered as told: a rule acts within seconds of the arrival.
const REMEMBERED: usize = 1000;

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    title: String,
    body: String,
    /// What a click shows, besides the window.
    opens: Option<Open>,
}

/// Starts notifying.
pub(crate) fn start(app: &AppHandle, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move { follow(&app, &engine).await });
}

async fn follow(app: &AppHandle, engine: &Engine) {
    let mut commits = engine.commits();
    let mut seq = engine.change_seq().await.unwrap_or_default();
    let mut row = engine.last_activity().await.unwrap_or_default();
    let mut told = Told::default();
    while commits.changed().await.is_ok() {
        let Ok(changes) = engine.changes_after(seq, 5000).await else {
            continue;
        };
        seq = changes.seq;
        let changes: Vec<Change> = changes.entries.into_iter().map(|(_, c)| c).collect();
        let mut toasts = if changes
            .iter()
            .any(|c| matches!(c, Change::Team | Change::Notes))
        {
            mention::toasts(engine, &mut row).await
        } else {
            Vec::new()
        };
        let mut ruled = asked_for(engine, &changes).await;
        ruled.retain(|mail| told.is_new(mail.id));
        for toast in mails(engine, ruled).await {
            show(app.clone(), toast);
        }
        let mut arrived = arrivals(engine, changes).await;
        let focused = app
            .get_webview_window("main")
            .is_some_and(|w| w.is_focused().unwrap_or(false));
        let none = toasts.is_empty() && arrived.is_empty();
        if none || focused || !wanted(engine).await {
            continue;
        }
        arrived.retain(|mail| told.is_new(mail.id));
        toasts.extend(mails(engine, arrived).await);
        for toast in toasts {
            show(app.clone(), toast);
        }
    }
}

/// The mails that were told last: each is told once, by its arrival or by a rule, whichever is first.
#[derive(Default)]
struct Told {
    mails: BTreeSet<MessageId>,
    order: VecDeque<MessageId>,
}

impl Told {
    /// Remembers a mail; true when it was not told before.
    fn is_new(&mut self, mail: MessageId) -> bool {
        if !self.mails.insert(mail) {
            return false;
        }
        self.order.push_back(mail);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.mails.remove(&oldest);
        }
        true
    }
}

/// The mails a view's rule wants told.
async fn asked_for(engine: &Engine, changes: &[Change]) -> Vec<MessageRow> {
    let mut rows = Vec::new();
    for change in changes {
        if let Change::Told { message, .. } = change
            && let Ok(detail) = engine.message(*message).await
        {
            rows.push(detail.row);
        }
    }
    rows
}

/// Whether the person wants to be notified: chosen in the settings, and not busy.
async fn wanted(engine: &Engine) -> bool {
    let chosen = engine.settings().await.is_ok_and(|s| s.notifications);
    chosen && !engine.is_busy().await.unwrap_or(false)
}

/// The mails that came into an inbox and are not read.
async fn arrivals(engine: &Engine, changes: Vec<Change>) -> Vec<MessageRow> {
    // A colleague's keys come by here, too.
    if !changes.iter().any(|c| matches!(c, Change::Arrived { .. })) {
        return Vec::new();
    }
    let inboxes: Vec<_> = match engine.folders(None).await {
        Ok(folders) => folders
            .into_iter()
            .filter(|f| f.folder.role == Some(Role::Inbox))
            .map(|f| f.folder.id)
            .collect(),
        Err(_) => return Vec::new(),
    };
    let mut arrived = Vec::new();
    for change in changes {
        if let Change::Arrived {
            folder,
            message,
            layer: Layer::Push | Layer::Poll,
            ..
        } = change
            && inboxes.contains(&folder)
            && let Ok(detail) = engine.message(message).await
            && !detail.placements.iter().any(|p| p.flags.seen())
        {
            arrived.push(detail.row);
        }
    }
    arrived
}

/// What is shown of mails, with their first words only where the person wants that.
async fn mails(engine: &Engine, mails: Vec<MessageRow>) -> Vec<Toast> {
    if mails.is_empty() {
        return Vec::new();
    }
    let text = engine.settings().await.is_ok_and(|s| s.notification_text);
    together(mails.into_iter().map(|mail| toast(mail, text)).collect())
}

fn toast(mail: MessageRow, text: bool) -> Toast {
    let from = mail.from.first();
    Toast {
        title: from.map(|a| a.label().to_owned()).unwrap_or_default(),
        body: if text && !mail.preview.is_empty() {
            format!("{}\n{}", mail.subject, mail.preview)
        } else {
            mail.subject
        },
        opens: Some(Open {
            thread: Some(mail.thread.to_string()),
            note: None,
        }),
    }
}

/// Many at once are one: how many, and of whom the first are.
fn together(toasts: Vec<Toast>) -> Vec<Toast> {
    if toasts.len() <= ONE_BY_ONE {
        return toasts;
    }
    let mut people: Vec<&str> = Vec::new();
    for toast in &toasts {
        let name = toast.title.as_str();
        if people.len() < ONE_BY_ONE && !name.is_empty() && !people.contains(&name) {
            people.push(name);
        }
    }
    vec![Toast {
        title: format!("Kontor: {}", toasts.len()),
        body: format!("{} …", people.join(", ")),
        opens: None,
    }]
}

/// Shows one and waits for its click on a thread of its own: nobody knows how long it stands.
fn show(app: AppHandle, toast: Toast) {
    let shown = std::thread::Builder::new()
        .name("notification".into())
        .spawn(move || {
            let clicked = || open(&app, toast.opens.clone());
            if let Err(e) = tell(&toast, clicked) {
                // No notification service: the window shows the news all the same.
                tracing::info!("no notification could be shown: {e}");
            }
        });
    if let Err(e) = shown {
        tracing::info!("no notification could be shown: {e}");
    }
}

fn tell(toast: &Toast, clicked: impl FnOnce()) -> Result<(), notify_rust::error::Error> {
    // The body may be read as markup by the desktop: what a stranger wrote must stay text.
    let body = toast
        .body
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let shown = notify_rust::Notification::new()
        .appname("Kontor")
        .summary(&toast.title)
        .body(&body)
        .icon("kontor")
        .action("default", "Kontor")
        .show()?;
    #[cfg(all(unix, not(target_os = "macos")))]
    shown.wait_for_action(|action| {
        if action == "default" {
            clicked();
        }
    });
    // Elsewhere the click only brings the program up, which the desktop does by itself.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    drop((shown, clicked));
    Ok(())
}

fn open(app: &AppHandle, what: Option<Open>) {
    if let Some(window) = app.get_webview_window("main") {
        let up = window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus());
        if let Err(e) = up {
            tracing::info!("the window does not come up: {e}");
        }
    }
    if let Some(what) = what
        && let Err(e) = what.emit(app)
    {
        tracing::warn!("the window does not hear: {e}");
    }
}

#[cfg(test)]
mod tests {
    use kontor_engine::model::{
        Address, Flags, FolderId, Millis, Placement, PlacementId, ThreadId,
    };

    use super::*;

    fn named(title: &str) -> Toast {
        Toast {
            title: title.into(),
            body: "words".into(),
            opens: None,
        }
    }

    fn mail(preview: &str) -> MessageRow {
        let message = MessageId(7);
        MessageRow {
            id: message,
            message_id: None,
            placement: Placement {
                id: PlacementId(1),
                message,
                folder: FolderId(1),
                uid: None,
                flags: Flags::default(),
            },
            subject: "Naročilo".into(),
            from: vec![Address::new("Ana", "ana@example.org")],
            to: Vec::new(),
            cc: Vec::new(),
            date: Millis(0),
            internal_date: Millis(0),
            size: 1,
            thread: ThreadId(3),
            has_attachment: None,
            body: true,
            preview: preview.into(),
        }
    }

    #[test]
    fn the_text_of_a_mail_is_told_only_where_the_person_wants_it() {
        for (text, preview, want) in [
            (false, "Kdaj pride?", "Naročilo"),
            (true, "Kdaj pride?", "Naročilo\nKdaj pride?"),
            (true, "", "Naročilo"),
        ] {
            let told = toast(mail(preview), text);
            assert_eq!((told.title.as_str(), told.body.as_str()), ("Ana", want));
        }
        assert!(
            !kontor_engine::Settings::default().notification_text,
            "nobody's mail stands on a locked screen unless asked for"
        );
    }

    #[test]
    fn a_few_stand_alone_and_many_are_one() {
        let few: Vec<Toast> = ["Ana", "Bor", "Ana"].map(named).into();
        assert_eq!(together(few.clone()), few);
        let many = ["Ana", "Bor", "Ana", "Luka", "Nika"].map(named).into();
        let one = together(many);
        let told: Vec<_> = one
            .iter()
            .map(|t| (t.title.as_str(), t.body.as_str()))
            .collect();
        assert_eq!(told, [("Kontor: 5", "Ana, Bor, Luka …")]);
    }

    #[test]
    fn a_mail_is_told_once_by_its_arrival_or_by_a_rule() {
        let mut told = Told::default();
        assert!(told.is_new(MessageId(1)));
        assert!(!told.is_new(MessageId(1)), "the second one is not shown");
        for later in 2..=i64::try_from(REMEMBERED).unwrap() + 1 {
            assert!(told.is_new(MessageId(later)));
        }
        assert_eq!(told.mails.len(), REMEMBERED, "memory is bounded");
        assert_eq!(told.order.len(), REMEMBERED);
    }
}
