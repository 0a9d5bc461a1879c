//! A view's rule acts on mail that arrives: once, whoever holds the profile, and never against the person.

use kontor_engine::model::Change;
use kontor_engine::{Engine, Request, ViewRule};
use kontor_testkit::{Dovecot, Mail};

use crate::{MAJA, QUICK, Room, letter, open, room, until};

/// Subjects with a star at the server.
fn starred(room: &Room) -> Vec<String> {
    let mut imap = room.dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    let uids = imap.uids("FLAGGED").unwrap();
    let raws = uids.into_iter().map(|uid| imap.raw(uid).unwrap());
    raws.map(|raw| {
        let text = String::from_utf8_lossy(&raw).into_owned();
        let subject = text.lines().find_map(|l| l.strip_prefix("Subject: "));
        subject.unwrap_or_default().to_owned()
    })
    .collect()
}

async fn wait_starred(room: &Room, want: &[&str]) {
    until("the stars at the server", || async {
        (starred(room) == want).then_some(())
    })
    .await;
}

async fn told(engine: &Engine) -> usize {
    let changes = engine.changes_after(0, 100_000).await.unwrap();
    let told = |(_, change): &(i64, Change)| matches!(change, Change::Told { .. });
    changes.entries.iter().filter(|one| told(one)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_for_two_programs_over_a_restart_and_not_against_the_person() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .mail(MAJA, Mail::new(letter("here")))
        .start()
        .unwrap();
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    room.live().await;
    let search = "from:ana@hrastvijak.example";
    let id = room.engine.keep_view(None, "Ana", search).await.unwrap();
    let rule = ViewRule {
        star: true,
        tell: true,
    };
    room.engine.rule_view(&id, rule).await.unwrap();
    let other = open(&room.dir, QUICK).await;
    other.start(None);
    room.dovecot.deliver(MAJA, &letter("first")).unwrap();
    wait_starred(&room, &["first"]).await;

    let rows = room.rows("INBOX").await;
    let first = rows.iter().find(|row| row.subject == "first").unwrap().id;
    let unflag = room
        .engine
        .act_on_messages(vec![first], Request::Unflag, None);
    unflag.await.unwrap();
    wait_starred(&room, &[]).await;
    room.engine.stop().await;
    other.stop().await;

    room.dovecot.deliver(MAJA, &letter("second")).unwrap();
    let again = open(&room.dir, QUICK).await;
    again.start(None);
    wait_starred(&room, &["second"]).await;
    assert_eq!(told(&again).await, 2, "each mail once");
    again.stop().await;
}
