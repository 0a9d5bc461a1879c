//! What the team did, counted: keystrokes gathered, answers timed, by week and member; and the numbers above a list.

use kontor_store::{NewTeamOp, TeamNumbers, TeamOpFilter, TeamSpans};

use crate::support::Profile;

const MINUTE: i64 = 60_000_000_000;
/// Ten minutes, as the list has it.
const PAUSE: i64 = 600;

/// Something `member` did in minute `at`; `body` decides which kind it is.
fn op(n: usize, member: &str, subject: &str, at: i64, body: &str) -> NewTeamOp {
    let kind = match body {
        "" => "note",
        _ if body.contains("replied") => "replied",
        _ => "record",
    };
    let what = match kind {
        "replied" => "reply",
        _ if body.contains("assignee") => "assign",
        _ if body.contains("status") => "status",
        _ if body.contains(".done") => "finish",
        _ => kind,
    };
    NewTeamOp {
        op_id: n.to_string(),
        org: Some("org".into()),
        subject: subject.into(),
        kind: kind.into(),
        what: what.into(),
        body: if body.is_empty() {
            "{}".into()
        } else {
            body.into()
        },
        checksum: "00".into(),
        occurred_at: at * MINUTE,
        member: (!member.is_empty()).then(|| member.into()),
        device: None,
        seq: u64::try_from(n).ok().map(|n| n + 1),
        added: 1,
        removed: 0,
        excerpt: String::new(),
    }
}

fn replied(after: Option<u32>) -> String {
    match after {
        Some(after) => {
            format!(r#"{{"kind":"replied","title":null,"answered_after_seconds":{after}}}"#)
        }
        None => r#"{"kind":"replied","title":"Odg: ponudba"}"#.into(),
    }
}

fn put(p: &Profile, ops: Vec<NewTeamOp>) {
    p.write(move |w| ops.iter().try_for_each(|op| w.add_team_op(op).map(drop)));
}

/// Of each span: edits, answers and their times.
type Brief = Vec<(u64, u64, Vec<u32>)>;

fn brief(of: &TeamSpans) -> Brief {
    let all = of.spans.iter().chain([&of.total]);
    all.map(|w| (w.notes, w.replies, w.times.clone())).collect()
}

fn work(p: &Profile, borders: &[i64]) -> (Vec<(Option<String>, Brief)>, Brief) {
    let borders: Vec<i64> = borders.iter().map(|at| at * MINUTE).collect();
    let found = p.store.read(|r| r.team_workload(&borders, PAUSE)).unwrap();
    let members = found.members.iter();
    (
        members.map(|(who, of)| (who.clone(), brief(of))).collect(),
        brief(&found.team),
    )
}

#[test]
fn keystrokes_are_one_edit_and_belong_to_where_it_began() {
    let p = Profile::new();
    let notes = [
        ("ana", "customer:1", 90),
        // Over the border at 100, without a long pause: begun before it.
        ("ana", "customer:1", 98),
        ("ana", "customer:1", 105),
        // Another note, another person: edits of their own, which interrupt nothing.
        ("ana", "customer:2", 106),
        ("bor", "customer:1", 107),
        ("ana", "customer:1", 115),
        // More than ten minutes.
        ("ana", "customer:1", 126),
        ("", "customer:1", 127),
    ];
    let all = notes.iter().enumerate();
    let ops = all.map(|(n, (who, what, at))| op(n, who, what, *at, ""));
    put(&p, ops.collect());
    let edits = |counts: &[u64]| {
        counts
            .iter()
            .map(|n| (*n, 0, Vec::new()))
            .collect::<Brief>()
    };
    let (members, team) = work(&p, &[0, 100, 200]);
    let want = [
        (None, edits(&[0, 1, 1])),
        (Some("ana".to_owned()), edits(&[1, 2, 3])),
        (Some("bor".to_owned()), edits(&[0, 1, 1])),
    ];
    assert_eq!(members, want);
    assert_eq!(team, edits(&[1, 4, 5]));
    let (_, team) = work(&p, &[100, 200]);
    assert_eq!(
        team,
        edits(&[4, 4]),
        "what was begun earlier is not counted again"
    );
    assert_eq!(work(&p, &[300, 400]).1, edits(&[0, 0]));
    assert!(work(&p, &[]).1.iter().all(|w| w.0 == 0), "no span, no work");
}

#[test]
fn answers_tell_how_long_they_took() {
    let p = Profile::new();
    let answers = [
        ("ana", Some(60)),
        ("ana", Some(1000)),
        ("ana", Some(120)),
        ("bor", Some(40)),
        // From before answers told it: counted, not timed.
        ("bor", None),
    ];
    let all = answers.iter().enumerate();
    let ops = all.map(|(n, (who, after))| op(n, who, "thread:1", 10, &replied(*after)));
    put(&p, ops.collect());
    let (members, team) = work(&p, &[0, 100]);
    let found: Vec<_> = members.iter().map(|(_, of)| of[0].clone()).collect();
    assert_eq!(found, [(0, 3, vec![60, 120, 1000]), (0, 2, vec![40])]);
    assert_eq!(team[0], (0, 5, vec![40, 60, 120, 1000]));
    let deeds = p.store.read(|r| r.team_deeds(Some("bor"))).unwrap();
    let deeds: Vec<_> = deeds
        .iter()
        .map(|d| (d.what.as_str(), d.count, d.titled))
        .collect();
    assert_eq!(deeds, [("reply", 2, 1)], "one of them tells its subject");
    assert_eq!(
        p.store.read(|r| r.first_team_op()).unwrap(),
        Some(10 * MINUTE)
    );
}

#[test]
fn what_was_refused_is_not_counted() {
    let p = Profile::new();
    assert_eq!(p.store.read(|r| r.first_team_op()).unwrap(), None);
    let waiting = NewTeamOp {
        seq: None,
        ..op(1, "ana", "thread:1", 10, &replied(Some(9)))
    };
    put(
        &p,
        vec![waiting, op(2, "ana", "thread:1", 11, &replied(Some(7)))],
    );
    assert_eq!(work(&p, &[0, 100]).1[0].2, [7, 9], "what waits counts");
    p.write(|w| w.reject_team_op("1", "no").map(drop));
    assert_eq!(work(&p, &[0, 100]).1[0].2, [7]);
}

#[test]
fn numbers_above_a_list_are_those_of_the_whole_span() {
    let p = Profile::new();
    let mut ops: Vec<NewTeamOp> = (0..6000)
        // Edits of one note, one a minute, with an answer of a colleague after each thousand.
        .map(|n| op(n, "ana", "customer:1", i64::try_from(n).unwrap(), ""))
        .collect();
    for n in 1..6 {
        let at = i64::try_from(n).unwrap() * 1000;
        ops.push(op(6000 + n, "bor", "thread:1", at, &replied(None)));
    }
    let set = |n, at, field: &str, value: &str| {
        let body = format!(r#"{{"kind":"record","field":"{field}","value":{value},"base":null}}"#);
        op(n, "bor", "thread:1", at, &body)
    };
    ops.push(set(7000, 7000, "assignee", "\"ana\""));
    ops.push(set(7001, 7001, "assignee", "null"));
    ops.push(set(7002, 7002, "status", "\"done\""));
    ops.push(set(7003, 7003, "status", "\"open\""));
    ops.push(set(7004, 7004, "task.1.done", "\"done\""));
    ops.push(set(7005, 7005, "task.1.done", "null"));
    put(&p, ops);
    let numbers = |filter: TeamOpFilter| p.store.read(|r| r.team_numbers(&filter, PAUSE)).unwrap();
    let all = TeamNumbers {
        notes: 6,
        replies: 5,
        assigned: 1,
        done: 2,
    };
    assert_eq!(
        numbers(TeamOpFilter::default()),
        all,
        "beyond the newest thousands, too"
    );
    let by_ana = TeamOpFilter {
        member: Some("ana".into()),
        ..TeamOpFilter::default()
    };
    assert_eq!(
        numbers(by_ana).notes,
        1,
        "with nothing of others between them"
    );
    let late = TeamOpFilter {
        since: Some(4500 * MINUTE),
        subject: Some("customer:1".into()),
        ..TeamOpFilter::default()
    };
    let of_note = TeamNumbers {
        notes: 1,
        ..TeamNumbers::default()
    };
    assert_eq!(numbers(late), of_note);
    let nothing = TeamOpFilter {
        since: Some(9000 * MINUTE),
        ..TeamOpFilter::default()
    };
    assert_eq!(numbers(nothing), TeamNumbers::default());
}
