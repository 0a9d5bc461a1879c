//! The end: what is committed stays, the claim is given up last, a second engine takes over.

use std::time::{Duration, Instant};

use kontor_engine::Profile;
use kontor_engine::model::Change;
use kontor_testkit::{Dovecot, FaultProxy, Mail};

use crate::{MAJA, QUICK, letter, open, room, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_gives_the_claim_up_and_is_quick_in_any_state() {
    let mails = (1..=60)
        .map(|n| Mail::new(letter(&format!("e-{n}"))).received(1_767_225_600 + n))
        .collect();
    let dovecot = Dovecot::builder().mails(MAJA, mails).start().unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    let profile = Profile::open(room.dir.path().join("profile")).unwrap();
    // At once, in the middle of a first sync, with a dead network, when all is quiet.
    for state in 0..4 {
        let engine = open(&room.dir, QUICK).await;
        match state {
            2 => proxy.freeze(),
            _ => proxy.thaw(),
        }
        engine.start(None);
        match state {
            1 => {
                until("something came", || async {
                    (engine.change_seq().await.unwrap() > 3).then_some(())
                })
                .await;
            }
            3 => {
                until("all is here", || async {
                    let changes = engine.changes_after(0, 100_000).await.unwrap().entries;
                    let synced = |(_, c): &(i64, Change)| matches!(c, Change::Synced { .. });
                    changes.iter().any(synced).then_some(())
                })
                .await;
            }
            _ => {}
        }
        let begun = Instant::now();
        engine.stop().await;
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "state {state}: {:?}",
            begun.elapsed()
        );
        assert!(!engine.is_owner());
        let claim = profile.claim().unwrap();
        assert!(claim.is_some(), "state {state}: the claim is free");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_share_a_profile() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .mail(MAJA, Mail::new(letter("one")))
        .start()
        .unwrap();
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    room.live().await;
    let second = open(&room.dir, QUICK).await;
    second.start(None);
    assert!(
        room.engine.is_owner() && !second.is_owner(),
        "one of them talks to servers"
    );
    let inbox = second.find_folder("INBOX", None).await.unwrap().folder.id;
    let row = second
        .messages(inbox, None, 10)
        .await
        .unwrap()
        .rows
        .remove(0);
    let acted = second
        .act_on_messages(vec![row.id], kontor_engine::Request::Flag, None)
        .await
        .unwrap();
    second
        .finish_operations(&acted.operations, crate::PATIENCE)
        .await
        .unwrap();
    let mut imap = room.dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    assert_eq!(
        imap.uids("FLAGGED").unwrap().len(),
        1,
        "the other one carried it out"
    );
    let undo = acted.undo_token().unwrap();
    second.undo(&undo).await.unwrap();
    until("taken back at the server, too", || async {
        let mut imap = room.dovecot.imap(MAJA).unwrap();
        imap.select("INBOX").unwrap();
        imap.uids("FLAGGED").unwrap().is_empty().then_some(())
    })
    .await;
    room.engine.stop().await;
    until("the second takes over", || async {
        second.is_owner().then_some(())
    })
    .await;
    room.dovecot.deliver(MAJA, &letter("two")).unwrap();
    until("it arrives", || async {
        let rows = second.messages(inbox, None, 10).await.unwrap().rows;
        (rows.len() == 2).then_some(())
    })
    .await;
    second.stop().await;
}
