//! Who signs in by the company's sign-in.

use kontor_protocol::{MemberId, Role};
use kontor_server::core::storage::{
    CompanyId, CompanyLink, Joined, NO_PASSWORD, Slip, Storage as _,
};
use uuid::Uuid;

use crate::stage::{Stage, at, hash, invitation, joining, team};

fn at_company(subject: &str) -> CompanyId {
    CompanyId {
        issuer: "https://login.example.com".into(),
        subject: subject.into(),
    }
}

pub(crate) async fn a_person_of_the_company_is_known_by_their_subject(stage: &impl Stage) {
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    for (team, code) in [(one, "one"), (other, "other")] {
        let invitation = invitation(team, code, Role::Member);
        storage.invite(invitation).await.unwrap();
    }
    let mut ana = joining("one", "ana@example.com");
    ana.company = Some(at_company("ana"));
    ana.password = NO_PASSWORD.into();
    let member = ana.member;
    assert_eq!(storage.join(ana).await.unwrap(), Joined::New(one.org));
    let known = storage.company_logins(at_company("ana")).await.unwrap();
    assert_eq!(known, [(one.org, member)], "in one organisation");
    for nobody in [
        at_company("eva"),
        CompanyId {
            issuer: "https://login.example.net".into(),
            subject: "ana".into(),
        },
    ] {
        let found = storage.company_logins(nobody.clone()).await.unwrap();
        assert_eq!(found, [], "{nobody:?}");
    }

    let mut again = joining("other", "ana@example.com");
    again.company = Some(at_company("ana"));
    assert_eq!(storage.join(again).await.unwrap(), Joined::New(other.org));
    let known = storage.company_logins(at_company("ana")).await.unwrap();
    assert_eq!(known.len(), 2, "in both, each with its own member");

    assert!(
        storage
            .remove_member(one.org, member, at(60))
            .await
            .unwrap()
    );
    let known = storage.company_logins(at_company("ana")).await.unwrap();
    assert_eq!(known.len(), 1, "who was removed is out");
    storage
        .invite(invitation(one, "back", Role::Member))
        .await
        .unwrap();
    let mut back = joining("back", "ana@example.com");
    back.company = Some(at_company("ana"));
    let new = back.member;
    assert_eq!(storage.join(back).await.unwrap(), Joined::New(one.org));
    let known = storage.company_logins(at_company("ana")).await.unwrap();
    assert!(known.contains(&(one.org, new)), "as another member");
    assert_eq!(
        storage.check().await.unwrap().problems,
        Vec::<String>::new()
    );
}

pub(crate) async fn tying_a_member_ends_the_other_ways_in(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let link = |member: MemberId, subject: &str| CompanyLink {
        org: one.org,
        member,
        company: at_company(subject),
        now: at(5),
    };
    let nobody = link(MemberId(Uuid::new_v4()), "x");
    assert!(
        !storage.link_company(nobody).await.unwrap(),
        "no such member"
    );
    let token = hash("hrast");
    assert!(storage.who(token, at(4)).await.unwrap().is_some());
    assert!(storage.link_company(link(one.admin, "maja")).await.unwrap());
    assert_eq!(
        storage.who(token, at(6)).await.unwrap(),
        None,
        "the device is out"
    );
    let logins = storage.logins("maja@hrast.example").await.unwrap();
    assert_eq!(logins[0].password, NO_PASSWORD, "and the password");
    let known = storage.company_logins(at_company("maja")).await.unwrap();
    assert_eq!(known, [(one.org, one.admin)]);
    let second = storage.link_company(link(one.admin, "successor")).await;
    assert!(
        !second.unwrap(),
        "an address that was given on takes nobody over"
    );
    let known = storage.company_logins(at_company("successor")).await;
    assert_eq!(known.unwrap(), []);
}

pub(crate) async fn ties_are_in_a_backup(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let link = CompanyLink {
        org: one.org,
        member: one.admin,
        company: at_company("maja"),
        now: at(5),
    };
    assert!(storage.link_company(link).await.unwrap());
    let slip = Slip {
        key: hash("slip"),
        body: "x".into(),
        expires_at: at(1000),
    };
    storage.keep_slip(slip, at(6)).await.unwrap();
    let file = stage.folder().join("company.backup");
    storage.backup(&file).await.unwrap();
    let restored = stage.open_empty().await;
    restored.restore(&file).await.unwrap();
    let known = restored.company_logins(at_company("maja")).await.unwrap();
    assert_eq!(known, [(one.org, one.admin)]);
    let slip = restored.take_slip(hash("slip"), at(7)).await.unwrap();
    assert_eq!(slip, None, "what was only begun is not in it");
}

pub(crate) async fn a_slip_is_taken_once_and_runs_out(stage: &impl Stage) {
    let (storage, node) = (stage.open().await, stage.open().await);
    for (key, until) in [("early", 10), ("late", 20)] {
        let slip = Slip {
            key: hash(key),
            body: format!("{key} words"),
            expires_at: at(until),
        };
        storage.keep_slip(slip, at(1)).await.unwrap();
    }
    let take = async |key: &str, now| node.take_slip(hash(key), at(now)).await.unwrap();
    assert_eq!(take("never", 2).await, None);
    assert_eq!(take("early", 10).await, None, "it has run out");
    assert_eq!(take("late", 19).await.as_deref(), Some("late words"));
    assert_eq!(take("late", 19).await, None, "once");
}
