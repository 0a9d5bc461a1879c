//! A day at a desk of the team, in the real window: the toolbar, tags and tasks, two answers to one mail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::{Found, Looks, TeamServer, Window, eventually};
use kontor_testkit::{Dovecot, company, mime};
use serde_json::Value;

const MAJA: &str = "maja@hrastvijak.example";
const ANA: &str = "ana@hrastvijak.example";
const ANA_NAME: &str = "Ana Zupančič";
const TOMAZ: &str = "tomaz@mizarstvo-kovac.example";
const PASSWORD: &str = "correct horse battery";
const TEAM: &str = "Hrast & Vijak";

/// Thursday, 19 November 2026, 09:50 in Ljubljana: the moment of the pictures.
const NOW: i64 = 1_795_078_200;

/// What both were asked.
const QUESTION: &str = "Kdaj pride pult";
/// Written down from the toolbar.
const CALL_BACK: &str = "Pokliči Tomaža zaradi dostave";
/// Written down in the sheet, for Ana, with a day.
const PRICES: &str = "Pošlji cene za bukev";
const DAY: &str = "2027-11-11";
const TAG: &str = "prednostno";

/// What Ana answers.
const HERS: &str = "V petek zjutraj.";
/// What Maja answers, and what she is asked when she sends it.
const MINE: &str = "V ponedeljek.";
const WRITING: &str = "Ana Zupančič is writing a reply too";
const ANSWERED: &str = "Ana Zupančič answered while you were writing";

const ENTER: &str = "\u{E007}";
const RIGHT: &str = "\u{E014}";
const ESCAPE: &str = "\u{E00C}";

/// How long a mail may take from Send to the server: the time to take it back is in it.
const LEAVES: Duration = Duration::from_secs(45);

#[test]
fn a_day_at_a_desk_of_the_team() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    for asked in [MAJA, ANA] {
        dovecot.deliver(asked, &question())?;
    }
    let server = TeamServer::start()?;
    let org = [
        "create-org",
        TEAM,
        "--admin",
        "bor@hrastvijak.example",
        "--password-stdin",
    ];
    server.admin(&org, &format!("{PASSWORD}\n"))?;
    let maja = Window::open(&dovecot, &[(MAJA, "Maja")], Looks::default())?;
    let ana = Window::open(&dovecot, &[(ANA, "Ana")], Looks::default())?;
    joins(&maja, &server, "Maja Hribar", MAJA)?;
    joins(&ana, &server, ANA_NAME, ANA)?;

    let mut axe = Axe::default();
    chooses_the_toolbar(&maja, &mut axe)?;
    walks_its_three_states(&maja, &mut axe)?;
    logs_from_it(&maja, &ana)?;
    tags_and_ticks(&maja, &mut axe)?;
    sees_it_in_the_activity(&maja, &ana, &mut axe)?;
    two_answer_one_mail(&maja, &ana, &dovecot, &mut axe)?;
    axe.verdict()
}

/// In the settings; it stands in the corner at once.
fn chooses_the_toolbar(window: &Window, axe: &mut Axe) -> Result<()> {
    window.find("option", QUESTION)?;
    window.ctrl(",")?;
    let sections = window.find("navigation", "Sections of the settings")?;
    press_in(window, &sections, "button", "Appearance")?;
    window.find("radiogroup", "Team in the corner")?;
    window.script(
        "[...document.querySelectorAll('label')].find((l) => l.textContent === 'Button').control.focus()",
    )?;
    window.keys(RIGHT)?;
    window.find("region", "Team toolbar")?;
    axe.seen(window, "desk-settings")?;
    window.press("link", "Inbox")
}

/// A bar with who is there, a popover of it, a glyph alone, and the bar again.
fn walks_its_three_states(window: &Window, axe: &mut Axe) -> Result<()> {
    window.press("option", QUESTION)?;
    window.find("article", "Tomaž Kovač")?;
    let bar = toolbar(window)?;
    window.find_in(&bar, "button", "1 colleague online")?;
    window.find_in(&bar, "button", "Lately")?;
    axe.seen(window, "desk-toolbar")?;

    press_in(window, &bar, "button", "1 colleague online")?;
    let people = window.find("dialog", "Who is there")?;
    window.find_in(&people, "button", ANA_NAME)?;
    window.find_in(&people, "", "Live")?;
    axe.seen(window, "desk-popover")?;
    window.keys(ESCAPE)?;
    window.gone("dialog", "Who is there")?;

    press_in(window, &bar, "button", "Fold the toolbar")?;
    window.gone("button", "Fold the toolbar")?;
    axe.seen(window, "desk-mini")?;
    press_in(window, &bar, "button", "Team")?;
    window.find_in(&bar, "button", "Fold the toolbar").map(drop)
}

/// A task and a call, each from its own popover: everyone has them, nobody had to open the sheet.
fn logs_from_it(window: &Window, colleague: &Window) -> Result<()> {
    for (kind, popover, words, told) in [
        ("Task", "Task for Tomaž", CALL_BACK, "Task written down for"),
        (
            "Call",
            "Call with Tomaž",
            "pult naj pride v petek",
            "Added to the shared note",
        ),
    ] {
        let bar = toolbar(window)?;
        press_in(window, &bar, "button", kind)?;
        let log = window.find("dialog", popover)?;
        let field = window.find_in(&log, "textbox", "Log a call, a note or a task")?;
        window.type_into(&field, &format!("{words}{ENTER}"))?;
        window.find("", told)?;
        window.gone("dialog", popover)?;
    }
    told(colleague, "task", CALL_BACK)
}

/// In the sheet, which the glyph opens: what was logged is there, and more is added and done.
fn tags_and_ticks(window: &Window, axe: &mut Axe) -> Result<()> {
    press_in(window, &toolbar(window)?, "button", "Team")?;
    let sheet = sheet(window)?;
    press_in(window, &sheet, "tab", "Customer")?;
    let note = window.find_in(&sheet, "textbox", "Shared note about Tomaž Kovač")?;
    holds_words(window, &note, "pult naj pride v petek")?;

    let tags = window.find_in(&sheet, "list", "Tags")?;
    press_in(window, &tags, "button", "Tag")?;
    let field = window.find_in(&tags, "textbox", "New tag")?;
    window.type_into(&field, &format!("{TAG}{ENTER}"))?;
    window.find_in(&tags, "button", &format!("Remove the tag {TAG}"))?;

    let field = window.find_in(&sheet, "textbox", "What is to be done?")?;
    window.type_into(&field, PRICES)?;
    chooses_day(window)?;
    press_in(window, &sheet, "button", "For: Anybody")?;
    window.press("menuitemradio", ANA_NAME)?;
    window.find_in(&sheet, "button", &format!("For: {ANA_NAME}"))?;
    window.type_into(&field, ENTER)?;

    let tasks = window.find_in(&sheet, "list", "Tasks")?;
    window.find_in(&tasks, "checkbox", &format!("Finish: {PRICES}"))?;
    window.find_in(&tasks, "", "11 Nov")?;
    press_in(window, &tasks, "checkbox", &format!("Finish: {CALL_BACK}"))?;
    window.find_in(&tasks, "checkbox", &format!("Open again: {CALL_BACK}"))?;
    axe.seen(window, "desk-customer")
}

/// Types the day as a person does, part by part; whether the month or the day is asked for first, it is this one.
fn chooses_day(window: &Window) -> Result<()> {
    const FIELD: &str =
        "const field = document.querySelector('[data-pane=team] input[type=date]');";
    window.script(&format!("{FIELD} field.focus();"))?;
    for part in ["11", "11", "2027"] {
        window.keys(&format!("{part}{RIGHT}"))?;
    }
    let value = window.script(&format!("{FIELD} return field.value;"))?;
    ensure!(value == DAY, "the day reads {value}");
    Ok(())
}

/// Narrowed to one type at a time; the colleague's desk knows it, too.
fn sees_it_in_the_activity(window: &Window, colleague: &Window, axe: &mut Axe) -> Result<()> {
    let sheet = sheet(window)?;
    press_in(window, &sheet, "tab", "Activity")?;
    for words in [
        "finished a task",
        "wrote a task down",
        "changed the tags",
        "edited the shared note",
    ] {
        window.find_in(&sheet, "button", words)?;
    }
    axe.seen(window, "desk-activity")?;
    for (shown, kind, only, other) in [
        ("All types", "Tasks", PRICES, "finished a task"),
        ("Tasks", "Finished tasks", "finished a task", PRICES),
    ] {
        press_in(window, &sheet, "button", shown)?;
        window.press("menuitemradio", kind)?;
        window.find_in(&sheet, "button", only)?;
        window.gone("button", other)?;
    }
    axe.seen(window, "desk-activity-filtered")?;
    for (kind, words) in [("task", PRICES), ("finish", "Maja Hribar"), ("tag", TAG)] {
        told(colleague, kind, words)?;
    }
    window.ctrl("t")
}

/// Both answer. Whoever sends second is asked, looks first, and sends when they still want to.
fn two_answer_one_mail(
    maja: &Window,
    ana: &Window,
    dovecot: &Dovecot,
    axe: &mut Axe,
) -> Result<()> {
    ana.press("option", QUESTION)?;
    answers(ana, "Reply to all", HERS)?;
    answers(maja, "Reply to Tomaž", MINE)?;
    send(maja)?;
    let ask = maja.find("dialog", WRITING)?;
    axe.seen(maja, "desk-collision-writing")?;
    press_in(maja, &ask, "button", "Keep the draft")?;
    maja.gone("dialog", WRITING)?;
    still_writes(maja)?;

    send(ana)?;
    let ask = ana.find("dialog", "Maja Hribar is writing a reply too")?;
    press_in(ana, &ask, "button", "Send anyway")?;
    let left = dovecot.wait_relayed(1, LEAVES);
    ensure!(
        left.len() == 1 && left[0].to == [TOMAZ, MAJA],
        "Ana's answer, and nothing of Maja's: {left:?}"
    );
    let conversation = maja.find("main", "")?;
    maja.find_in(&conversation, "", HERS)?;
    looks_first(maja, dovecot, axe)?;

    send(maja)?;
    let ask = maja.find("dialog", ANSWERED)?;
    press_in(maja, &ask, "button", "Send anyway")?;
    let left = dovecot.wait_relayed(2, LEAVES);
    ensure!(
        left.len() == 2 && left[1].to == [TOMAZ],
        "and then Maja's: {left:?}"
    );
    maja.gone("region", "Reply")?;
    eventually("both answers on Ana's desk", || {
        let replies = activity(ana, "reply")?;
        Ok((replies.len() == 2).then_some(()))
    })
}

/// The colleague's answer is shown; what was written stays, and nothing leaves.
fn looks_first(window: &Window, dovecot: &Dovecot, axe: &mut Axe) -> Result<()> {
    send(window)?;
    let ask = window.find("dialog", ANSWERED)?;
    axe.seen(window, "desk-collision-answered")?;
    press_in(window, &ask, "button", "Show their reply")?;
    window.gone("dialog", ANSWERED)?;
    window.find("article", "from Ana")?;
    axe.seen(window, "desk-collision-shown")?;
    still_writes(window)?;
    ensure!(dovecot.relayed().len() == 1, "looking sends nothing");
    Ok(())
}

/// Begins an answer with the button of this name.
fn answers(window: &Window, button: &str, words: &str) -> Result<()> {
    window.press("button", button)?;
    let body = window.find_in(&reply(window)?, "textbox", "Text of the message")?;
    window.type_into(&body, words)
}

/// What Maja wrote stands where she wrote it.
fn still_writes(window: &Window) -> Result<()> {
    let draft = window.script("return document.querySelector('[data-composer] textarea').value")?;
    ensure!(draft == MINE, "the draft reads {draft}");
    Ok(())
}

fn reply(window: &Window) -> Result<Found> {
    window.find("region", "Reply")
}

fn send(window: &Window) -> Result<()> {
    press_in(window, &reply(window)?, "button", "Send")
}

/// What axe finds at several moments: one run shows everything that is wrong.
#[derive(Default)]
struct Axe(Vec<String>);

impl Axe {
    /// In light, in dark and narrow: nothing wrong, and a picture for whoever wants to see it.
    fn seen(&mut self, window: &Window, name: &str) -> Result<()> {
        for theme in ["light", "dark"] {
            window.theme(theme)?;
            self.look(window, &format!("{name}-{theme}"))?;
        }
        window.theme("light")?;
        window.size(400, 860)?;
        self.look(window, &format!("{name}-400"))?;
        let wide = Looks::default();
        window.size(wide.width, wide.height)
    }

    fn look(&mut self, window: &Window, name: &str) -> Result<()> {
        let found = window.axe()?;
        let told = found.iter().map(|flaw| format!("{name}: {flaw:#?}"));
        self.0.extend(told);
        window.picture(name).map(drop)
    }

    fn verdict(&self) -> Result<()> {
        ensure!(self.0.is_empty(), "{}", self.0.join("\n"));
        Ok(())
    }
}

fn joins(window: &Window, server: &TeamServer, name: &str, email: &str) -> Result<()> {
    let invited = server.admin(&["invite", TEAM, "--role", "member"], "")?;
    let link = invited.get("link").and_then(Value::as_str);
    let link = link.with_context(|| format!("an invitation without a link: {invited}"))?;
    let words = [
        "team",
        "join",
        link,
        "--name",
        name,
        "--email",
        email,
        "--password-stdin",
    ];
    let password = format!("{PASSWORD}\n");
    window.desk().ctl(&words, &password).map(drop)
}

fn toolbar(window: &Window) -> Result<Found> {
    window.find("region", "Team toolbar")
}

fn sheet(window: &Window) -> Result<Found> {
    window.find("dialog", "Team")
}

/// Finds and presses it; what is drawn anew in between is looked for again.
fn press_in(window: &Window, within: &Found, role: &str, name: &str) -> Result<()> {
    let mut why = None;
    let pressed = eventually(&format!("pressing “{name}”"), || {
        let found = window.find_in(within, role, name)?;
        why = window.click(&found).err();
        Ok(why.is_none().then_some(()))
    });
    pressed.with_context(|| format!("{why:?}"))
}

/// Waits until somebody reads these words there; how they are broken into lines does not count.
fn holds_words(window: &Window, within: &Found, words: &str) -> Result<()> {
    let mut shown = String::new();
    let came = eventually("words", || {
        let text = window.text(within)?;
        shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(shown.contains(words.trim()).then_some(()))
    });
    came.with_context(|| format!("“{words}” in “{shown}”"))
}

/// The colleague's desk knows of it.
fn told(window: &Window, kind: &str, words: &str) -> Result<()> {
    let mut last = Vec::new();
    let came = eventually("news of a colleague", || {
        last = activity(window, kind)?;
        let known = last.iter().any(|line| line.to_string().contains(words));
        Ok(known.then_some(()))
    });
    came.with_context(|| format!("“{words}” in {last:?}"))
}

fn activity(window: &Window, kind: &str) -> Result<Vec<Value>> {
    window.desk().ctl(&["activity", "--type", kind], "")
}

fn question() -> Vec<u8> {
    format!(
        "From: {}\r\nTo: {MAJA}, {ANA}\r\nSubject: {QUESTION}\r\nDate: Thu, 19 Nov 2026 09:40:00 +0100\r\n\
         Message-ID: <pult@mizarstvo-kovac.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nPozdravljeni, kdaj pride hrastov pult?\r\n",
        mime::mailbox("Tomaž Kovač", TOMAZ)
    )
    .into_bytes()
}
