//! A private PostgreSQL on a loopback port of its own, in a folder of its own.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use kontor_testkit::Postgres;
//! let postgres = Postgres::start()?;
//! let url = postgres.create_database("kontor")?; // its owner is an ordinary role, bound by row-level security
//! postgres.psql("kontor", "SELECT 1")?; // as superuser
//! # Ok(()) }
//! ```
//!
//! No cluster of the system is touched, no privilege is needed; root drops to `nobody`, because PostgreSQL refuses to run
//! as root. The server ends with the value, and when the test process dies: it hangs on a pipe from it.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::ports;

/// The ordinary role that owns every database made by [`Postgres::create_database`].
pub const OWNER: &str = "kontor";

/// Who may do everything.
const SUPERUSER: &str = "postgres";

/// Runs the server and ends it when standard input closes: the writing end of that pipe belongs to the test process.
/// SIGQUIT is PostgreSQL's quick way out; a database of a test that is over has nothing to lose.
const SUPERVISOR: &str = r#"trap : TERM INT
"$1" -D "$2/data" </dev/null >/dev/null 2>"$2/log" & pid=$!
cat >/dev/null; kill -QUIT "$pid"; wait "$pid"; rm -rf "$2""#;

/// For `sh`, `cat` and `rm`, and for PostgreSQL where it lies in no folder of its own.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A running server. Everything of it is gone after drop.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    dir: TempDir,
    port: u16,
    supervisor: Option<Child>,
}

impl Postgres {
    /// A server that does not wait for the disk: quick, and safe until the machine itself fails.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not come up; its own words are in the message.
    pub fn start() -> Result<Self> {
        Self::start_with("fsync = off\nfull_page_writes = off\n")
    }

    /// A server that waits for the disk with every commit, as in earnest.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_durable() -> Result<Self> {
        Self::start_with("")
    }

    /// Makes a database that belongs to [`OWNER`], and answers the URL with which they connect.
    ///
    /// # Errors
    /// When there is one of this name.
    pub fn create_database(&self, name: &str) -> Result<String> {
        self.psql(
            "postgres",
            &format!("CREATE DATABASE \"{name}\" OWNER {OWNER}"),
        )?;
        Ok(self.url(OWNER, name))
    }

    /// The address of a database for some role; nobody needs a password.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as superuser, whom row-level security does not bind; answers what `psql` prints, bare.
    ///
    /// # Errors
    /// What the server says of them.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let out = Command::new(self.programs.join("psql"))
            .env_clear()
            .env("PATH", PATH)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", SUPERUSER, "-d", database, "-c", sql])
            .output()
            .context("run psql")?;
        ensure!(out.status.success(), "psql: {}", words(&out));
        Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }

    /// What the server wrote into its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(self.dir.path().join("log")).map_or_else(
            |_| String::new(),
            |b| String::from_utf8_lossy(&b).into_owned(),
        )
    }

    fn start_with(settings: &str) -> Result<Self> {
        let dir = tempfile::Builder::new()
            .prefix("kontor-pg-")
            .tempdir_in("/tmp")
            .context("make a folder in /tmp")?;
        let mut postgres = Self {
            programs: programs(),
            dir,
            port: 0,
            supervisor: None,
        };
        postgres.init()?;
        let config = postgres.dir.path().join("data/postgresql.conf");
        let base = std::fs::read_to_string(&config)? + settings;
        let mut attempts = 1..=5;
        loop {
            let last = attempts.next().is_none();
            postgres.port = *ports::free(1)?.first().context("no free port")?;
            std::fs::write(&config, base.clone() + &postgres.settings())?;
            match postgres.run() {
                Ok(()) => break,
                // Another test took the port in between.
                Err(e) if !last && format!("{e:#}").contains("Address already in use") => {}
                Err(e) => return Err(e),
            }
        }
        postgres.psql("postgres", &format!("CREATE ROLE {OWNER} LOGIN"))?;
        Ok(postgres)
    }

    fn settings(&self) -> String {
        format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\n\
             shared_buffers = 32MB\nmax_connections = 60\n",
            self.port,
            self.dir.path().display()
        )
    }

    fn init(&self) -> Result<()> {
        let dir = self.dir.path();
        if let Some(nobody) = other_than_root()? {
            std::os::unix::fs::chown(dir, Some(nobody), Some(nobody))?;
        }
        let out = self
            .command("initdb")?
            .arg("-D")
            .arg(dir.join("data"))
            .args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions"])
            .output()
            .context(
                "PostgreSQL is not installed, and these tests need it: `apt-get install postgresql`",
            )?;
        ensure!(out.status.success(), "initdb: {}", words(&out));
        Ok(())
    }

    fn run(&mut self) -> Result<()> {
        drop(std::fs::remove_file(self.dir.path().join("log")));
        let mut command = self.command("sh")?;
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(self.programs.join("postgres"))
            .arg(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        self.supervisor = Some(command.spawn().context("start sh")?);
        let begun = Instant::now();
        loop {
            let log = self.log();
            if log.contains("ready to accept connections") {
                return Ok(());
            }
            if log.contains("FATAL:") || begun.elapsed() > Duration::from_secs(30) {
                bail!("PostgreSQL does not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A program that runs as somebody PostgreSQL works for, in English.
    fn command(&self, program: &str) -> Result<Command> {
        let own = self.programs.join(program);
        let mut command = Command::new(if own.exists() {
            own
        } else {
            PathBuf::from(program)
        });
        command.env_clear().env("PATH", PATH).current_dir("/");
        if let Some(nobody) = other_than_root()? {
            command.uid(nobody).gid(nobody);
        }
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            drop(supervisor.stdin.take());
            drop(supervisor.wait());
        }
    }
}

/// The folder of the newest PostgreSQL, where Debian and Homebrew put it; empty where it must be on the path.
fn programs() -> PathBuf {
    let version = |path: &Path| -> u32 {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    let mut found: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|root| std::fs::read_dir(root).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .collect();
    found.sort_by_key(|path| version(path));
    found
        .pop()
        .map_or_else(PathBuf::new, |path| path.join("bin"))
}

/// The number of `nobody` where this is root.
fn other_than_root() -> Result<Option<u32>> {
    let me = std::fs::metadata("/proc/self").map_or_else(
        |_| std::fs::metadata(".").map(|m| m.uid()), // no /proc: macOS, where nobody tests as root
        |m| Ok(m.uid()),
    );
    Ok((me.context("ask who this is")? == 0).then_some(65534))
}

fn words(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).trim().to_owned()
}
