//! Acts: told to the server when somebody looks or says yes on this line, and never by themselves.

use kontor_collab::Desk;
use kontor_protocol::{
    ACT_FILES, ACTS, Act, ActFile, ActId, ActOutcome, ActPreview, ActState, ActStep, ActTold,
    ClientFrame, DocumentName, FileHash, ServerFrame,
};

use crate::support::{Order, Place, at};

const ID: &str = "0198c0de-0000-7000-8000-000000000001";
const ACT: &str = r#"{"kind":"add_partner","name":"Novak"}"#;

/// A conversation that begins with a server that can do this.
async fn begun(place: &Place, order: &mut Order, can: &[&str]) -> Desk {
    let mut desk = Desk::new(place.collab.clone());
    let hello = desk.hello("token").unwrap();
    for answer in order.take(&mut None, hello) {
        let answer = match answer {
            ServerFrame::Welcome(mut welcome) => {
                welcome.capabilities = can.iter().map(|word| (*word).to_owned()).collect();
                ServerFrame::Welcome(welcome)
            }
            other => other,
        };
        desk.take(answer, at(1)).await.unwrap();
    }
    desk
}

/// What is asked now: steps with the token somebody said yes to.
fn asked(desk: &mut Desk) -> Vec<(ActStep, String)> {
    let mut all = Vec::new();
    while let Some(frame) = desk.next_act().unwrap() {
        let ClientFrame::ErpAct(ask) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(ask.id.to_string(), ID);
        assert_eq!(ask.act.is_some(), ask.step != ActStep::Ask);
        all.push((ask.step, ask.seen));
    }
    all
}

async fn told(desk: &mut Desk, state: ActState) {
    let outcome = ActOutcome {
        state,
        ..ActOutcome::default()
    };
    let id: ActId = ID.parse().unwrap();
    let frame = ServerFrame::ErpTold(Box::new(ActTold { id, outcome }));
    desk.take(frame, at(2)).await.unwrap();
}

async fn plan(place: &Place) {
    let write = place
        .collab
        .store()
        .write(at(3).into(), |w| w.plan_act(ID, ACT, ""));
    write.await.unwrap();
}

/// A file of this size, kept here, and an act that attaches it.
async fn plan_file(place: &Place, size: u64) -> FileHash {
    let bytes = vec![b'A'; usize::try_from(size).unwrap()];
    let hash = FileHash::of(&bytes);
    let act = Act::AttachFile {
        document: DocumentName {
            id: "1".to_owned(),
            doc_type: "sales_order".to_owned(),
        },
        name: "a.pdf".to_owned(),
        data: String::new(),
        file: Some(ActFile { hash, size }),
    };
    let act = serde_json::to_string(&act).unwrap();
    let org = place.collab.team().unwrap().unwrap().org.to_string();
    let parts: Vec<Vec<u8>> = bytes.chunks(256 << 10).map(<[u8]>::to_vec).collect();
    let write = place.collab.store().write(at(3).into(), move |w| {
        w.put_act_file(hash.0, size, &parts, Some(&org))?;
        w.plan_act(ID, &act, "")
    });
    write.await.unwrap();
    hash
}

/// The file as it is told: inline bytes, and whether it is named by its content.
fn file_told(desk: &mut Desk) -> Option<(usize, bool)> {
    let ClientFrame::ErpAct(ask) = desk.next_act().unwrap()? else {
        panic!("an act");
    };
    let Some(Act::AttachFile { data, file, .. }) = ask.act else {
        panic!("a file");
    };
    Some((data.len(), file.is_some()))
}

#[tokio::test]
async fn an_act_waits_until_the_server_has_its_file() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    let hash = plan_file(&place, 3_000_000).await;
    let mut desk = begun(&place, &mut order, &[ACTS, ACT_FILES]).await;
    assert_eq!(file_told(&mut desk), None, "it is on its way");
    let team = place.collab.team().unwrap().unwrap();
    let (org, epoch) = (team.org.to_string(), team.epoch.unwrap());
    for (epoch, told) in [("another life".to_owned(), None), (epoch, Some((0, true)))] {
        let org = org.clone();
        let write = place.collab.store().write(at(3).into(), move |w| {
            w.note_file_told(hash.0, &org, &epoch)
        });
        write.await.unwrap();
        assert_eq!(file_told(&mut desk), told);
    }
}

#[tokio::test]
async fn a_server_of_yesterday_is_told_a_small_file_in_the_frame() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan_file(&place, 300_000).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(file_told(&mut desk), Some((400_000, false)));
}

#[tokio::test]
async fn a_server_of_yesterday_is_told_of_no_large_file_and_the_person_why() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan_file(&place, 2_500_001).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(file_told(&mut desk), None);
    desk.refuse_acts(at(4)).await.unwrap();
    assert_eq!(state(&place), ("refused".to_owned(), String::new()));
    let row = place.collab.store().read(|r| r.act(ID)).unwrap().unwrap();
    assert!(row.outcome.contains("at most 2.5 MB"), "{}", row.outcome);
}

#[tokio::test]
async fn a_server_that_forgot_a_yes_is_told_of_it_at_the_next_look() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    yes(&place).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    asked(&mut desk);
    let id: ActId = ID.parse().unwrap();
    let preview = ActPreview {
        token: "ab".to_owned(),
        ..ActPreview::default()
    };
    let outcome = ActOutcome {
        preview: Some(preview),
        ..ActOutcome::default()
    };
    let frame = ServerFrame::ErpTold(Box::new(ActTold { id, outcome }));
    desk.take(frame, at(2)).await.unwrap();
    let row = place.collab.store().read(|r| r.act(ID)).unwrap().unwrap();
    assert!(
        !row.outcome.contains("ab"),
        "looked at anew: {}",
        row.outcome
    );
    let look = |w: &mut kontor_store::Write<'_>| w.want_act(ID, "preview", "");
    let write = place.collab.store().write(at(3).into(), look);
    assert!(write.await.unwrap());
    assert_eq!(asked(&mut desk), [(ActStep::Preview, "ab".to_owned())]);
    told(&mut desk, ActState::NotWritten).await;
    let write = place.collab.store().write(at(3).into(), look);
    assert!(write.await.unwrap());
    assert_eq!(
        asked(&mut desk),
        [(ActStep::Preview, String::new())],
        "it has ended"
    );
}

async fn yes(place: &Place) {
    let write = place
        .collab
        .store()
        .write(at(3).into(), |w| w.want_act(ID, "do", "ab"));
    assert!(write.await.unwrap());
}

fn state(place: &Place) -> (String, String) {
    let row = place.collab.store().read(|r| r.act(ID)).unwrap().unwrap();
    (row.state, row.wants)
}

#[tokio::test]
async fn a_look_and_a_yes_are_told_once_each() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(asked(&mut desk), [(ActStep::Preview, String::new())]);
    assert_eq!(asked(&mut desk), [], "it is under way");
    told(&mut desk, ActState::Planned).await;
    assert_eq!(asked(&mut desk), []);
    yes(&place).await;
    assert_eq!(asked(&mut desk), [(ActStep::Do, "ab".to_owned())]);
    told(&mut desk, ActState::Confirmed).await;
    told(&mut desk, ActState::Written).await;
    assert_eq!(state(&place), ("written".to_owned(), String::new()));
    assert_eq!(asked(&mut desk), []);
}

#[tokio::test]
async fn a_yes_of_an_earlier_line_is_only_asked_after() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    yes(&place).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(
        asked(&mut desk),
        [(ActStep::Ask, "ab".to_owned())],
        "nothing is sent"
    );
    // The server never heard of it: somebody looks again and says yes again.
    told(&mut desk, ActState::Planned).await;
    assert_eq!(state(&place), ("planned".to_owned(), String::new()));
    assert_eq!(asked(&mut desk), []);
}

#[tokio::test]
async fn a_server_that_knows_no_acts_is_told_of_none() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    let mut desk = begun(&place, &mut order, &["facts"]).await;
    assert_eq!(asked(&mut desk), []);
    assert_eq!(state(&place).1, "preview", "it waits");
}
