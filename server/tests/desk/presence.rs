//! Who is there.

use kontor_protocol::Availability::{Away, Busy, Offline, Online};
use kontor_protocol::{Availability, ClientFrame, MemberId, Presence};

use crate::house::{House, Line};

pub(crate) fn word(state: Availability, writing: Option<&str>) -> ClientFrame {
    ClientFrame::Presence(Presence {
        state,
        viewing: Some("customer:4711".parse().unwrap()),
        writing: writing.map(|s| s.parse().unwrap()),
        caret: None,
    })
}

pub(crate) async fn until(
    line: &mut Line,
    member: MemberId,
    state: Availability,
    writing: Option<&str>,
) {
    line.until("the presence", |l| {
        l.presence.iter().any(|m| {
            let on = m.writing.as_ref().map(ToString::to_string);
            m.member == member && m.state == state && on.as_deref() == writing
        })
    })
    .await;
}

#[tokio::test]
async fn the_team_sees_who_is_there_and_what_was_left_behind() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let mut first = house.line(&ana, 2).await;
    until(&mut first, ana.member, Online, None).await;

    let mut second = house.line(&bor, 2).await;
    until(&mut second, ana.member, Online, None).await;
    until(&mut first, bor.member, Online, None).await;
    second.say(&word(Busy, Some("thread:a"))).await;
    until(&mut first, bor.member, Busy, Some("thread:a")).await;
    let bor_now = first.presence.iter().find(|m| m.member == bor.member);
    assert!(
        bor_now.is_some_and(|m| m.viewing.is_some()),
        "what is on screen"
    );
    second.say(&word(Away, Some("thread:a"))).await;
    until(&mut first, bor.member, Away, Some("thread:a")).await;

    drop(second);
    until(&mut first, bor.member, Offline, Some("thread:a")).await;
    let bor_now = first.presence.iter().find(|m| m.member == bor.member);
    assert!(
        bor_now.is_some_and(|m| m.viewing.is_none()),
        "nobody looks at it"
    );

    // Who comes later sees the intent, too; who is back and writes nothing takes it away.
    let mut third = house.line(&house.device(&ana).await, 2).await;
    until(&mut third, bor.member, Offline, Some("thread:a")).await;
    let mut second = house.line(&bor, 2).await;
    until(&mut third, bor.member, Online, Some("thread:a")).await;
    second.say(&word(Online, None)).await;
    until(&mut third, bor.member, Online, None).await;
    until(&mut first, bor.member, Online, None).await;
}

#[tokio::test]
async fn two_desks_of_one_person_are_one_person() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let laptop = house.device(&ana).await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let mut seeing = house.line(&bor, 2).await;
    let mut desk = house.line(&ana, 2).await;
    desk.say(&word(Busy, None)).await;
    until(&mut seeing, ana.member, Busy, None).await;
    let mut other = house.line(&laptop, 2).await;
    other.say(&word(Away, None)).await;
    until(&mut seeing, ana.member, Away, None).await;
    drop(other);
    until(&mut seeing, ana.member, Busy, None).await;
    drop(desk);
    until(&mut seeing, ana.member, Offline, None).await;
}
