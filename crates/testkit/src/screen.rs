//! A screen nobody looks at: an X server in memory, to open windows on and to take pictures of.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

/// A running Xvfb. Ends with the value, and with the thread that made it.
#[derive(Debug)]
pub struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// Starts one of this size in pixels on a free display number.
    ///
    /// # Errors
    /// When Xvfb (package xvfb) is missing or does not start.
    pub fn start(width: u32, height: u32) -> Result<Self> {
        let size = format!("{width}x{height}x24");
        let mut server = bound("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                &size,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start Xvfb (package xvfb)")?;
        // It says its number once it can be connected to.
        let mut number = String::new();
        let said = server
            .stdout
            .take()
            .map(|out| BufReader::new(out).read_line(&mut number));
        let screen = Self {
            server,
            display: format!(":{}", number.trim()),
        };
        anyhow::ensure!(
            matches!(said, Some(Ok(n)) if n > 0),
            "Xvfb did not start; is another X server short of memory?"
        );
        Ok(screen)
    }

    /// The value for `DISPLAY`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Saves a picture of the whole screen; the ending of the name decides the format.
    ///
    /// # Errors
    /// When ImageMagick's `import` (package imagemagick) is missing or the folder cannot be written.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let out = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(file)
            .output()
            .context("run import (package imagemagick)")?;
        anyhow::ensure!(
            out.status.success(),
            "import: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        );
        Ok(())
    }

    /// The pixels of the whole screen, to compare two moments.
    ///
    /// # Errors
    /// As [`Screen::picture`].
    pub fn pixels(&self) -> Result<Vec<u8>> {
        let out = Command::new("import")
            .args(["-display", &self.display, "-window", "root", "rgb:-"])
            .output()
            .context("run import (package imagemagick)")?;
        Ok(out.stdout)
    }

    /// Moves the window with this title to the corner and gives it this size: there is no window manager here.
    ///
    /// # Errors
    /// When `xdotool` (package xdotool) is missing or there is no such window.
    pub fn place(&self, title: &str, width: u32, height: u32) -> Result<()> {
        let (width, height) = (width.to_string(), height.to_string());
        let words = [
            "search",
            "--onlyvisible",
            "--name",
            title,
            "windowmove",
            "0",
            "0",
            "windowsize",
            "%1",
            &width,
            &height,
        ];
        let out = Command::new("xdotool")
            .args(words)
            .env("DISPLAY", &self.display)
            .output()
            .context("run xdotool (package xdotool)")?;
        anyhow::ensure!(
            out.status.success(),
            "no window called {title} on the screen"
        );
        Ok(())
    }

    /// Takes the window with this title off the screen, as a person does who works in another program; answers what
    /// [`Self::show`] brings back.
    ///
    /// # Errors
    /// When `xdotool` is missing or there is no such window.
    pub fn hide(&self, title: &str) -> Result<String> {
        // Toolkits have further windows of the same name that were never on the screen.
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title])?;
        let window = found.lines().next().context("a window")?.to_owned();
        self.xdotool(&["windowunmap", "--sync", &window])?;
        Ok(window)
    }

    /// Puts a hidden window back.
    ///
    /// # Errors
    /// When `xdotool` is missing or the window is gone.
    pub fn show(&self, window: &str) -> Result<()> {
        self.xdotool(&["windowmap", "--sync", window]).map(drop)
    }

    fn xdotool(&self, words: &[&str]) -> Result<String> {
        let out = Command::new("xdotool")
            .args(words)
            .env("DISPLAY", &self.display)
            .output()
            .context("run xdotool (package xdotool)")?;
        anyhow::ensure!(out.status.success(), "xdotool {}", words.join(" "));
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// Types a key into the window with this title: `j`, `Return`, `ctrl+k`.
    ///
    /// # Errors
    /// When `xdotool` is missing or there is no such window.
    pub fn key(&self, title: &str, key: &str) -> Result<()> {
        // Nobody gives windows the focus here.
        let words = [
            "search",
            "--onlyvisible",
            "--name",
            title,
            "windowfocus",
            "--sync",
            "key",
            "--clearmodifiers",
            key,
        ];
        let out = Command::new("xdotool")
            .args(words)
            .env("DISPLAY", &self.display)
            .output()
            .context("run xdotool (package xdotool)")?;
        anyhow::ensure!(
            out.status.success(),
            "no window called {title} on the screen"
        );
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Gone already is fine.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// A program that ends when the thread that starts it does, whatever kills that.
#[must_use]
pub fn bound(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--", program]);
    command
}
