//! The built program on a screen of its own, with somebody at its keyboard.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::{Desk, Dovecot, Screen, ports, screen};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::axe::{self, Violation};
use crate::bus::Bus;
use crate::eventually;
use crate::microphone::Microphone;
use crate::page::{self, Found};
use crate::webdriver::{self, Session};

/// How the window shall look.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// `en` or `sl`.
    pub language: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            language: "en",
            width: 1440,
            height: 900,
        }
    }
}

/// A running window. Ends with the value.
#[derive(Debug)]
pub struct Window {
    session: Session,
    driver: Child,
    screen: Screen,
    desk: Desk,
    _dir: Option<TempDir>,
}

impl Window {
    /// Opens the program on a fresh profile with these accounts (address, name), which live on `dovecot`.
    ///
    /// # Errors
    /// When the program is not built (`cargo xtask test` does), or does not come up.
    pub fn open(dovecot: &Dovecot, accounts: &[(&str, &str)], looks: Looks) -> Result<Self> {
        Self::open_beside(dovecot, accounts, looks, None)
    }

    /// Like [`Self::open`], on a desktop that hears what the program tells.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_beside(
        dovecot: &Dovecot,
        accounts: &[(&str, &str)],
        looks: Looks,
        bus: Option<&Bus>,
    ) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let desk = Desk::at(dir.path(), &programs()?)?;
        for (address, name) in accounts {
            desk.add_account(dovecot, address, name)?;
        }
        let mut window = Self::start(desk, looks, bus, None)?;
        window._dir = Some(dir);
        Ok(window)
    }

    /// Like [`Self::open`], on a computer with a microphone.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_hearing(
        dovecot: &Dovecot,
        accounts: &[(&str, &str)],
        looks: Looks,
        microphone: &Microphone,
    ) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let desk = Desk::at(dir.path(), &programs()?)?;
        for (address, name) in accounts {
            desk.add_account(dovecot, address, name)?;
        }
        let mut window = Self::start(desk, looks, None, Some(microphone))?;
        window._dir = Some(dir);
        Ok(window)
    }

    /// Opens the program on a desk that is set up.
    ///
    /// # Errors
    /// When the program does not come up.
    pub fn on(desk: Desk, looks: Looks) -> Result<Self> {
        Self::start(desk, looks, None, None)
    }

    fn start(
        desk: Desk,
        looks: Looks,
        bus: Option<&Bus>,
        microphone: Option<&Microphone>,
    ) -> Result<Self> {
        desk.set("language", looks.language)?;
        let screen = Screen::start(looks.width, looks.height)?;
        let (mut driver, port) = driver(&desk, &screen, bus, microphone)?;
        let program = desk.window_program();
        // By way of setpriv, so that the program ends with the driver even when nobody says goodbye.
        let args = ["--pdeathsig", "TERM", "--", &program.to_string_lossy()];
        match Session::start(port, Path::new("/usr/bin/setpriv"), &args) {
            Ok(session) => {
                let window = Self {
                    session,
                    driver,
                    screen,
                    desk,
                    _dir: None,
                };
                window.size(looks.width, looks.height)?;
                Ok(window)
            }
            Err(e) => {
                driver.kill()?;
                driver.wait()?;
                Err(e)
            }
        }
    }

    /// The profile and the programs, to look at from outside.
    #[must_use]
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Waits for a visible element with this role whose name contains `name`. The role may be empty.
    ///
    /// # Errors
    /// When none comes; a picture of the window is saved for the person who reads the failure.
    pub fn find(&self, role: &str, name: &str) -> Result<Found> {
        let seek = || {
            Ok(page::find(&self.session, role, name, None)?
                .into_iter()
                .next())
        };
        eventually(&format!("a {role} called “{name}”"), seek).inspect_err(|_| self.keep_failure())
    }

    /// Like [`Window::find`], inside another element.
    ///
    /// # Errors
    /// When none comes.
    pub fn find_in(&self, within: &Found, role: &str, name: &str) -> Result<Found> {
        let seek = || {
            Ok(page::find(&self.session, role, name, Some(within))?
                .into_iter()
                .next())
        };
        eventually(&format!("a {role} called “{name}”"), seek).inspect_err(|_| self.keep_failure())
    }

    /// True when there is such an element now.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn has(&self, role: &str, name: &str) -> Result<bool> {
        Ok(!page::find(&self.session, role, name, None)?.is_empty())
    }

    /// Waits until no such element is left.
    ///
    /// # Errors
    /// When it stays.
    pub fn gone(&self, role: &str, name: &str) -> Result<()> {
        let gone = || Ok((!self.has(role, name)?).then_some(()));
        eventually(&format!("no {role} called “{name}”"), gone).inspect_err(|_| self.keep_failure())
    }

    /// Finds and presses it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn press(&self, role: &str, name: &str) -> Result<()> {
        // It may be drawn anew between finding and pressing: then it is looked for again.
        let press = || {
            let found = self.find(role, name)?;
            Ok(page::click(&self.session, &found).ok())
        };
        eventually(&format!("pressing “{name}”"), press)
    }

    /// Presses what was found.
    ///
    /// # Errors
    /// When it is gone.
    pub fn click(&self, element: &Found) -> Result<()> {
        page::click(&self.session, element)
    }

    /// Types into a field.
    ///
    /// # Errors
    /// When it takes no text.
    pub fn type_into(&self, field: &Found, text: &str) -> Result<()> {
        page::type_into(&self.session, field, text)
    }

    /// Presses keys, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn keys(&self, text: &str) -> Result<()> {
        page::keys(&self.session, text, false)
    }

    /// Presses keys with Ctrl held down.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn ctrl(&self, text: &str) -> Result<()> {
        page::keys(&self.session, text, true)
    }

    /// What a person reads in it.
    ///
    /// # Errors
    /// When it is gone.
    pub fn text(&self, element: &Found) -> Result<String> {
        page::text(&self.session, element)
    }

    /// Runs JavaScript in the page.
    ///
    /// # Errors
    /// When it throws.
    pub fn script(&self, script: &str) -> Result<Value> {
        page::run(&self.session, script, &json!([]))
    }

    /// Runs JavaScript in the page with these `arguments`.
    ///
    /// # Errors
    /// When it throws.
    pub fn script_with(&self, script: &str, arguments: &Value) -> Result<Value> {
        page::run(&self.session, script, arguments)
    }

    /// What axe finds wrong with what is shown now.
    ///
    /// # Errors
    /// When axe-core is not installed (`npm ci` in `ui`).
    pub fn axe(&self) -> Result<Vec<Violation>> {
        axe::violations(&self.session, &root().join("ui"))
    }

    /// Gives the window another size.
    ///
    /// # Errors
    /// When it is gone.
    pub fn size(&self, width: u32, height: u32) -> Result<()> {
        let place = || Ok(self.screen.place("^Kontor$", width, height).ok());
        eventually("the window on the screen", place)?;
        let sized = || Ok((self.script("return innerWidth")? == width).then_some(()));
        eventually(&format!("a window {width} wide"), sized)
    }

    /// Does this while the person works in another program and the window is not on the screen.
    ///
    /// # Errors
    /// When the window is gone, or as the work does.
    pub fn away<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let window = self.screen.hide("^Kontor$")?;
        let done = work();
        self.screen.show(&window)?;
        done
    }

    /// Light or dark, as the setting does it.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn theme(&self, theme: &str) -> Result<()> {
        self.script(&format!(
            "document.documentElement.dataset.theme = '{theme}'"
        ))
        .map(drop)
    }

    /// Saves what a person would see as `target/e2e/NAME.png`, once it has come to rest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn picture(&self, name: &str) -> Result<PathBuf> {
        let mut before = Vec::new();
        eventually("the window at rest", || {
            let now = self.screen.pixels()?;
            let rests = now == before;
            before = now;
            Ok(rests.then_some(()))
        })?;
        let file = pictures()?.join(format!("{name}.png"));
        self.screen.picture(&file)?;
        Ok(file)
    }

    fn keep_failure(&self) {
        // The failure itself is what counts; a picture is a courtesy.
        if let Ok(dir) = pictures() {
            drop(self.screen.picture(&dir.join("failure.png")));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        drop(self.session.end());
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// WebKit's own driver, on a fresh port: a used one stays taken for a while.
fn driver(
    desk: &Desk,
    screen: &Screen,
    bus: Option<&Bus>,
    microphone: Option<&Microphone>,
) -> Result<(Child, u16)> {
    // No test rings on somebody's desk.
    let bus = bus.map_or("disabled:", Bus::address);
    let port = ports::free(1)?.pop().context("a free port")?;
    let mut driver = screen::bound("WebKitWebDriver")
        .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
        .envs(desk.environment())
        // Tauri lets itself be driven only when asked.
        .envs([
            ("TAURI_AUTOMATION", "true"),
            ("TAURI_WEBVIEW_AUTOMATION", "true"),
        ])
        .envs([
            ("DISPLAY", screen.display()),
            ("GDK_BACKEND", "x11"),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
        ])
        .envs([("TZ", "Europe/Ljubljana"), ("NO_AT_BRIDGE", "1")])
        .env_remove("WAYLAND_DISPLAY")
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .envs(microphone.map(|microphone| ("PULSE_SERVER", microphone.address())))
        .stdin(Stdio::null())
        .spawn()
        .context("start WebKitWebDriver (package webkit2gtk-driver)")?;
    let ready = eventually("the WebDriver", || {
        if let Some(status) = driver.try_wait()? {
            bail!("WebKitWebDriver ended with {status}");
        }
        Ok(webdriver::is_ready(port).then_some(()))
    });
    if let Err(e) = ready {
        driver.kill()?;
        return Err(e);
    }
    Ok((driver, port))
}

/// The workspace's folder.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where the window's program, kontorctl and the team's server were built.
///
/// # Errors
/// When one of them is not; `cargo xtask test` builds them.
pub fn programs() -> Result<PathBuf> {
    let dir = target().join("debug");
    for name in ["kontor", "kontorctl", "kontor-server"] {
        if !dir.join(name).is_file() {
            bail!("{name} is not built; `cargo xtask test window` builds and tests it");
        }
    }
    Ok(dir)
}

fn pictures() -> Result<PathBuf> {
    let dir = target().join("e2e");
    std::fs::create_dir_all(&dir).with_context(|| format!("make {}", dir.display()))?;
    Ok(dir)
}
