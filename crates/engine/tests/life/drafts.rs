//! Drafts: kept at every pause, one copy at the server, gone once sent or thrown away; and the time to take a mail back.

use kontor_engine::model::OutboxState;
use kontor_testkit::{Dovecot, FaultProxy};

use crate::{ANA, MAJA, QUICK, Room, open, room, until};

async fn live(builder: kontor_testkit::DovecotBuilder) -> Room {
    let dovecot = builder.user(MAJA).user(ANA).start().unwrap();
    let port = dovecot.imaps_port();
    let room = room(dovecot, port, QUICK).await;
    room.live().await;
    room
}

async fn wait_there(room: &Room, folder: &str, want: &[&str]) {
    until(&format!("{want:?} in {folder}"), || async {
        (room.there(folder) == want).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_has_one_copy_at_the_server_however_often_it_is_saved() {
    for hidden in [&[][..], &["UIDPLUS", "MOVE", "CONDSTORE", "QRESYNC"][..]] {
        let mut builder = Dovecot::builder();
        for capability in hidden {
            builder = builder.hide(capability);
        }
        let room = live(builder).await;
        let mut form = room.draft("osnutek", "prva");
        let id = room.engine.save_draft(form.clone()).await.unwrap();
        form.id = Some(id);
        wait_there(&room, "Drafts", &["osnutek"]).await;
        for n in 0..3 {
            form.subject = format!("osnutek {n}");
            assert_eq!(
                room.engine.save_draft(form.clone()).await.unwrap(),
                id,
                "the same draft"
            );
            wait_there(&room, "Drafts", &[&form.subject]).await;
        }
        let mut imap = room.dovecot.imap(MAJA).unwrap();
        imap.select("Drafts").unwrap();
        assert_eq!(
            imap.uids("DRAFT SEEN").unwrap().len(),
            1,
            "marked as what it is"
        );
        until("its row here", || async {
            (room.rows("Drafts").await.len() == 1).then_some(())
        })
        .await;
        let (rows, drafts) = (room.rows("Drafts").await, room.engine.drafts().await);
        let named: Vec<_> = drafts.unwrap().into_iter().map(|d| d.message_id).collect();
        assert_eq!(
            named,
            [rows[0].message_id.clone()],
            "by it the copy is known"
        );
        room.engine.discard_draft(id).await.unwrap();
        wait_there(&room, "Drafts", &[]).await;
        until("gone here", || async {
            room.rows("Drafts").await.is_empty().then_some(())
        })
        .await;
        room.engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_left_by_a_crash_does_not_multiply() {
    let room = live(Dovecot::builder()).await;
    let id = room
        .engine
        .save_draft(room.draft("nesreca", "prva"))
        .await
        .unwrap();
    wait_there(&room, "Drafts", &["nesreca"]).await;
    // What a kill between filing a newer copy and removing the older one leaves: two copies.
    let mut imap = room.dovecot.imap(MAJA).unwrap();
    imap.select("Drafts").unwrap();
    let uid = imap.uids("ALL").unwrap()[0];
    let raw = imap.raw(uid).unwrap();
    imap.append("Drafts", "\\Draft", &raw).unwrap();
    until("both are known", || async {
        (room.rows("Drafts").await.len() == 2).then_some(())
    })
    .await;
    let mut form = room.draft("nesreca popravljena", "druga");
    form.id = Some(id);
    room.engine.save_draft(form).await.unwrap();
    wait_there(&room, "Drafts", &["nesreca popravljena"]).await;
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_saved_offline_goes_to_the_server_later() {
    let dovecot = Dovecot::builder().user(MAJA).start().unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let room = room(dovecot, proxy.port(), QUICK).await;
    room.live().await;
    proxy.refuse().unwrap();
    proxy.cut();
    let id = room
        .engine
        .save_draft(room.draft("brez mreze", "x"))
        .await
        .unwrap();
    assert_eq!(
        room.engine.drafts().await.unwrap()[0].id,
        Some(id),
        "durable here at once"
    );
    proxy.admit().unwrap();
    wait_there(&room, "Drafts", &["brez mreze"]).await;
    room.engine.stop().await;
    // And what a process without loops saves goes with the next sync.
    let engine = open(&room.dir, QUICK).await;
    engine.save_draft(room.draft("drugi", "y")).await.unwrap();
    engine.sync_once(None, None).await.unwrap();
    assert_eq!(room.there("Drafts"), ["brez mreze", "drugi"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_can_be_taken_back_and_then_sent() {
    let room = live(Dovecot::builder()).await;
    let mut form = room.draft("ponudba", "Spoštovani,\n\nv priponki.");
    form.bcc = vec![kontor_engine::model::Address::new("", "skrit@x.example")];
    let id = room.engine.save_draft(form.clone()).await.unwrap();
    wait_there(&room, "Drafts", &["ponudba"]).await;
    let outgoing = room.engine.send_draft(id).await.unwrap();
    assert_eq!(
        room.engine.outgoing(outgoing).await.unwrap().state,
        OutboxState::Queued
    );
    assert!(
        room.engine.drafts().await.unwrap().is_empty(),
        "it is in the outbox, not among drafts"
    );
    let back = room.engine.unsend(outgoing).await.unwrap();
    assert_eq!(
        (&back.subject, &back.text, &back.bcc),
        (&form.subject, &form.text, &form.bcc),
        "nothing is lost"
    );
    assert_eq!(
        room.engine.drafts().await.unwrap().len(),
        1,
        "it is a draft again"
    );
    assert!(room.dovecot.relayed().is_empty(), "nothing was sent");

    let mut settings = room.engine.settings().await.unwrap();
    settings.undo_seconds = 0;
    room.engine.set_settings(&settings).await.unwrap();
    let again = room.engine.send_draft(id).await.unwrap();
    assert_eq!(again, outgoing, "the same mail under the same number");
    let relayed = room.dovecot.wait_relayed(1, crate::PATIENCE);
    assert_eq!(relayed[0].to, [ANA, "skrit@x.example"]);
    let raw = String::from_utf8_lossy(&relayed[0].raw).into_owned();
    assert!(!raw.contains("skrit"), "Bcc does not travel: {raw}");
    wait_there(&room, "Sent", &["ponudba"]).await;
    wait_there(&room, "Drafts", &[]).await;
    assert!(room.engine.drafts().await.unwrap().is_empty());
    until("the draft is not here either", || async {
        room.rows("Drafts").await.is_empty().then_some(())
    })
    .await;
    room.engine.stop().await;
    assert_eq!(room.dovecot.relayed().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_for_drafts_and_sent_is_made_where_there_is_none() {
    let room = live(Dovecot::builder().bare()).await;
    let id = room
        .engine
        .save_draft(room.draft("prvi", "x"))
        .await
        .unwrap();
    until("Drafts", || async {
        let row = room.engine.find_folder("Drafts", None).await.ok()?;
        (row.folder.total == 1).then_some(())
    })
    .await;
    let mut settings = room.engine.settings().await.unwrap();
    settings.undo_seconds = 0;
    room.engine.set_settings(&settings).await.unwrap();
    room.engine.send_draft(id).await.unwrap();
    until("Sent", || async {
        let row = room.engine.find_folder("Sent", None).await.ok()?;
        (row.folder.total == 1).then_some(())
    })
    .await;
    wait_there(&room, "Drafts", &[]).await;
    room.engine.stop().await;
}
