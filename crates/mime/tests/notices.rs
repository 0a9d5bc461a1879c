//! What mails are besides letters, in the project's own fixtures.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fs;
use std::path::Path;

use kontor_mime::{authentication, notices};
use serde_json::{Value, json};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
        .with_extension("eml");
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// What is told about a mail, as JSON.
fn told(name: &str) -> Value {
    json!(notices(&fixture(name)))
}

#[test]
fn invitations() {
    let want = json!([{
        "kind": "invite", "method": "request", "uid": "sestanek-1@hrast.si", "sequence": 2,
        "summary": "Pregled ponudbe, Kos d.o.o.", "location": "Soba 2",
        "start": {"type": "local", "at": "2026-11-24T10:00:00", "zone": "Europe/Ljubljana"},
        "end": {"type": "local", "at": "2026-11-24T11:30:00", "zone": "Europe/Ljubljana"},
        "organiser": {"name": "Novak, Ana", "address": "ana@hrast.si"},
        "attendees": [[{"name": "Bor Kos", "address": "bor@vijak.si"}, "accepted"],
            [{"name": "", "address": "cene@brest.si"}, "needs-action"]],
        "repeats": true
    }]);
    assert_eq!(told("invite"), want, "a request, in the organiser's zone");
    let cancel = told("invite_cancel");
    assert_eq!(cancel[0]["method"], "cancel", "{cancel}");
    assert_eq!(
        cancel[0]["start"],
        json!({"type": "at", "at": 1_795_510_800_000_i64}),
        "an exact moment in UTC"
    );
}

#[test]
fn bounces() {
    let bounce = told("bounce");
    let failures = json!([
        {"recipient": "bor@vijak.si", "action": "failed", "status": "5.1.1",
         "diagnostic": "550 5.1.1 <bor@vijak.si>: Recipient address rejected: User unknown"},
        {"recipient": "ziga@vijak.si", "action": "delayed", "status": "4.4.1", "diagnostic": null}
    ]);
    assert_eq!(bounce[0]["failures"], failures, "{bounce}");
    assert_eq!(
        bounce[0]["original_message_id"], "ponudba-1@hrast.si",
        "{bounce}"
    );
    assert_eq!(bounce[0]["original_subject"], "Ponudba", "{bounce}");
    assert_eq!(bounce[0]["envelope_id"], "kontor-17", "{bounce}");
    assert_eq!(bounce[0]["guessed"], false, "it is a report");
    assert_eq!(
        bounce[1],
        json!({"kind": "auto_submitted", "by": "replied"}),
        "{bounce}"
    );

    let prose = told("bounce_prose");
    assert_eq!(prose[0]["guessed"], true, "{prose}");
    let who: Vec<_> = prose[0]["failures"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| (&f["recipient"], &f["status"]))
        .collect();
    let want = [
        (&json!("bor@vijak.si"), &json!("5.1.1")),
        (&json!("ziga@vijak.si"), &json!("5.2.2")),
    ];
    assert_eq!(who, want, "whom and why, not whom it is about below");
    let delayed = told("bounce_delayed");
    assert_eq!(delayed[0]["failures"][0]["action"], "delayed", "{delayed}");
    assert_eq!(
        told("letter_about_bounces"),
        json!([]),
        "a person may write about bounces"
    );
}

#[test]
fn mailings_and_machines() {
    let news = told("newsletter");
    let want = json!({
        "kind": "unsubscribe", "https": "https://novice.si/odjava/123",
        "mailto": "mailto:odjava@novice.si?subject=unsubscribe", "one_click": true, "list_id": "novice.hrast.si"
    });
    assert_eq!(news[0], want, "https before http, in one click");
    assert_eq!(
        news[1],
        json!({"kind": "auto_submitted", "by": "generated"}),
        "Precedence: bulk"
    );
    assert_eq!(
        told("vacation"),
        json!([{"kind": "auto_submitted", "by": "replied"}]),
        "an out-of-office note"
    );
}

#[test]
fn authentication_results() {
    let want = json!({
        "kind": "authentication", "authserv_id": "mx.vijak.si", "spf": "softfail", "dkim": "pass", "dmarc": "pass",
        "dkim_domain": "hrast.si", "spf_domain": "hrast.si", "from_domain": "hrast.si"
    });
    assert_eq!(
        told("authentication")[0],
        want,
        "both headers on top, not the forged one below Received"
    );
    let raw = fixture("authentication");
    let other = authentication(&raw, "DRUG.streznik.si").and_then(|a| a.spf_domain);
    assert_eq!(other.as_deref(), Some("laz.si"), "of a named server");
    assert_eq!(authentication(&raw, "nobody"), None, "and of none");
}
