//! What the stories have in common: the sample company's people, its team and its Metakocka.

use anyhow::{Result, ensure};
use kontor_simulators::metakocka::Metakocka;
use kontor_testkit::TeamServer;

use crate::Window;

/// The one whose window most stories look at.
pub const MAJA: &str = "maja@hrastvijak.example";
/// Her second account.
pub const PRODAJA: &str = "prodaja@hrastvijak.example";
/// Who writes to her.
pub const TOMAZ: &str = "tomaz@mizarstvo-kovac.example";
/// Whom he writes for.
pub const CUSTOMER: &str = "Mizarstvo Kovač d.o.o.";
/// Of everybody, at the team's server.
pub const PASSWORD: &str = "correct horse battery";
/// The team.
pub const TEAM: &str = "Hrast & Vijak";
/// The subject of the conversation in the pictures, in Maja's mail.
pub const OFFER: &str = "PN-2026-0418";
/// Thursday, 19 November 2026, 09:50 in Ljubljana: the moment of the pictures.
pub const NOW: i64 = 1_795_078_200;

/// Keys, as WebDriver names them.
pub const TAB: &str = "\u{E004}";
/// See there.
pub const ENTER: &str = "\u{E007}";
/// See there.
pub const ESCAPE: &str = "\u{E00C}";

/// Makes the team on its server.
///
/// # Errors
/// When the server does not.
pub fn create_team(server: &TeamServer, admin: &str) -> Result<()> {
    let words = ["create-org", TEAM, "--admin", admin, "--password-stdin"];
    server.admin(&words, &format!("{PASSWORD}\n")).map(drop)
}

/// Connects the team with its Metakocka.
///
/// # Errors
/// When the server does not.
pub fn connect(server: &TeamServer, erp: &Metakocka) -> Result<()> {
    let (url, company) = (erp.base_url(), erp.company_id());
    let words = [
        "crm",
        "connect",
        TEAM,
        "--base-url",
        url,
        "--company",
        company,
        "--key-stdin",
    ];
    let key = format!("{}\n", erp.secret_key());
    server.admin(&words, &key).map(drop)
}

/// Looks with axe.
///
/// # Errors
/// What is wrong, and when.
pub fn accessible(window: &Window, when: &str) -> Result<()> {
    let violations = window.axe()?;
    ensure!(violations.is_empty(), "{when}: {violations:#?}");
    Ok(())
}
