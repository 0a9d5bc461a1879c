//! Who is in, who is out.

use kontor_protocol::{Body, DeviceId, MemberId, MemberRow, OrgId, Role};
use kontor_server::core::storage::{AuditEntry, Joined, NewOrg, Storage, StorageError, Who};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stage::{Stage, at, device, hash, invitation, joining, notes, team};

/// What the organisation's own events say about a member, the last time.
async fn told(storage: &impl Storage, org: OrgId, member: MemberId) -> Option<(Role, bool)> {
    let events = storage.events(org, 0, 1000).await.unwrap();
    events.iter().rev().find_map(|e| match &e.op.body {
        Body::Member {
            member: m,
            role,
            active,
            ..
        } if *m == member => {
            assert_eq!(e.op.subject.to_string(), format!("org:{org}"));
            assert_eq!(e.op.sum(), e.op.checksum);
            Some((*role, *active))
        }
        _ => None,
    })
}

pub(crate) async fn an_organisation_begins_with_its_admin(stage: &impl Stage) {
    let storage = stage.open().await;
    let mut heads = storage.heads();
    let one = team(&storage, "hrast").await;
    assert_eq!(heads.recv().await.unwrap(), (one.org, 1));
    assert_eq!(
        told(&storage, one.org, one.admin).await,
        Some((Role::Admin, true))
    );
    let members = storage.members(one.org).await.unwrap();
    let admin = MemberRow {
        member: one.admin,
        name: "maja".to_owned(),
        email: "maja@hrast.example".to_owned(),
        role: Role::Admin,
        active: true,
    };
    assert_eq!(members, [admin]);
    let again = NewOrg {
        id: OrgId(Uuid::new_v4()),
        name: "hrast".to_owned(),
        thread_key: String::new(),
        admin: MemberId(Uuid::new_v4()),
        email: "x@example.com".to_owned(),
        password: String::new(),
        now: at(0),
    };
    let answer = storage.create_org(again).await;
    assert!(matches!(answer, Err(StorageError::Taken)), "{answer:?}");

    let other = team(&storage, "adria").await;
    let orgs = storage.orgs().await.unwrap();
    let names: Vec<_> = orgs.iter().map(|o| (o.id, o.name.as_str())).collect();
    assert_eq!(names, [(other.org, "adria"), (one.org, "hrast")], "by name");
    assert_ne!(orgs[0].epoch, orgs[1].epoch);
    assert_eq!(orgs[1].thread_key, "ab".repeat(32));
}

pub(crate) async fn a_code_makes_one_member(stage: &impl Stage) {
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    storage
        .invite(invitation(one, "code", Role::Admin))
        .await
        .unwrap();
    storage
        .invite(invitation(other, "other", Role::Member))
        .await
        .unwrap();
    let leads = storage.invitation(hash("code"), at(50)).await.unwrap();
    assert_eq!(leads, Some((one.org, Role::Admin)));
    assert_eq!(
        storage.invitation(hash("guess"), at(50)).await.unwrap(),
        None
    );

    let ana = joining("code", "ana@example.com");
    let member = ana.member;
    let mut heads = storage.heads();
    assert_eq!(storage.join(ana).await.unwrap(), Joined::New(one.org));
    assert_eq!(heads.recv().await.unwrap(), (one.org, 2));
    assert_eq!(
        told(&storage, one.org, member).await,
        Some((Role::Admin, true))
    );
    assert_eq!(
        storage.invitation(hash("code"), at(50)).await.unwrap(),
        None
    );
    let again = storage.join(joining("code", "eva@example.com")).await;
    assert!(matches!(again, Err(StorageError::Gone)), "{again:?}");

    let there = storage.join(joining("other", "ana@example.com")).await;
    assert_eq!(
        there.unwrap(),
        Joined::New(other.org),
        "one address, two organisations"
    );
    let logins = storage.logins("ana@example.com").await.unwrap();
    assert_eq!(logins.len(), 2, "{logins:?}");
    let here = logins.iter().find(|l| l.org == one.org).unwrap();
    assert_eq!(
        (here.member, here.password.as_str()),
        (member, "$argon2id$v=19$ana")
    );
    let names: Vec<_> = storage.members(one.org).await.unwrap();
    let names: Vec<_> = names.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["Ana Kovač", "maja"]);
    assert_eq!(storage.logins("eva@example.com").await.unwrap().len(), 0);
}

pub(crate) async fn a_race_for_a_code_has_one_winner(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage
        .invite(invitation(one, "code", Role::Member))
        .await
        .unwrap();
    let mut tasks = JoinSet::new();
    for n in 0..8 {
        let storage = storage.clone();
        tasks.spawn(async move {
            storage
                .join(joining("code", &format!("p{n}@example.com")))
                .await
        });
    }
    let answers = tasks.join_all().await;
    let won = answers
        .iter()
        .filter(|a| matches!(a, Ok(Joined::New(_))))
        .count();
    let gone = answers
        .iter()
        .filter(|a| matches!(a, Err(StorageError::Gone)))
        .count();
    assert_eq!((won, gone), (1, 7), "{answers:?}");
    assert_eq!(storage.members(one.org).await.unwrap().len(), 2);
}

pub(crate) async fn a_code_runs_out(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage
        .invite(invitation(one, "code", Role::Member))
        .await
        .unwrap();
    assert!(
        storage
            .invitation(hash("code"), at(99))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        storage
            .invitation(hash("code"), at(100))
            .await
            .unwrap()
            .is_none()
    );
    let mut late = joining("code", "ana@example.com");
    late.now = at(100);
    let answer = storage.join(late).await;
    assert!(matches!(answer, Err(StorageError::Gone)), "{answer:?}");
    assert_eq!(
        storage.members(one.org).await.unwrap().len(),
        1,
        "nobody came"
    );
    assert_eq!(storage.org(one.org).await.unwrap().unwrap().head, 1);
}

pub(crate) async fn an_address_that_is_there_keeps_the_code(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage
        .invite(invitation(one, "code", Role::Member))
        .await
        .unwrap();
    let there = storage.join(joining("code", "maja@hrast.example")).await;
    assert_eq!(there.unwrap(), Joined::Exists(one.org));
    let still = storage.invitation(hash("code"), at(50)).await.unwrap();
    assert_eq!(still, Some((one.org, Role::Member)), "for somebody else");
    assert_eq!(storage.members(one.org).await.unwrap().len(), 1);
    assert_eq!(storage.org(one.org).await.unwrap().unwrap().head, 1);
}

pub(crate) async fn a_revoked_token_is_nobodys(stage: &impl Stage) {
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    let second = DeviceId(Uuid::new_v4());
    let token = hash("second token");
    storage
        .add_device(device(one, one.admin, second, token))
        .await
        .unwrap();
    let who = Who {
        org: one.org,
        member: one.admin,
        device: second,
        role: Role::Admin,
    };
    assert_eq!(storage.who(token, at(5)).await.unwrap(), Some(who));
    assert_eq!(storage.who(hash("no token"), at(5)).await.unwrap(), None);

    let foreign = storage
        .revoke(Some(other.org), second, at(6))
        .await
        .unwrap();
    assert!(!foreign, "not in that organisation");
    assert!(storage.who(token, at(6)).await.unwrap().is_some());
    assert!(storage.revoke(Some(one.org), second, at(7)).await.unwrap());
    assert_eq!(storage.who(token, at(8)).await.unwrap(), None);
    assert!(
        storage.revoke(None, second, at(9)).await.unwrap(),
        "again is fine"
    );
    assert!(
        storage.revoke(None, one.device, at(9)).await.unwrap(),
        "anywhere"
    );
    assert!(
        !storage
            .revoke(None, DeviceId(Uuid::new_v4()), at(9))
            .await
            .unwrap()
    );

    let devices = storage.devices(one.org).await.unwrap();
    let revoked = devices.iter().find(|d| d.id == second).unwrap();
    assert_eq!(revoked.revoked_at, Some(at(7)), "the first time counts");
    assert_eq!((revoked.created_at, revoked.member), (at(1), one.admin));
    assert_eq!(devices.len(), 2);
}

pub(crate) async fn a_removed_member_is_out(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage
        .invite(invitation(one, "code", Role::Member))
        .await
        .unwrap();
    let ana = joining("code", "ana@example.com");
    let member = ana.member;
    storage.join(ana).await.unwrap();
    let token = hash("ana’s token");
    let id = DeviceId(Uuid::new_v4());
    storage
        .add_device(device(one, member, id, token))
        .await
        .unwrap();

    let mut heads = storage.heads();
    assert!(
        storage
            .remove_member(one.org, member, at(60))
            .await
            .unwrap()
    );
    assert_eq!(heads.recv().await.unwrap(), (one.org, 3));
    assert_eq!(
        told(&storage, one.org, member).await,
        Some((Role::Member, false))
    );
    assert_eq!(storage.who(token, at(61)).await.unwrap(), None);
    assert_eq!(storage.logins("ana@example.com").await.unwrap().len(), 0);
    let devices = storage.devices(one.org).await.unwrap();
    let revoked: Vec<_> = devices.iter().filter_map(|d| d.revoked_at).collect();
    assert_eq!(revoked, [at(60)]);
    assert!(
        !storage
            .remove_member(one.org, member, at(62))
            .await
            .unwrap(),
        "gone already"
    );
    assert!(
        !storage
            .remove_member(one.org, MemberId(Uuid::new_v4()), at(62))
            .await
            .unwrap()
    );

    storage
        .invite(invitation(one, "second", Role::Member))
        .await
        .unwrap();
    let back = storage.join(joining("second", "ana@example.com")).await;
    assert_eq!(
        back.unwrap(),
        Joined::New(one.org),
        "may be invited again, as somebody new"
    );
    let members = storage.members(one.org).await.unwrap();
    let active = members.iter().filter(|m| m.active).count();
    assert_eq!((members.len(), active), (3, 2));
}

pub(crate) async fn the_last_admin_stays(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    assert!(
        !storage
            .remove_member(one.org, one.admin, at(5))
            .await
            .unwrap()
    );
    assert!(storage.who(hash("hrast"), at(6)).await.unwrap().is_some());
    storage
        .invite(invitation(one, "code", Role::Admin))
        .await
        .unwrap();
    storage
        .join(joining("code", "ana@example.com"))
        .await
        .unwrap();
    assert!(
        storage
            .remove_member(one.org, one.admin, at(60))
            .await
            .unwrap()
    );
    assert!(storage.who(hash("hrast"), at(61)).await.unwrap().is_none());
    // Words that came in just before still count as theirs.
    storage.append(one.org, notes(one, 1)).await.unwrap();
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn the_audit_log_is_newest_first(stage: &impl Stage) {
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    let entry = |org, n: i64, member| AuditEntry {
        org,
        at: at(n),
        member,
        action: "login".to_owned(),
        detail: format!("device {n}"),
    };
    let (a, b) = (entry(one.org, 1, None), entry(one.org, 2, Some(one.admin)));
    let c = entry(other.org, 3, None);
    for line in [&a, &b, &c] {
        storage.audit(line.clone()).await.unwrap();
    }
    assert_eq!(
        storage.audit_log(one.org, 10).await.unwrap(),
        [b.clone(), a]
    );
    assert_eq!(storage.audit_log(one.org, 1).await.unwrap(), [b]);
    assert_eq!(storage.audit_log(other.org, 10).await.unwrap(), [c]);
}
