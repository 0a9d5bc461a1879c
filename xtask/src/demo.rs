//! `cargo xtask demo`: Kontor on the sample company, with a real mail server behind it.

mod customers;
mod options;

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::{Desk, Dovecot, Rng, Screen, company};

use crate::{run, shell, system};
use customers::Customers;
use options::Options;

/// How long a first sync and a first picture may take before the demo says that something is wrong.
const PATIENCE: Duration = Duration::from_secs(180);

/// The window's title, as a pattern.
const TITLE: &str = "^Kontor$";

/// From this width on, list and conversation stand side by side.
const WIDE: u32 = 900;

/// Prepares everything, opens the window, and ends everything when it closes.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let options = Options::parse(words)?;
    let display = std::env::var_os("DISPLAY").or_else(|| std::env::var_os("WAYLAND_DISPLAY"));
    // A picture has the size asked for on every machine, so it is taken on a screen of its own.
    let own_screen = options.screenshot.is_some() || display.is_none();
    let groups = [system::BUILD, system::SERVERS, system::SCREEN];
    system::ensure(
        groups
            .get(..if own_screen { 3 } else { 2 })
            .unwrap_or(&groups),
    )?;
    run::build(false)?;

    println!("Starting the mail server of Hrast & Vijak");
    let now = unix_now();
    let dovecot = company::seed(Dovecot::builder(), now).start()?;
    let desk = fresh_desk()?;
    for account in company::ACCOUNTS {
        desk.add_account(&dovecot, account.address, account.name)?;
    }
    println!("Starting its Metakocka and the team's server");
    let _customers = Customers::start(&desk, &programs())?;
    let chosen = [("language", options.lang), ("theme", options.theme)];
    for (setting, value) in chosen.iter().filter_map(|(s, v)| Some((s, (*v)?))) {
        desk.set(setting, value)?;
    }
    let screen = if own_screen {
        Some(Screen::start(options.width, options.height)?)
    } else {
        None
    };
    if let Some(screen) = screen.as_ref().filter(|_| options.screenshot.is_none()) {
        println!(
            "There is no display here: the window opens on a virtual one, DISPLAY={}.",
            screen.display()
        );
        println!("`cargo xtask demo --screenshot FILE` shows what it looks like.");
    }
    let window = open(&desk, screen.as_ref(), &options)?;
    match (&options.screenshot, &screen) {
        (Some(file), Some(screen)) => picture(&desk, screen, window, file, &options),
        _ => live(&dovecot, window, options.seconds, now),
    }
}

/// A profile without yesterday in it.
fn fresh_desk() -> Result<Desk> {
    let dir = shell::target().join("demo");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).with_context(|| format!("empty {}", dir.display()))?;
    }
    Desk::at(&dir, &programs())
}

fn programs() -> PathBuf {
    shell::target().join("debug")
}

/// Opens the window.
fn open(desk: &Desk, screen: Option<&Screen>, options: &Options) -> Result<Window> {
    let mut command = desk.window();
    if let Some(screen) = screen {
        command
            .env("DISPLAY", screen.display())
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11");
        // No graphics card behind it: drawing in memory is the faster way.
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    if options.screenshot.is_some() {
        // The hours of the picture are those of the company.
        command.env("TZ", "Europe/Ljubljana");
    }
    Ok(Window(command.spawn().context("open the window")?))
}

/// The window's program; ends with the demo, however that ends.
struct Window(Child);

impl Drop for Window {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// New mail keeps arriving until the window closes or the time is over.
fn live(dovecot: &Dovecot, mut window: Window, seconds: Option<u64>, seed: i64) -> Result<()> {
    println!("Kontor is open. New mail arrives every 20 to 40 seconds; Ctrl-C ends everything.");
    let begun = Instant::now();
    let mut rng = Rng::new(seed.unsigned_abs());
    let mut arrivals = company::arrivals(seed.unsigned_abs());
    let mut next = Duration::from_secs(12);
    loop {
        if let Some(status) = window.0.try_wait()? {
            if !status.success() {
                bail!("Kontor ended with {status}");
            }
            return Ok(());
        }
        if seconds.is_some_and(|s| begun.elapsed() >= Duration::from_secs(s)) {
            return Ok(());
        }
        if begun.elapsed() >= next {
            next = next.saturating_add(Duration::from_secs(rng.between(20, 40)));
            if let Some(mail) = arrivals.next_at(unix_now()) {
                dovecot.deliver(&mail.to, &mail.raw)?;
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Waits until all mail is here and the window has come to rest, then saves what a person would see.
fn picture(
    desk: &Desk,
    screen: &Screen,
    mut window: Window,
    file: &Path,
    options: &Options,
) -> Result<()> {
    let begun = Instant::now();
    let mut placed = false;
    let mut synced = false;
    // A narrow window shows the list or a conversation; a wide one shows both, so one is opened.
    let mut opened = options.width < WIDE;
    let mut closed = Vec::new();
    let mut before = Vec::new();
    loop {
        if let Some(status) = window.0.try_wait()? {
            bail!("Kontor ended before the picture was taken: {status}");
        }
        if begun.elapsed() > PATIENCE {
            bail!(
                "the window did not come to rest within {} s",
                PATIENCE.as_secs()
            );
        }
        placed = placed || screen.place(TITLE, options.width, options.height).is_ok();
        synced = synced || (placed && desk.is_synced()?);
        let now = screen.pixels()?;
        // An empty screen is at rest, too, but shows nothing.
        let rests = synced && now == before && colours(&now) > 8;
        if rests && opened && conversation(&now, options.width) != closed {
            break;
        }
        if rests && !opened {
            screen.key(TITLE, "j")?;
            opened = true;
            closed = conversation(&now, options.width);
        }
        before = if synced { now } else { Vec::new() };
        std::thread::sleep(Duration::from_millis(700));
    }
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    screen.picture(file)?;
    println!("{} shows what a person would see.", file.display());
    Ok(())
}

/// The pixels of the right half, where a wide window shows the conversation.
fn conversation(rgb: &[u8], width: u32) -> Vec<u8> {
    let row = usize::try_from(width).unwrap_or_default().saturating_mul(3);
    let right = rgb
        .chunks_exact(row.max(1))
        .filter_map(|line| line.get(row / 2..));
    right.flatten().copied().collect()
}

/// How many different pixels there are, counted up to a handful.
fn colours(rgb: &[u8]) -> usize {
    let mut seen: Vec<&[u8]> = Vec::new();
    for pixel in rgb.chunks_exact(3) {
        if !seen.contains(&pixel) {
            seen.push(pixel);
        }
        if seen.len() > 8 {
            break;
        }
    }
    seen.len()
}

/// The clock of the demo: the one place here that asks what time it is.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge: everything below takes the time as a value"
)]
fn unix_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_empty_screen_is_told_from_a_full_one() {
        assert_eq!(super::colours(&[0; 300]), 1, "black");
        let many: Vec<u8> = (0..=255).collect();
        assert!(super::colours(&many) > 8, "colourful");
    }
}
