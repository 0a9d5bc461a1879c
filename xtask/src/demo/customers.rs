//! The sample company's customers: a Metakocka on this machine, the team's server that mirrors it, and Maja in the team.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::{Desk, TeamServer};

const TEAM: &str = "Hrast & Vijak";
const ADMIN: &str = "bor@hrastvijak.example";
const MAJA: &str = "maja@hrastvijak.example";
/// Of everybody here; the server listens on this machine alone and ends with the demo.
const PASSWORD: &str = "correct horse battery staple";
/// Enough that lists are full, few enough that the mirror is whole before anybody has looked around.
const SIZE: [&str; 6] = [
    "--partners",
    "200",
    "--documents",
    "3000",
    "--products",
    "400",
];

/// What stands behind the customers. Ends with the value.
#[derive(Debug)]
pub(super) struct Customers {
    _server: TeamServer,
    _erp: Erp,
}

/// The simulated Metakocka.
#[derive(Debug)]
struct Erp {
    running: Child,
    url: String,
    company: String,
    key: String,
}

impl Customers {
    /// Starts both and lets the desk join the team.
    pub(super) fn start(desk: &Desk, programs: &Path) -> Result<Self> {
        let erp = Erp::start(programs)?;
        let server = TeamServer::of(programs)?;
        let line = format!("{PASSWORD}\n");
        server.admin(
            &["create-org", TEAM, "--admin", ADMIN, "--password-stdin"],
            &line,
        )?;
        let connect = [
            "crm",
            "connect",
            TEAM,
            "--base-url",
            &erp.url,
            "--company",
            &erp.company,
            "--key-stdin",
        ];
        server.admin(&connect, &format!("{}\n", erp.key))?;
        server.welcome(desk, (TEAM, "admin"), ("Maja Hribar", MAJA), PASSWORD)?;
        Ok(Self {
            _server: server,
            _erp: erp,
        })
    }
}

impl Erp {
    fn start(programs: &Path) -> Result<Self> {
        let mut running = Command::new(programs.join("metakocka-simulator"))
            .arg("--clock")
            .args(SIZE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start the simulated Metakocka")?;
        let out = running.stdout.take().context("its output")?;
        let mut erp = Self {
            running,
            url: String::new(),
            company: String::new(),
            key: String::new(),
        };
        for line in BufReader::new(out).lines().take(3) {
            let line = line?;
            for (word, to) in [
                ("listening on ", &mut erp.url),
                ("company_id ", &mut erp.company),
                ("secret_key ", &mut erp.key),
            ] {
                if let Some(value) = line.strip_prefix(word) {
                    value.trim().clone_into(to);
                }
            }
        }
        if [&erp.url, &erp.company, &erp.key]
            .iter()
            .any(|s| s.is_empty())
        {
            bail!("the simulated Metakocka did not come up");
        }
        Ok(erp)
    }
}

impl Drop for Erp {
    fn drop(&mut self) {
        // Gone already is fine.
        drop(self.running.kill());
        drop(self.running.wait());
    }
}
