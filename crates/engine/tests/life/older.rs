//! Older mail than the newest of a folder: listed first where it takes long, whole at once where it does not.

use kontor_engine::model::Change;
use kontor_testkit::{Dovecot, FaultProxy, Mail};

use crate::{MAJA, QUICK, Room, letter, room, until};

/// The newest of a folder that are listed before anything else.
const LISTED: u64 = 200;

/// Messages of the folder.
const ALL: u64 = 420;

/// A folder of so many.
fn archive(body: &str) -> Dovecot {
    let mails = (1..=ALL)
        .map(|n| {
            let mut raw = letter(&format!("o-{n}"));
            raw.extend_from_slice(format!("{n} {body}").as_bytes());
            let at = 1_767_225_600 + i64::try_from(n).unwrap();
            Mail::new(raw).folder("Archive").received(at)
        })
        .collect();
    Dovecot::builder().mails(MAJA, mails).start().unwrap()
}

async fn bodies_missing(room: &Room) -> u64 {
    room.engine.overview().await.unwrap().accounts[0].bodies
}

async fn all_here(room: &Room) {
    let rows = room.rows("Archive").await;
    assert_eq!(u64::try_from(rows.len()).unwrap(), ALL, "all are here");
    assert!(rows.iter().all(|row| row.body), "with their bodies");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_quick_line_older_mail_comes_whole() {
    let dovecot = archive("Kratko.\r\n");
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    let mut commits = room.engine.commits();
    room.engine.start(None);
    let mut most = 0;
    loop {
        commits.changed().await.unwrap();
        most = most.max(bodies_missing(&room).await);
        let changes = room.changes().await;
        if changes.iter().any(|c| matches!(c, Change::Synced { .. })) {
            break;
        }
    }
    assert!(
        most <= LISTED,
        "{most} bodies were missing at once: older mail was listed without them"
    );
    all_here(&room).await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_line_older_mail_is_listed_first() {
    let dovecot = archive(&"Vrstica, ki potrebuje čas.\r\n".repeat(400));
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    proxy.change(|f| f.bytes_per_second = Some(60_000));
    room.engine.start(None);
    let missing = until("the whole list", || async {
        let listed = u64::try_from(room.rows("Archive").await.len()).unwrap() == ALL;
        Some(bodies_missing(&room).await).filter(|_| listed)
    })
    .await;
    assert!(
        missing > ALL - LISTED,
        "{missing} bodies are missing when all is listed: the list did not wait for them"
    );
    proxy.change(|f| f.bytes_per_second = None);
    room.wait_change("synced", |c| matches!(c, Change::Synced { .. }))
        .await;
    all_here(&room).await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_in_the_middle_costs_nothing() {
    let dovecot = archive(&"Vrstica, ki potrebuje čas.\r\n".repeat(200));
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    room.engine.start(None);
    until("some older mail", || async {
        (u64::try_from(room.rows("Archive").await.len()).unwrap() > LISTED).then_some(())
    })
    .await;
    proxy.cut();
    room.wait_change("synced", |c| matches!(c, Change::Synced { .. }))
        .await;
    all_here(&room).await;
    room.engine.stop().await;
}
