//! The story of a team in two real windows: two people join, write one note together, lose the server and find it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use anyhow::{Context as _, Result, ensure};
use e2e::story::{
    ENTER, MAJA, NOW, OFFER, PASSWORD, PRODAJA, TAB, TEAM, TOMAZ, accessible, create_team,
};
use e2e::{Bus, Found, Looks, TeamServer, Window, eventually, programs};
use kontor_testkit::{Dovecot, FaultProxy, company, mime};
use serde_json::Value;

const ANA: &str = "ana@hrastvijak.example";

/// What the same person wrote to Ana.
const QUESTION: &str = "Kdaj je dostava";

#[test]
fn two_people_write_one_note_and_lose_the_server() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    dovecot.deliver(ANA, &question())?;
    let mut server = TeamServer::of(&programs()?)?;
    create_team(&server, "bor@hrastvijak.example")?;
    // Ana's cable can be pulled.
    let cable = FaultProxy::before(server.port())?;

    let desktop = Bus::start()?;
    let maja = Window::open_beside(
        &dovecot,
        &[(MAJA, "Maja"), (PRODAJA, "Prodaja")],
        Looks::default(),
        Some(&desktop),
    )?;
    let ana = Window::open(&dovecot, &[(ANA, "Ana")], Looks::default())?;
    joins_in_settings(&maja, &invitation(&server, "admin", "link")?)?;
    joins_by_command(&ana, &invitation(&server, "member", "code")?, &cable)?;
    let (here, there) = (opens_note(&maja, OFFER)?, opens_note(&ana, QUESTION)?);

    write(&maja, &here, "## Kovač: kako delamo")?;
    reads(&ana, &there, "Kovač: kako delamo")?;
    write(
        &ana,
        &there,
        &format!("{ENTER}- Dostava samo zjutraj, dvorišče je ozko."),
    )?;
    reads(&maja, &here, "Dostava samo zjutraj, dvorišče je ozko.")?;
    alike(&maja, &ana)?;
    caret_of(&maja, "Ana Zupančič")?;
    maja.away(|| {
        write_at_end(&ana, &format!("{ENTER}@Maja Hribar pokliče."))?;
        desktop.hears("Ana Zupančič mentioned you")
    })?;

    one_is_cut_off(&maja, &ana, &cable)?;
    the_server_dies(&maja, &ana, &mut server)?;
    shows_who_did_what(&maja, &ana)
}

/// Ana alone is cut off: she is told, both go on writing, and nothing is lost when she is back.
fn one_is_cut_off(maja: &Window, ana: &Window, cable: &FaultProxy) -> Result<()> {
    cable.refuse()?;
    cable.cut();
    badge_is(ana, false)?;
    write_at_end(ana, &format!("{ENTER}Rok vedno preveri v delavnici."))?;
    eventually("a change that waits", || {
        Ok(badge(ana)?.contains("waiting").then_some(()))
    })?;
    accessible(ana, "cut off")?;
    for (window, limit) in [(maja, "6000"), (ana, "8000")] {
        let set = format!("credit_limit={limit}");
        window
            .desk()
            .ctl(&["records", "set", &subject(), &set], "")?;
    }
    ana.picture("team-offline")?;
    badge_is(maja, true)?;
    write_at_end(maja, &format!("{ENTER}Tri odstotke rabata."))?;
    cable.admit()?;
    badge_is(ana, true)?;
    for window in [maja, ana] {
        let note = note(window)?;
        reads(window, &note, "Rok vedno preveri v delavnici.")?;
        reads(window, &note, "Tri odstotke rabata.")?;
    }
    alike(maja, ana)?;
    both_changed_the_limit(maja, ana)
}

/// What one wrote and the other may not overwrite silently: Maja is asked, and her answer holds for both.
fn both_changed_the_limit(maja: &Window, ana: &Window) -> Result<()> {
    maja.press("button", "Decide")?;
    maja.find("alertdialog", "credit limit")?;
    accessible(maja, "two values")?;
    maja.picture("team-conflict")?;
    maja.press("button", "Keep 6000")?;
    maja.gone("alertdialog", "credit limit")?;
    for window in [maja, ana] {
        eventually("the value that was chosen", || {
            let answer = window.desk().ctl(&["records", "get", &subject()], "")?;
            Ok(answer
                .first()
                .is_some_and(|record| record.to_string().contains("\"6000\""))
                .then_some(()))
        })?;
        let open = window.desk().ctl(&["records", "conflicts"], "")?;
        ensure!(open.is_empty(), "nothing is left to decide: {open:?}");
    }
    Ok(())
}

/// The server dies under both while they write, and comes back where it was.
fn the_server_dies(maja: &Window, ana: &Window, server: &mut TeamServer) -> Result<()> {
    server.kill()?;
    for (window, line) in [
        (maja, "Račune pošiljaj Nini."),
        (ana, "V vednost tudi Tomažu."),
    ] {
        badge_is(window, false)?;
        write_at_end(window, &format!("{ENTER}{line}"))?;
    }
    server.revive()?;
    for window in [maja, ana] {
        badge_is(window, true)?;
        let note = note(window)?;
        reads(window, &note, "Račune pošiljaj Nini.")?;
        reads(window, &note, "V vednost tudi Tomažu.")?;
    }
    alike(maja, ana)
}

/// The three tabs, in light, dark and narrow.
fn shows_who_did_what(maja: &Window, ana: &Window) -> Result<()> {
    let sheet = sheet(maja)?;
    for theme in ["light", "dark"] {
        maja.theme(theme)?;
        for (tab, word) in [
            ("Customer", "Shared note"),
            ("Activity", "edited the shared note"),
            ("Team", "Ana Zupančič"),
        ] {
            maja.press("tab", tab)?;
            maja.find_in(&sheet, "", word)?;
            let name = format!("team-{}-{theme}", tab.to_lowercase());
            accessible(maja, &name)?;
            maja.picture(&name)?;
        }
    }
    maja.theme("light")?;
    ana.size(400, 860)?;
    accessible(ana, "narrow")?;
    ana.picture("team-narrow").map(drop)
}

/// An invitation to the team: its `link` or its `code`.
fn invitation(server: &TeamServer, role: &str, part: &str) -> Result<String> {
    let invited = server.admin(&["invite", TEAM, "--role", role], "")?;
    let word = invited.get(part).and_then(Value::as_str);
    word.map(str::to_owned)
        .with_context(|| format!("an invitation without a {part}: {invited}"))
}

fn joins_in_settings(window: &Window, link: &str) -> Result<()> {
    window.find("option", OFFER)?;
    window.ctrl(",")?;
    let sections = window.find("navigation", "Sections of the settings")?;
    let team = window.find_in(&sections, "button", "Team")?;
    window.click(&team)?;
    for (field, words) in [
        ("Link or code", link),
        ("Your name", "Maja Hribar"),
        ("Mail address", MAJA),
    ] {
        let field = window.find("textbox", field)?;
        window.type_into(&field, words)?;
    }
    window.keys(TAB)?;
    window.keys(PASSWORD)?;
    accessible(window, "joining")?;
    window.picture("team-join")?;
    window.press("button", "Join")?;
    window.find("", "Waiting to be sent")?;
    window.find("", "Live")?;
    accessible(window, "joined")?;
    window.picture("team-joined")?;
    window.press("link", "Inbox")
}

/// Beside the open window, which learns of it.
fn joins_by_command(window: &Window, code: &str, cable: &FaultProxy) -> Result<()> {
    let url = format!("http://127.0.0.1:{}", cable.port());
    let words = [
        "team",
        "join",
        code,
        "--server",
        &url,
        "--name",
        "Ana Zupančič",
        "--email",
        ANA,
        "--password-stdin",
    ];
    window
        .desk()
        .ctl(&words, &format!("{PASSWORD}\n"))
        .map(drop)
}

/// Opens a mail of Tomaž and, from the keyboard, the sheet beside it.
fn opens_note(window: &Window, mail: &str) -> Result<Found> {
    window.press("option", mail)?;
    window.find("article", "Tomaž Kovač")?;
    window.ctrl("t")?;
    badge_is(window, true)?;
    let note = note(window)?;
    accessible(window, "the empty note")?;
    Ok(note)
}

fn sheet(window: &Window) -> Result<Found> {
    window.find("dialog", "Team")
}

fn note(window: &Window) -> Result<Found> {
    let sheet = sheet(window)?;
    window.find_in(&sheet, "textbox", "Shared note about Tomaž Kovač")
}

fn badge(window: &Window) -> Result<String> {
    let sheet = sheet(window)?;
    let badge = window.find_in(&sheet, "status", "")?;
    window.text(&badge)
}

/// What the sheet says of the server: reached, or that it is sought.
fn badge_is(window: &Window, live: bool) -> Result<()> {
    let mut said = String::new();
    let asked = eventually("the badge", || {
        said = badge(window)?;
        let fits = if live {
            said.trim() == "Live"
        } else {
            said.starts_with("Reconnecting") || said.starts_with("Offline")
        };
        Ok(fits.then_some(()))
    });
    asked.with_context(|| format!("live {live}, yet the badge says “{said}”"))
}

fn write(window: &Window, note: &Found, text: &str) -> Result<()> {
    window.click(note)?;
    window.keys(text)
}

/// After everything that is there.
fn write_at_end(window: &Window, text: &str) -> Result<()> {
    const END: &str = "\u{E010}";
    window.click(&note(window)?)?;
    window.ctrl(END)?;
    window.keys(text)
}

/// The words come into the open note: nothing is pressed there.
fn reads(window: &Window, note: &Found, words: &str) -> Result<()> {
    let mut shown = String::new();
    let came = eventually("the colleague's words", || {
        shown = window.text(note)?;
        Ok(shown.contains(words).then_some(()))
    });
    came.with_context(|| format!("“{words}” in the note “{shown}”"))
}

/// The same words on both screens, and the same letters on both disks.
fn alike(maja: &Window, ana: &Window) -> Result<()> {
    eventually("one text in both windows", || {
        let (one, other) = (maja.text(&note(maja)?)?, ana.text(&note(ana)?)?);
        Ok((unbroken(&one) == unbroken(&other)).then_some(()))
    })?;
    let (one, other) = (stored(maja)?, stored(ana)?);
    ensure!(one == other, "Maja's desk holds “{one}”, Ana's “{other}”");
    Ok(())
}

/// The line with the caret shows its Markdown, the others what it means: letters count here.
fn unbroken(shown: &str) -> String {
    shown.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What the note and the limit are about.
fn subject() -> String {
    format!("address:{TOMAZ}")
}

/// A colleague's caret stands in the note here, with their name.
fn caret_of(window: &Window, name: &str) -> Result<()> {
    let names =
        "return [...document.querySelectorAll('.note-caret-name')].map((n) => n.dataset.name)";
    let mut shown = Value::Null;
    let came = eventually("the colleague's caret", || {
        shown = window.script(names)?;
        let found = shown
            .as_array()
            .is_some_and(|all| all.contains(&name.into()));
        Ok(found.then_some(()))
    });
    came.with_context(|| format!("{name} among {shown}"))
}

fn stored(window: &Window) -> Result<String> {
    let answer = window.desk().ctl(&["notes", "show", &subject()], "")?;
    let text = answer.first().and_then(|a| a.get("text"));
    text.and_then(Value::as_str)
        .map(str::to_owned)
        .context("notes show answered without a text")
}

fn question() -> Vec<u8> {
    format!(
        "From: {}\r\nTo: {ANA}\r\nSubject: {QUESTION}\r\nDate: Thu, 19 Nov 2026 09:40:00 +0100\r\n\
         Message-ID: <dostava@mizarstvo-kovac.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nPozdravljena, Ana, kdaj pride kamion?\r\n",
        mime::mailbox("Tomaž Kovač", TOMAZ)
    )
    .into_bytes()
}
