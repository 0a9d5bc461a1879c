//! Nobody reaches another organisation: asked from outside, every path and every frame.

use futures::SinkExt as _;
use kontor_protocol::{ClientFrame, FACTS, RejectCode, ServerFrame, SignedIn};
use rstest::rstest;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::facts::{connect, customer, document, put};
use crate::house::{Asking, House, Line, note};

async fn two_teams() -> (House, SignedIn, SignedIn) {
    let house = House::open().await;
    let (ours, theirs) = (house.org("cebela").await, house.org("osa").await);
    (house, ours, theirs)
}

#[tokio::test]
async fn a_foreign_token_opens_no_path_and_learns_nothing() {
    let (house, ours, theirs) = two_teams().await;
    let (_, described) = house.ask("GET", "/openapi.json", Asking::default()).await;
    let mut asked = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"].is_null() {
                continue;
            }
            let absent = Uuid::new_v4();
            let answers = [theirs.org.to_string(), absent.to_string(), "no id".into()].map(|org| {
                let path = path
                    .replace("{org}", &org.replace(' ', "%20"))
                    .replace("{member}", &theirs.member.to_string())
                    .replace("{device}", &theirs.device.to_string());
                let (method, house) = (method.to_uppercase(), &house);
                let token = ours.token.clone();
                async move {
                    let asking = Asking {
                        token: Some(&token),
                        body: Some(r#"{"role":"admin"}"#),
                    };
                    house.ask(&method, &path, asking).await
                }
            });
            let [foreign, absent, garbled] = answers;
            let foreign = foreign.await;
            assert_eq!(foreign.0, 401, "{method} {path}");
            assert_eq!(
                foreign,
                absent.await,
                "{method} {path}: one that is not there looks the same"
            );
            assert_eq!(
                foreign,
                garbled.await,
                "{method} {path}: and one that cannot be"
            );
            let without = Asking {
                token: None,
                body: None,
            };
            let own = path.replace("{org}", &ours.org.to_string());
            let (status, _) = house.ask(&method.to_uppercase(), &own, without).await;
            assert_eq!(status, 401, "{method} {path} without a token");
            asked += 1;
        }
    }
    assert_eq!(asked, 12, "every path with a token was asked");
    let mut line = house.line(&theirs, 0).await;
    line.push(vec![note(1)]).await;
    line.until("the ack", |l| l.acks.len() == 1).await;
    assert_eq!(
        line.acks[0].seq, 2,
        "their member, device and log are as they were"
    );
}

#[tokio::test]
async fn an_admin_acts_on_their_own_people_only() {
    let (house, ours, theirs) = two_teams().await;
    for path in [
        format!("/api/v1/orgs/{}/members/{}", ours.org, theirs.member),
        format!("/api/v1/orgs/{}/devices/{}", ours.org, theirs.device),
    ] {
        let asking = Asking {
            token: Some(&ours.token),
            body: None,
        };
        let (status, _) = house.ask("DELETE", &path, asking).await;
        assert_eq!(status, 404, "{path}: not one of ours");
    }
    let (mut line, _) = house.line_of(&theirs, 0, None).await;
    line.until("their event", |l| l.events.len() == 1).await;
}

#[tokio::test]
async fn no_frame_crosses() {
    let (house, ours, theirs) = two_teams().await;
    let (mut here, mut there) = (house.line(&ours, 1).await, house.line(&theirs, 1).await);
    // The same operation in both: two events, neither knows of the other.
    let shared = note(1);
    here.push(vec![shared.clone(), note(2), note(3)]).await;
    here.until("the acks", |l| l.acks.len() == 3).await;
    there.push(vec![shared]).await;
    there.until("the ack", |l| l.acks.len() == 1).await;
    assert_eq!(there.acks[0].seq, 2, "their own numbers");
    here.say(&ClientFrame::Presence(kontor_protocol::Presence {
        state: kontor_protocol::Availability::Busy,
        viewing: None,
        writing: None,
        caret: None,
    }))
    .await;
    here.until("its own presence", |l| {
        l.presence
            .iter()
            .any(|m| m.state == kontor_protocol::Availability::Busy)
    })
    .await;
    // Whatever would have crossed is there before a later frame of their own.
    there.push(vec![note(4)]).await;
    there
        .until("their events", |l| {
            l.events.len() == 2 && l.presence.len() == 1
        })
        .await;
    assert_eq!(there.seqs(), [2, 3]);
    assert!(
        there
            .events
            .iter()
            .all(|event| event.member == theirs.member)
    );
    assert_eq!(
        there.presence[0].member, theirs.member,
        "only their own people"
    );
}

#[tokio::test]
async fn facts_are_an_organisations_own() {
    let (house, ours, theirs) = two_teams().await;
    for desk in [&ours, &theirs] {
        connect(&house.storage, desk.org, "16", "one").await;
    }
    let secret = vec![document("a", "1", "theirs")];
    put(&house.storage, theirs.org, vec![customer("a")], secret).await;
    let mut line = Line::dial(house.address).await;
    let hello = json!({
        "type": "hello", "version": 1, "token": ours.token, "device": ours.device, "cursor": 0,
        "capabilities": [FACTS],
    });
    line.ws
        .send(Message::text(hello.to_string()))
        .await
        .unwrap();
    // What is asked for, and words that would ask for theirs, are answered with our own: none.
    for asked in [
        json!({ "type": "customers", "after": 0 }),
        json!({ "type": "customers", "after": 0, "org": theirs.org }),
        json!({ "type": "dossiers", "wanted": [{ "customer": "a", "after": 0 }] }),
        json!({ "type": "dossiers", "wanted": [{ "customer": "a", "after": 0, "org": theirs.org }], "org": theirs.org }),
    ] {
        line.ws
            .send(Message::text(asked.to_string()))
            .await
            .unwrap();
    }
    let (mut told, mut pages, mut dossiers) = (0, 0, 0);
    while told < 1 || pages < 2 || dossiers < 2 {
        match line.frame().await {
            Some(ServerFrame::Facts(state)) => {
                assert_eq!((state.version, state.counts.customers), (0, 0));
                told += 1;
            }
            Some(ServerFrame::Customers(page)) => {
                assert_eq!((page.rows, page.upto), (Vec::new(), 0));
                pages += 1;
            }
            Some(ServerFrame::Dossier(page)) => {
                assert_eq!((page.card, page.documents), (None, Vec::new()));
                dossiers += 1;
            }
            Some(_) => {}
            None => panic!("the line closed"),
        }
    }
    // Their changes are not told here: what would have come is there before the pong of later.
    let more = put(&house.storage, theirs.org, vec![customer("b")], Vec::new());
    assert_eq!(more.await, 3);
    let own = put(&house.storage, ours.org, vec![customer("z")], Vec::new());
    assert_eq!(own.await, 1);
    loop {
        match line.frame().await {
            Some(ServerFrame::Facts(state)) => {
                assert_eq!((state.version, state.counts.customers), (1, 1));
                break;
            }
            Some(_) => {}
            None => panic!("the line closed"),
        }
    }
}

#[rstest]
#[case::their_device_with_our_token(true, false)]
#[case::our_device_with_their_token(false, true)]
#[tokio::test]
async fn a_token_belongs_to_its_device(#[case] our_token: bool, #[case] our_device: bool) {
    let (house, ours, theirs) = two_teams().await;
    let pick = |ours_wanted: bool| if ours_wanted { &ours } else { &theirs };
    let mut mixed = pick(our_token).clone();
    mixed.device = pick(our_device).device;
    let mut line = Line::dial(house.address).await;
    line.hello(&mixed, 0, None).await;
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(reject.code, RejectCode::Auth);
}

#[tokio::test]
async fn extra_words_in_a_hello_change_nothing() {
    let (house, ours, theirs) = two_teams().await;
    let mut line = Line::dial(house.address).await;
    let hello = json!({
        "type": "hello", "version": 1, "token": ours.token, "device": ours.device, "cursor": 0,
        "org": theirs.org, "member": theirs.member, "role": "admin",
    });
    line.ws
        .send(Message::text(hello.to_string()))
        .await
        .unwrap();
    let Some(ServerFrame::Welcome(welcome)) = line.frame().await else {
        panic!("welcomed, as who the token says");
    };
    assert_eq!((welcome.org.id, welcome.member), (ours.org, ours.member));
    line.until("the events", |l| l.events.len() == 1).await;
    assert_eq!(line.events[0].member, ours.member);
    let (status, answer) = house
        .ask(
            "GET",
            &format!("/api/v1/orgs/{}/events?after=0", ours.org),
            Asking {
                token: Some(&ours.token),
                body: None,
            },
        )
        .await;
    assert_eq!((status, &answer["head"]), (200, &Value::from(1)));
}
