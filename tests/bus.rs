//! A desktop's session bus with a notification service on it: what the program tells the person, as the desktop hears it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::{Screen, screen};

use crate::eventually;

/// A bus of its own, with dunst on a screen of its own. Ends with the value.
#[derive(Debug)]
pub struct Bus {
    address: String,
    /// In the order of their starting.
    programs: Vec<Child>,
    heard: Arc<Mutex<String>>,
    screen: Screen,
}

impl Bus {
    /// Starts the bus, the service, and somebody who listens.
    ///
    /// # Errors
    /// When `dbus` or `dunst` is not installed (`cargo xtask test` sees to it), or does not come up.
    pub fn start() -> Result<Self> {
        let mut daemon = screen::bound("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start dbus-daemon (package dbus)")?;
        let mut address = String::new();
        if let Some(out) = daemon.stdout.take() {
            BufReader::new(out).read_line(&mut address)?;
        }
        let mut bus = Self {
            address: address.trim().to_owned(),
            programs: vec![daemon],
            heard: Arc::default(),
            screen: Screen::start(640, 480)?,
        };
        if bus.address.is_empty() {
            bail!("dbus-daemon did not say where it listens");
        }
        bus.listen()?;
        bus.serve()?;
        Ok(bus)
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is for those on it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for a notification with these words in its title or its text.
    ///
    /// # Errors
    /// When none comes; what was heard is in the message.
    pub fn hears(&self, words: &str) -> Result<()> {
        let told = eventually("a notification", || {
            Ok(self.heard().contains(words).then_some(()))
        });
        told.with_context(|| format!("“{words}” in {}", self.heard()))
    }

    /// Everything that was told so far.
    #[must_use]
    pub fn heard(&self) -> String {
        let heard = self.heard.lock();
        heard.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn listen(&mut self) -> Result<()> {
        let notify = "interface='org.freedesktop.Notifications',member='Notify'";
        let mut monitor = screen::bound("dbus-monitor")
            .args(["--address", &self.address, notify])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start dbus-monitor (package dbus)")?;
        let out = monitor.stdout.take().context("a pipe")?;
        self.programs.push(monitor);
        let heard = Arc::clone(&self.heard);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push_str(line.trim());
                heard.push('\n');
            }
        });
        Ok(())
    }

    /// The service has its name on the bus before anybody may want it.
    fn serve(&mut self) -> Result<()> {
        let dunst = screen::bound("dunst")
            .env("DISPLAY", self.screen.display())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start dunst (package dunst)")?;
        self.programs.push(dunst);
        eventually("the notification service", || {
            let asked = screen::bound("dbus-send")
                .args([
                    &format!("--bus={}", self.address),
                    "--print-reply",
                    "--dest=org.freedesktop.Notifications",
                    "/org/freedesktop/Notifications",
                    "org.freedesktop.Notifications.GetServerInformation",
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .context("start dbus-send (package dbus)")?;
            Ok(asked.success().then_some(()))
        })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            // Gone already is fine.
            drop(program.kill());
            drop(program.wait());
        }
    }
}
