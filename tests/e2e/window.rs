//! The story of a mail in the real window: it arrives, is read, answered, put away and found again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Canary, Looks, Window, eventually};
use kontor_testkit::{Dovecot, Imap, company, mime};

const MAJA: &str = "maja@hrastvijak.example";
const PRODAJA: &str = "prodaja@hrastvijak.example";
const ANA: &str = "ana@hrastvijak.example";

/// The subject of the conversation in the pictures.
const OFFER: &str = "PN-2026-0418";

/// Thursday, 19 November 2026, 09:50 in Ljubljana: the moment of the pictures.
const NOW: i64 = 1_795_078_200;

#[test]
fn a_mail_arrives_is_answered_put_away_and_found() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let canary = Canary::start()?;
    let accounts = [(MAJA, "Maja"), (PRODAJA, "Prodaja")];
    let window = Window::open(&dovecot, &accounts, Looks::default())?;
    let mut axe = Axe::default();

    first_sync(&window, &mut axe)?;
    arrives_by_push(&window, &dovecot, &canary)?;
    opens_without_remote_images(&window, &canary, &mut axe)?;
    stays_at_home(&window, &canary)?;
    is_answered(&window, &dovecot, &mut axe)?;
    is_put_away(&window, &dovecot)?;
    is_found(&window, &mut axe)?;
    ensure!(
        canary.asked().is_empty(),
        "nothing was ever fetched from outside: {:?}",
        canary.asked()
    );
    axe.verdict()
}

#[test]
fn it_looks_right_in_light_dark_and_narrow() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let window = Window::open(&dovecot, &everybody(), Looks::default())?;
    let mut axe = Axe::default();
    first_sync(&window, &mut axe)?;
    window.press("option", OFFER)?;
    window.find("", "3 remote images blocked")?;
    for theme in ["light", "dark"] {
        window.theme(theme)?;
        axe.look(&window, theme)?;
        window.picture(&format!("main-{theme}"))?;
    }
    window.theme("light")?;
    window.size(400, 860)?;
    window.find("", "image")?;
    axe.look(&window, "narrow conversation")?;
    window.picture("narrow-conversation")?;
    window.script("history.back()")?;
    window.find("option", OFFER)?;
    axe.look(&window, "narrow list")?;
    window.picture("narrow-list")?;
    axe.verdict()
}

#[test]
fn it_speaks_slovenian() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let looks = Looks {
        language: "sl",
        ..Looks::default()
    };
    let window = Window::open(&dovecot, &everybody(), looks)?;
    let mut axe = Axe::default();
    window.press("option", OFFER)?;
    eventually("all mail here", || {
        Ok(window.desk().is_synced()?.then_some(()))
    })?;
    window.find("link", "Prejeto")?;
    ensure!(
        window.script("return document.documentElement.lang")? == "sl",
        "screen readers know the language"
    );
    axe.look(&window, "sl")?;
    window.picture("main-sl")?;
    axe.verdict()
}

/// What axe finds at several moments: one run shows everything that is wrong.
#[derive(Default)]
struct Axe(Vec<String>);

impl Axe {
    fn look(&mut self, window: &Window, when: &str) -> Result<()> {
        let found = window.axe()?;
        self.0.extend(
            found
                .iter()
                .map(|violation| format!("{when}: {violation:#?}")),
        );
        Ok(())
    }

    fn verdict(&self) -> Result<()> {
        ensure!(self.0.is_empty(), "{}", self.0.join("\n"));
        Ok(())
    }
}

fn everybody() -> Vec<(&'static str, &'static str)> {
    let accounts = company::ACCOUNTS.iter();
    accounts.map(|a| (a.address, a.name)).collect()
}

/// The list fills by itself, newest first, and everything comes to rest.
fn first_sync(window: &Window, axe: &mut Axe) -> Result<()> {
    window.find("option", "Tomaž Kovač")?;
    eventually("all mail here", || {
        Ok(window.desk().is_synced()?.then_some(()))
    })?;
    window.find("", "Synced")?;
    axe.look(window, "after the first sync")
}

/// A mail delivered on the server comes into the open list: no reload, no key pressed.
fn arrives_by_push(window: &Window, dovecot: &Dovecot, canary: &Canary) -> Result<()> {
    window.script("window.neverReloaded = true")?;
    dovecot.deliver(MAJA, &letter(canary))?;
    window.find("option", "Vzorci za showroom")?;
    ensure!(
        window.script("return window.neverReloaded")? == true,
        "the same page all the time"
    );
    Ok(())
}

fn opens_without_remote_images(window: &Window, canary: &Canary, axe: &mut Axe) -> Result<()> {
    window.press("option", "Vzorci za showroom")?;
    window.find("article", "Ana Zupančič")?;
    // The picture and the background of the page.
    window.find("", "2 remote images blocked")?;
    axe.look(window, "with an open conversation")?;
    ensure!(
        canary.asked().is_empty(),
        "opening fetches nothing: {:?}",
        canary.asked()
    );
    Ok(())
}

/// Nothing leads the window or a mail's frame away, and nothing opens another window.
fn stays_at_home(window: &Window, canary: &Canary) -> Result<()> {
    let (page, frame, other) = (canary.url("page"), canary.url("frame"), canary.url("other"));
    window.script(&format!("window.open('{other}')"))?;
    window.script(&format!(
        "document.querySelector('iframe').contentWindow.location.href = '{frame}'"
    ))?;
    window.script(&format!("window.location.href = '{page}'"))?;
    // Answered by the page that was there before.
    window.find("option", "Vzorci za showroom")?;
    ensure!(
        window.script("return window.neverReloaded")? == true,
        "still the same page"
    );
    ensure!(
        canary.asked().is_empty(),
        "nobody went there: {:?}",
        canary.asked()
    );
    Ok(())
}

/// The reply lies in Sent, once, and in the other one's INBOX.
fn is_answered(window: &Window, dovecot: &Dovecot, axe: &mut Axe) -> Result<()> {
    window.keys("r")?;
    let reply = window.find("region", "Reply")?;
    let body = window.find_in(&reply, "textbox", "Text of the message")?;
    window.type_into(&body, "Hvala, vzorca sta izbrana.")?;
    axe.look(window, "while writing")?;
    window.picture("reply")?;
    window.press("button", "Send")?;
    let relayed = dovecot.wait_relayed(1, Duration::from_secs(40));
    ensure!(
        relayed.len() == 1 && relayed[0].to == [ANA],
        "sent once, to Ana: {relayed:?}"
    );
    for (user, folder) in [(MAJA, "Sent"), (ANA, "INBOX")] {
        let mut device = dovecot.imap(user)?;
        let search = "SUBJECT \"Vzorci za showroom\"";
        let lies = || Ok(Some(count(&mut device, folder, search)?).filter(|n| *n > 0));
        let copies = eventually(&format!("the reply in {folder} of {user}"), lies)?;
        ensure!(copies == 1, "{copies} copies in {folder} of {user}");
    }
    Ok(())
}

fn is_put_away(window: &Window, dovecot: &Dovecot) -> Result<()> {
    let mut device = dovecot.imap(MAJA)?;
    let search = "SUBJECT \"Vzorci za showroom\"";
    // The composer is closed: the key acts on the conversation again.
    window.gone("region", "Reply")?;
    window.keys("e")?;
    window.gone("option", "Vzorci za showroom")?;
    eventually("the mail in Archive", || {
        Ok((count(&mut device, "Archive", search)? == 1).then_some(()))
    })?;
    ensure!(
        count(&mut device, "INBOX", search)? == 0,
        "and no longer in INBOX"
    );
    Ok(())
}

/// By a word of its body, without its diacritics, not yet typed to the end.
fn is_found(window: &Window, axe: &mut Axe) -> Result<()> {
    window.keys("/")?;
    let field = window.find("textbox", "Search mail")?;
    window.type_into(&field, "hrastovih plosc sho")?;
    window.find("option", "Vzorci za showroom")?;
    axe.look(window, "in the search")?;
    window.picture("search")?;
    Ok(())
}

fn count(device: &mut Imap, folder: &str, search: &str) -> Result<usize> {
    device.select(folder)?;
    Ok(device.uids(search)?.len())
}

/// From Ana, in HTML, with everything that likes to call home.
fn letter(canary: &Canary) -> Vec<u8> {
    let html = format!(
        "<html><head><link rel=\"stylesheet\" href=\"{}\"><style>body{{background:url({})}}</style></head><body>\
         <p>Maja, vzorca hrastovih plošč sta pripravljena.</p><img src=\"{}\" width=\"40\" height=\"40\" alt=\"\">\
         <p>Ana</p></body></html>",
        canary.url("style.css"),
        canary.url("background.png"),
        canary.url("picture.png")
    );
    format!(
        "From: {}\r\nTo: {MAJA}\r\nSubject: Vzorci za showroom\r\nDate: Thu, 19 Nov 2026 09:51:00 +0100\r\n\
         Message-ID: <vzorci@hrastvijak.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}",
        mime::mailbox("Ana Zupančič", ANA),
        mime::base64_lines(html.as_bytes())
    )
    .into_bytes()
}
