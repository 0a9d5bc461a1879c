//! Push, poll, reconcile: each finds what the one above it missed, and says so.

use std::time::{Duration, Instant};

use kontor_engine::Rhythm;
use kontor_engine::model::{AccountState, Change, Layer};
use kontor_testkit::{Direction, Dovecot, FaultProxy, Mail};

use crate::{MAJA, QUICK, letter, room, until};

async fn found(room: &crate::Room, layer: Layer) -> u64 {
    let health = room.engine.health().await.unwrap();
    let layers = &health.accounts[0].layers;
    layers.iter().find(|l| l.layer == layer).unwrap().found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poll_finds_what_no_push_announces() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .hide("IDLE")
        .hide("NOTIFY")
        .mail(MAJA, Mail::new(letter("first")))
        .start()
        .unwrap();
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    room.live().await;
    room.dovecot.deliver(MAJA, &letter("second")).unwrap();
    assert_eq!(room.wait_arrival("second").await, Layer::Poll);
    let polling = |c: &Change| matches!(c, Change::State { state: AccountState::Polling, why, .. } if !why.is_empty());
    room.wait_change("it says so", polling).await;
    assert_eq!(found(&room, Layer::Poll).await, 1);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poll_finds_what_happens_in_folders_push_does_not_cover() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .hide("NOTIFY")
        .mailbox("Projekti")
        .start()
        .unwrap();
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    room.live().await;
    let mut other = room.dovecot.imap(MAJA).unwrap();
    other.append("Projekti", "", &letter("quiet")).unwrap();
    assert_eq!(room.wait_arrival("quiet").await, Layer::Poll);
    room.dovecot.deliver(MAJA, &letter("loud")).unwrap();
    // The poll may be quicker than the push by chance, but it is here.
    room.wait_arrival("loud").await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reconcile_finds_what_the_counters_hide() {
    // Without CONDSTORE a flag that is not \Seen changes no counter at all.
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .hide("NOTIFY")
        .hide("CONDSTORE")
        .hide("QRESYNC")
        .mail(MAJA, Mail::new(letter("kept")).folder("Archive"))
        .start()
        .unwrap();
    let port = dovecot.imaps_port();
    let rhythm = Rhythm {
        reconcile: Some(Duration::from_millis(600)),
        ..QUICK
    };
    let room = room(dovecot, port, rhythm).await;
    room.live().await;
    let mut other = room.dovecot.imap(MAJA).unwrap();
    other.select("Archive").unwrap();
    other.flags(1, "+FLAGS", "\\Flagged").unwrap();
    until("the flag", || async {
        let rows = room.rows("Archive").await;
        (rows[0].placement.flags.names() == ["\\Flagged"]).then_some(())
    })
    .await;
    until("it is counted", || async {
        (found(&room, Layer::Reconcile).await == 1).then_some(())
    })
    .await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_watch_means_polling_and_comes_back() {
    // Two connections: main and watch. The third, which backfill wants, is refused while both are open.
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .mail(MAJA, Mail::new(letter("one")))
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    room.live().await;
    let state = || async {
        room.engine.health().await.unwrap().accounts[0]
            .view
            .row
            .state
    };
    until("live", || async {
        (state().await == AccountState::Live).then_some(())
    })
    .await;
    proxy.refuse().unwrap();
    proxy.cut();
    until("offline", || async {
        (state().await == AccountState::Offline).then_some(())
    })
    .await;
    room.dovecot.deliver(MAJA, &letter("meanwhile")).unwrap();
    proxy.admit().unwrap();
    room.wait_arrival("meanwhile").await;
    until("live again", || async {
        (state().await == AccountState::Live).then_some(())
    })
    .await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_account_asks_little() {
    let dovecot = Dovecot::builder().user(MAJA).start().unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let rhythm = Rhythm {
        poll: Duration::from_secs(3600),
        ..QUICK
    };
    let room = room(dovecot, proxy.port(), rhythm).await;
    room.live().await;
    until("live", || async {
        let health = room.engine.health().await.unwrap();
        (health.accounts[0].view.row.state == AccountState::Live).then_some(())
    })
    .await;
    let commits = room.engine.commits();
    let done = || (proxy.bytes(Direction::Up), *commits.borrow());
    // What the start still has to do comes to an end.
    let quiet = until("quiet", || async {
        let before = done();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        (done() == before).then_some(before)
    })
    .await;
    let seq = room.engine.change_seq().await.unwrap();
    // Long enough for every look the loops make by themselves.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(
        done(),
        quiet,
        "nothing is asked of the server, nothing is written"
    );
    assert_eq!(
        room.engine.change_seq().await.unwrap(),
        seq,
        "nothing changes"
    );
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_says_how_long_it_takes() {
    let body = "Vrstica, ki potrebuje čas.\r\n".repeat(600);
    let mails = (1..=90)
        .map(|n| {
            let mut raw = letter(&format!("p-{n}"));
            raw.extend_from_slice(format!("{n} {body}").as_bytes());
            Mail::new(raw).received(1_767_225_600 + n)
        })
        .collect();
    let dovecot = Dovecot::builder().mails(MAJA, mails).start().unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    proxy.change(|f| f.bytes_per_second = Some(250_000));
    let begun = Instant::now();
    room.engine.start(None);
    let (left, seconds) = until("an estimate", || async {
        let view = room.engine.overview().await.unwrap().accounts.remove(0);
        Some((view.bodies, view.seconds_left?))
    })
    .await;
    assert!(left > 0, "something is left");
    // One has come at least: however slow the machine, each of the others takes no longer than all has taken so far.
    let most = (begun.elapsed().as_secs() + 1) * left;
    assert!(
        (1..=most).contains(&u64::from(seconds)),
        "{seconds} s for {left} bodies"
    );
    proxy.change(|f| f.bytes_per_second = None);
    room.wait_change("synced", |c| matches!(c, Change::Synced { .. }))
        .await;
    let view = room.engine.overview().await.unwrap().accounts.remove(0);
    assert_eq!(
        (view.bodies, view.seconds_left),
        (0, None),
        "nothing is left to wait for"
    );
    room.engine.stop().await;
}
