//! Answers nobody can use: the admin is told what is wrong, and what is known stays, with its age.

use jiff::Timestamp;
use kontor_protocol::{Document, MirrorState};
use kontor_simulators::metakocka::{Fault, Options, SPOILED, Spoiled};

use crate::company::Company;

/// What an admin is told: something they can do something about, or that it goes on by itself. What is only not shown to
/// us leaves the mirror as it is.
fn wanted(spoiled: &Spoiled) -> (Option<MirrorState>, &'static str) {
    match spoiled.what {
        "page" | "page said to be JSON" | "redirect" => {
            (Some(MirrorState::NeedsYou), "Correct the address")
        }
        "refusal under 200" => (None, "Napaka v bazi"),
        "out of order" => (Some(MirrorState::Behind), "cannot be reached"),
        _ => (Some(MirrorState::Behind), "cannot be read"),
    }
}

/// Documents as they are known, and when the youngest of them was seen.
async fn known(company: &Company) -> (Vec<Document>, Timestamp) {
    let (_, documents) = company.mirror().await;
    let youngest = documents.values().map(|d| d.seen_at).max();
    let plain = documents.into_values().map(|document| Document {
        version: 0,
        seen_at: Timestamp::UNIX_EPOCH,
        ..document
    });
    (plain.collect(), youngest.unwrap_or_default())
}

#[tokio::test]
async fn no_rubbish_is_taken_for_news() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    for spoiled in &SPOILED {
        let (before, _) = known(&company).await;
        let (state, words) = wanted(spoiled);
        company.erp.fail(u32::MAX, Fault::Says(spoiled));
        let now = company.clock.after(60);
        company.clock.set(now);
        let told = company
            .until(spoiled.what, |s| {
                state.is_none_or(|state| s.state == state) && s.why.contains(words)
            })
            .await;
        assert!(!told.why.contains('<'), "{}: {}", spoiled.what, told.why);
        let key = company.erp.secret_key();
        assert!(!told.why.contains(key), "{}: {}", spoiled.what, told.why);
        let younger = |at: Timestamp| at >= now;
        assert!(
            !told.fresh.iter().any(|f| younger(f.at)),
            "{}: nothing is younger than it is: {told:#?}",
            spoiled.what
        );
        let (after, youngest) = known(&company).await;
        assert_eq!(after, before, "{}", spoiled.what);
        assert!(!younger(youngest), "{}: {youngest}", spoiled.what);
        company.erp.well();
        company.look().await;
        company
            .until("it goes on by itself", |s| {
                s.state == MirrorState::Live && !s.why.contains(words)
            })
            .await;
    }
    mirrors.close().await;
}
