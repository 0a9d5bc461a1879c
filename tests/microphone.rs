//! A microphone in which somebody hums: PulseAudio by itself, with a tone where a room would be.

use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::screen;
use tempfile::TempDir;

use crate::eventually;

/// Not `pulse`: the server makes a folder of that name.
const SOCKET: &str = "sound";

/// A sound server of its own. Ends with the value.
#[derive(Debug)]
pub struct Microphone {
    server: Child,
    dir: TempDir,
}

impl Microphone {
    /// Starts it.
    ///
    /// # Errors
    /// When `pulseaudio` is not installed (`cargo xtask test` sees to it), or does not come up.
    pub fn start() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let socket = dir.path().join(SOCKET);
        let server = screen::bound("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
            .args(["--use-pid-file=no", "--disable-shm=yes"])
            .args(["-L", "module-null-sink sink_name=room"])
            .args(["-L", "module-sine sink=room frequency=440"])
            .args([
                "-L",
                "module-virtual-source source_name=microphone master=room.monitor",
            ])
            .arg("-L")
            .arg(format!(
                "module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ))
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("XDG_CONFIG_HOME", dir.path())
            .env("HOME", dir.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start pulseaudio")?;
        let mut microphone = Self { server, dir };
        eventually("the microphone", || {
            if let Some(status) = microphone.server.try_wait()? {
                bail!("pulseaudio ended with {status}");
            }
            Ok(socket.exists().then_some(()))
        })?;
        Ok(microphone)
    }

    /// What `PULSE_SERVER` is for those who shall hear it.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix:{}", self.dir.path().join(SOCKET).display())
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
