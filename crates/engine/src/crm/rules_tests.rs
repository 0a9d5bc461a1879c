//! Rules of views, followed without a server: which mails they are for, and that nothing is done twice.

use std::sync::Arc;

use kontor_model::{Change, MessageId};
use rstest::rstest;

use super::tests::{Desk, PLAIN};
use crate::error::Code;
use crate::rules;
use crate::views::ViewRule;

const STAR: ViewRule = ViewRule {
    star: true,
    tell: false,
};
const TELL: ViewRule = ViewRule {
    star: false,
    tell: true,
};

fn head(from: &str, n: u32) -> String {
    format!("From: {from}\r\nTo: maja@hrast.example\r\nSubject: S{n}")
}

/// What comes to be done when a process follows the rules from where the profile stands.
async fn follow(desk: &Desk) {
    rules::act(&Arc::clone(&desk.engine.ctx), &mut 0)
        .await
        .unwrap();
}

async fn starred(desk: &Desk, mail: MessageId) -> bool {
    let places = desk.engine.message(mail).await.unwrap().placements;
    places
        .iter()
        .any(|p| p.flags.names().contains(&"\\Flagged".to_owned()))
}

/// `VIEW MESSAGE` of all that was told.
async fn told(desk: &Desk) -> Vec<(String, MessageId)> {
    let changes = desk.engine.changes_after(0, 5000).await.unwrap();
    let told = changes.entries.into_iter().filter_map(|(_, change)| {
        if let Change::Told { message, view, .. } = change {
            Some((view, message))
        } else {
            None
        }
    });
    told.collect()
}

async fn overdue() -> Desk {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 cene@drugi.example"])
        .await;
    desk.documents(&[
        "invoice RA-2026-1 1 2026-10-01 2026-10-20 100 0",
        "invoice RA-2026-2 2 2026-11-01 2026-12-20 5000 0",
    ])
    .await;
    desk
}

#[rstest]
#[case::late("overdue", "bor@kupec.example", true)]
#[case::on_time("overdue", "cene@drugi.example", false)]
#[case::nobody("overdue", "tujec@drugje.example", false)]
#[case::stranger("first", "tujec@drugje.example", true)]
#[case::known("first", "bor@kupec.example", false)]
#[case::ourselves("first", "maja@hrast.example", false)]
#[tokio::test]
async fn a_mail_that_belongs_to_the_view_is_starred_and_told(
    #[case] view: &str,
    #[case] from: &str,
    #[case] want: bool,
) {
    let desk = overdue().await;
    let rule = ViewRule {
        star: true,
        tell: true,
    };
    desk.engine.rule_view(view, rule).await.unwrap();
    let (mail, _) = desk.arrive(1, &head(from, 1), PLAIN).await;
    follow(&desk).await;
    assert_eq!(starred(&desk, mail).await, want);
    let told = told(&desk).await;
    assert_eq!(told == [(view.to_owned(), mail)], want, "{told:?}");
}

#[tokio::test]
async fn only_what_arrives_after_the_rule_was_made() {
    let desk = overdue().await;
    let (before, _) = desk.arrive(1, &head("bor@kupec.example", 1), PLAIN).await;
    desk.engine.rule_view("overdue", STAR).await.unwrap();
    let (backfilled, _) = desk.mail(2, &head("bor@kupec.example", 2), PLAIN).await;
    let (after, _) = desk.arrive(3, &head("bor@kupec.example", 3), PLAIN).await;
    follow(&desk).await;
    assert!(!starred(&desk, before).await, "it was here");
    assert!(!starred(&desk, backfilled).await, "the first sync's");
    assert!(starred(&desk, after).await);
}

#[tokio::test]
async fn what_a_person_took_off_does_not_come_back() {
    let desk = overdue().await;
    desk.engine.rule_view("overdue", STAR).await.unwrap();
    let (mail, _) = desk.arrive(1, &head("bor@kupec.example", 1), PLAIN).await;
    follow(&desk).await;
    let unflag = crate::Request::Unflag;
    desk.engine
        .act_on_messages(vec![mail], unflag, None)
        .await
        .unwrap();
    desk.arrive(2, &head("cene@drugi.example", 2), PLAIN).await;
    follow(&desk).await;
    // A process that ended before it noted how far it was would begin here.
    desk.write(|w| w.set_setting(rules::PLACE, "0")).await;
    follow(&desk).await;
    assert!(!starred(&desk, mail).await);
}

#[tokio::test]
async fn facts_that_come_later_do_nothing_to_mail_that_was_looked_at() {
    let desk = overdue().await;
    desk.engine.rule_view("overdue", STAR).await.unwrap();
    let (mail, _) = desk.arrive(1, &head("cene@drugi.example", 1), PLAIN).await;
    follow(&desk).await;
    desk.documents(&["invoice RA-2026-9 2 2026-01-01 2026-02-01 10 0"])
        .await;
    desk.arrive(2, &head("tujec@drugje.example", 2), PLAIN)
        .await;
    follow(&desk).await;
    assert!(!starred(&desk, mail).await);
}

#[tokio::test]
async fn a_mail_of_two_views_is_told_once() {
    let desk = overdue().await;
    let id = desk
        .engine
        .keep_view(None, "Bor", "from:bor@kupec.example")
        .await
        .unwrap();
    desk.engine.rule_view("overdue", TELL).await.unwrap();
    desk.engine.rule_view(&id, TELL).await.unwrap();
    let (mail, _) = desk.arrive(1, &head("bor@kupec.example", 1), PLAIN).await;
    follow(&desk).await;
    assert_eq!(told(&desk).await, [("overdue".to_owned(), mail)]);
}

#[tokio::test]
async fn a_rule_goes_with_its_view_and_begins_anew_with_another_search() {
    let desk = overdue().await;
    let engine = &desk.engine;
    let id = engine.keep_view(None, "Moje", "subject:s9").await.unwrap();
    engine.rule_view(&id, STAR).await.unwrap();
    let (before, _) = desk.arrive(1, &head("a@drugje.example", 1), PLAIN).await;
    engine
        .keep_view(Some(&id), "Moje", "from:drugje")
        .await
        .unwrap();
    let (after, _) = desk.arrive(2, &head("b@drugje.example", 2), PLAIN).await;
    follow(&desk).await;
    assert!(!starred(&desk, before).await, "another search was asked");
    assert!(starred(&desk, after).await);
    engine.remove_view(&id).await.unwrap();
    let (late, _) = desk.arrive(3, &head("c@drugje.example", 3), PLAIN).await;
    follow(&desk).await;
    assert!(!starred(&desk, late).await);
    let refused = engine.rule_view(&id, STAR).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
}
