//! System packages: says what is missing, then installs it.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// To build the window.
pub(crate) const BUILD: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "build-essential",
    "librsvg2-dev",
    "libxdo-dev",
    "libayatana-appindicator3-dev",
    "pkg-config",
    "file",
];

/// To run it without a screen, look at it and drive it.
pub(crate) const SCREEN: &[&str] = &[
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "dbus",
    "dunst",
    "imagemagick",
    "xdotool",
    "gnome-keyring",
    "libsecret-tools",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "libgl1-mesa-dri",
    "pulseaudio",
    "gstreamer1.0-plugins-good",
];

/// The real mail server, and the real database of a large team.
pub(crate) const SERVERS: &[&str] = &[
    "dovecot-imapd",
    "dovecot-lmtpd",
    "dovecot-submissiond",
    "openssl",
    "postgresql",
    "procps",
    "util-linux",
];

/// Makes sure the packages are there.
///
/// # Errors
/// When they cannot be installed; the sentence names them, for a person to do it.
pub(crate) fn ensure(groups: &[&[&str]]) -> Result<()> {
    let wanted: BTreeSet<&str> = groups.iter().flat_map(|g| g.iter().copied()).collect();
    let Some(dpkg) = shell::find("dpkg-query") else {
        println!(
            "This is not Debian or Ubuntu, so nothing is installed. Needed are the counterparts of:"
        );
        println!("  {}", wanted.into_iter().collect::<Vec<_>>().join(" "));
        return Ok(());
    };
    // dpkg-query fails when it does not know one of the names; what it knows is on standard output all the same.
    let known = Command::new(dpkg)
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"])
        .args(&wanted)
        .stderr(Stdio::null())
        .output()
        .context("ask dpkg-query")?;
    let missing = missing(&wanted, &String::from_utf8_lossy(&known.stdout));
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing system packages: {}", missing.join(" "));
    install(&missing)
        .with_context(|| format!("install by hand: apt-get install {}", missing.join(" ")))
}

fn missing<'a>(wanted: &BTreeSet<&'a str>, known: &str) -> Vec<&'a str> {
    let installed: BTreeSet<&str> = known
        .lines()
        .filter_map(|l| l.strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|w| !installed.contains(w))
        .collect()
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = |words: &[&str]| {
        let mut command = if is_root()? {
            Command::new("apt-get")
        } else if let Some(sudo) = shell::find("sudo") {
            let mut sudo = Command::new(sudo);
            sudo.arg("apt-get");
            sudo
        } else {
            bail!("this needs root, and there is no sudo");
        };
        command
            .args(["-y", "-qq", "-o", "DPkg::Lock::Timeout=300"])
            .args(words);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(&mut command)
    };
    let words: Vec<&str> = ["install", "--no-install-recommends"]
        .iter()
        .chain(packages)
        .copied()
        .collect();
    // A fresh machine has no package lists, an old one has stale ones: one refresh, then it must work.
    apt(&["update"])?;
    apt(&words)
}

fn is_root() -> Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(std::fs::metadata("/proc/self")
        .context("read /proc/self")?
        .uid()
        == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_removed_is_missing() {
        let wanted = BTreeSet::from(["dovecot-imapd", "file", "xvfb"]);
        let known = "file installed\ndovecot-imapd config-files\n";
        assert_eq!(
            missing(&wanted, known),
            ["dovecot-imapd", "xvfb"],
            "unknown and removed packages both count"
        );
    }
}
