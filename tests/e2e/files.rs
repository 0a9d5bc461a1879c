//! Files in a note and a voice note, in the real window: dropped, shown, spoken, heard, kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use anyhow::{Context as _, Result, ensure};
use e2e::story::{MAJA, NOW, OFFER, PRODAJA};
use e2e::{Found, Looks, Microphone, Window, eventually};
use kontor_testkit::{Dovecot, company};
use serde_json::Value;

const NOTE: &str = "address:tomaz@mizarstvo-kovac.example";

/// Drops a picture of 3 × 2 pixels on the note, as a person drops one from the desktop.
const DROP: &str = r#"
const canvas = document.createElement("canvas");
canvas.width = 3; canvas.height = 2;
const png = atob(canvas.toDataURL("image/png").split(",")[1]);
const bytes = Uint8Array.from(png, (c) => c.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], "dvorišče.png", { type: "image/png" }));
const note = document.querySelector("[data-note]");
const { x, y } = note.getBoundingClientRect();
const at = { bubbles: true, cancelable: true, dataTransfer: data, clientX: x + 5, clientY: y + 5 };
note.dispatchEvent(new DragEvent("drop", at));
return bytes.length;
"#;

#[test]
fn a_picture_is_dropped_and_a_voice_note_is_spoken() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let microphone = Microphone::start()?;
    let accounts = [(MAJA, "Maja"), (PRODAJA, "Prodaja")];
    let window = Window::open_hearing(&dovecot, &accounts, Looks::default(), &microphone)?;
    window.press("option", OFFER)?;
    window.find("article", "Tomaž Kovač")?;
    window.ctrl("t")?;
    let sheet = window.find("dialog", "Team")?;
    window.find_in(&sheet, "textbox", "Shared note about Tomaž Kovač")?;

    let size = window.script(DROP)?;
    let list = window.find("list", "1 file in this note")?;
    window.find_in(&list, "button", "dvorišče.png")?;
    let shown = "return document.querySelector(\"img[src^='kontor-file:']\")?.naturalWidth ?? 0";
    holds(&window, "the picture is shown", shown, |width| width == 3)?;

    speaks(&window, &sheet)?;
    let list = window.find("list", "2 files in this note")?;
    window.find_in(&list, "button", "Voice note")?;
    let plays = "return [...document.querySelectorAll(\"li audio\")].at(-1)?.duration ?? 0";
    holds(&window, "it can be played in the note", plays, |length| {
        length.as_f64().is_some_and(|length| length > 1.0)
    })?;
    let flaws = window.axe()?;
    ensure!(flaws.is_empty(), "{flaws:#?}");
    stored(&window, &size)
}

/// Records for some seconds, listens, and keeps it; what was cancelled before is gone.
fn speaks(window: &Window, sheet: &Found) -> Result<()> {
    let record = window.find_in(sheet, "button", "Record a voice note")?;
    window.click(&record)?;
    window.find("timer", "Recording, 0:01")?;
    window.press("button", "Cancel")?;
    window.gone("timer", "Recording")?;
    let record = window.find_in(sheet, "button", "Record a voice note")?;
    window.click(&record)?;
    window.find("timer", "Recording, 0:02")?;
    window.press("button", "Stop")?;
    let heard = "return document.querySelector(\"fieldset audio\")?.duration ?? 0";
    holds(
        window,
        "it can be heard before it is kept",
        heard,
        |length| length.as_f64().is_some_and(|length| length > 1.0),
    )?;
    window.press("button", "Add to the note")?;
    window.gone("button", "Add to the note")
}

/// Asks the page until the answer is right.
fn holds(window: &Window, what: &str, script: &str, right: impl Fn(&Value) -> bool) -> Result<()> {
    let mut last = Value::Null;
    let asked = eventually(what, || {
        last = window.script(script)?;
        Ok(right(&last).then_some(()))
    });
    asked.with_context(|| format!("last it was {last}"))
}

/// Both files as the terminal sees them, and that somebody hums in one of them.
fn stored(window: &Window, picture: &Value) -> Result<()> {
    let desk = window.desk();
    let files = eventually("both files in the store", || {
        let files = desk.ctl(&["notes", "files", NOTE], "")?;
        Ok((files.len() == 2).then_some(files))
    })?;
    ensure!(files[0]["size"] == *picture, "{files:?}");
    ensure!(
        files.iter().all(|file| file["state"] == "local"),
        "{files:?}"
    );
    let spoken = &files[1];
    ensure!(spoken["type"] == "audio/wav", "{spoken}");
    let to = desk.profile().join("../spoken.wav");
    let hash = spoken["sha256"].as_str().context("a name")?;
    desk.ctl(
        &["notes", "file", NOTE, hash, "-o", &to.to_string_lossy()],
        "",
    )?;
    let wav = std::fs::read(&to)?;
    let samples = wav[44..].chunks_exact(2);
    let loudest = samples
        .map(|two| i16::from_le_bytes([two[0], two[1]]).unsigned_abs())
        .max();
    ensure!(loudest > Some(1000), "somebody hums: {loudest:?}");
    Ok(())
}
