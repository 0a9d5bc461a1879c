//! The team's tables: the queue that is the log, notes beside their documents, leaving and coming back.

use kontor_model::{Change, Millis};
use kontor_store::{
    Error, NewTeamOp, NoteRow, NoteSnapshot, RecordFieldRow, TeamMember, TeamOp, TeamOpFilter,
    TeamOpState, TeamRow, WithinRow,
};
use rstest::rstest;

use crate::support::{NEW_YEAR, Profile};

fn op(id: &str, kind: &str, at: i64) -> NewTeamOp {
    NewTeamOp {
        op_id: id.to_owned(),
        org: None,
        subject: "customer:1".to_owned(),
        kind: kind.to_owned(),
        what: kind.to_owned(),
        body: format!("{{\"{id}\":1}}"),
        checksum: "00".to_owned(),
        occurred_at: at,
        member: None,
        device: None,
        seq: None,
        added: 3,
        removed: 0,
        excerpt: "ena".to_owned(),
    }
}

fn event(id: &str, kind: &str, seq: u64, member: &str) -> NewTeamOp {
    NewTeamOp {
        org: Some("org".to_owned()),
        member: Some(member.to_owned()),
        seq: Some(seq),
        ..op(id, kind, i64::try_from(seq).unwrap())
    }
}

fn team() -> TeamRow {
    TeamRow {
        server: "wss://ekipa.example".to_owned(),
        org: "org".to_owned(),
        name: "Hrast".to_owned(),
        thread_key: "ab".repeat(32),
        member: "ana".to_owned(),
        device: "miza".to_owned(),
        epoch: None,
        cursor: 0,
        head: 7,
        joined_at: Millis(NEW_YEAR),
        left_at: None,
        snapshot: None,
    }
}

/// Every operation is news for whoever shows what the team shares; words of notes alone are told apart.
fn put(p: &Profile, ops: Vec<NewTeamOp>) -> Vec<i64> {
    let words = ops.iter().all(|op| op.kind == "note" && op.what == "note");
    let want = if words { Change::Notes } else { Change::Team };
    let before = p.store.read(|r| r.change_seq()).unwrap();
    let ids = put_quietly(p, ops);
    assert_eq!(told_since(p, before), [want]);
    ids
}

fn told_since(p: &Profile, before: i64) -> Vec<Change> {
    let log = p.store.read(|r| r.changes_after(before, 10)).unwrap();
    log.entries.into_iter().map(|(_, change)| change).collect()
}

fn put_quietly(p: &Profile, ops: Vec<NewTeamOp>) -> Vec<i64> {
    p.write(move |w| ops.iter().map(|op| w.add_team_op(op)).collect())
}

fn states(p: &Profile) -> Vec<(String, TeamOpState, Option<u64>)> {
    let brief = |op: TeamOp| (op.op.op_id, op.state, op.op.seq);
    let rows = p.store.read(|r| r.team_ops_after(0, 100)).unwrap();
    rows.into_iter().map(brief).collect()
}

#[test]
fn the_membership_is_one_row_and_its_cursor_moves() {
    let p = Profile::new();
    let team = team();
    assert_eq!(p.store.read(|r| r.team()).unwrap(), None, "no team yet");
    let stored = team.clone();
    p.write(move |w| {
        w.put_team(&stored)?;
        w.set_team_cursor(3)
    });
    let read = p.store.read(|r| r.team()).unwrap().unwrap();
    assert_eq!((read.cursor, read.head), (3, 7), "the head is ahead");
    p.write(|w| w.set_team_cursor(9));
    let read = p.store.read(|r| r.team()).unwrap().unwrap();
    let wanted = TeamRow {
        cursor: 9,
        head: 9,
        ..team
    };
    assert_eq!(read, wanted, "the head is never behind the cursor");
}

#[test]
fn an_operation_waits_and_is_accepted_where_it_stands() {
    let p = Profile::new();
    let ids = put(&p, vec![op("a", "note", 1), op("b", "record", 2)]);
    let (length, oldest) = p.store.read(|r| r.team_queue()).unwrap();
    assert_eq!((length, oldest), (2, Some(Millis(NEW_YEAR))));
    let behind = p.store.read(|r| r.waiting_team_ops(ids[0], 10)).unwrap();
    assert_eq!(behind.len(), 1, "what was pushed already is passed over");
    assert!(p.write(|w| w.acknowledge_team_op("a", 4)), "new to us");
    assert!(!p.write(|w| w.acknowledge_team_op("a", 4)), "known");
    p.write(|w| w.reject_team_op("b", "ne gre"));
    assert_eq!(
        states(&p),
        [
            ("a".to_owned(), TeamOpState::Accepted, Some(4)),
            ("b".to_owned(), TeamOpState::Rejected, None),
        ]
    );
    assert_eq!(p.store.read(|r| r.team_queue()).unwrap(), (0, None));
    let twice = op("a", "note", 9);
    let error = p
        .store
        .write_blocking(Millis(0), move |w| w.add_team_op(&twice))
        .unwrap_err();
    assert!(
        matches!(error, Error::Database(_)),
        "an id is kept once: {error}"
    );
}

#[test]
fn versions_follow_the_servers_numbers_then_what_waits() {
    let p = Profile::new();
    put(
        &p,
        vec![
            op("mine", "note", 1),
            event("late", "note", 8, "bor"),
            event("early", "note", 5, "bor"),
            event("field", "record", 6, "bor"),
            op("newest", "note", 2),
        ],
    );
    p.write(|w| w.acknowledge_team_op("mine", 7));
    let order = |count| -> Vec<String> {
        let ops = p.store.read(|r| r.note_versions("customer:1", count));
        ops.unwrap().into_iter().map(|op| op.op_id).collect()
    };
    assert_eq!(order(9), ["early", "mine", "late", "newest"]);
    assert_eq!(order(2), ["early", "mine"]);
    assert_eq!(
        p.store.read(|r| r.count_note_ops("customer:1")).unwrap(),
        4,
        "a field is no edit"
    );
}

#[rstest]
#[case::everything(TeamOpFilter::default(), &["d", "c", "b", "a"])]
#[case::since(TeamOpFilter { since: Some(3), ..TeamOpFilter::default() }, &["d", "c"])]
#[case::kind(TeamOpFilter { what: Some("note".to_owned()), ..TeamOpFilter::default() }, &["d", "a"])]
#[case::member(TeamOpFilter { member: Some("bor".to_owned()), ..TeamOpFilter::default() }, &["c"])]
#[case::subject(TeamOpFilter { subject: Some("customer:2".to_owned()), ..TeamOpFilter::default() }, &[])]
fn activity_is_filtered_and_paged(#[case] filter: TeamOpFilter, #[case] want: &[&str]) {
    let p = Profile::new();
    put(
        &p,
        vec![
            event("a", "note", 1, "ana"),
            event("b", "record", 2, "ana"),
            event("c", "record", 3, "bor"),
            event("d", "note", 4, "ana"),
        ],
    );
    let mut seen = Vec::new();
    let mut page = None;
    loop {
        let part = p.store.read(|r| r.team_ops(&filter, page.as_deref(), 1));
        let part = part.unwrap();
        seen.extend(part.rows.into_iter().map(|op| op.op.op_id));
        page = part.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(seen, want, "page by page, last done first");
}

#[test]
fn a_restored_server_is_told_again_what_is_ours() {
    let p = Profile::new();
    put(
        &p,
        vec![
            event("theirs", "note", 1, "bor"),
            event("ours", "note", 2, "ana"),
            event("arrival", "member", 3, "ana"),
        ],
    );
    p.write(|w| w.renumber_team_ops("org", "ana"));
    assert_eq!(
        states(&p),
        [
            ("theirs".to_owned(), TeamOpState::Accepted, None),
            ("ours".to_owned(), TeamOpState::Waiting, None),
            ("arrival".to_owned(), TeamOpState::Accepted, None),
        ],
        "only the server writes members"
    );
}

#[test]
fn a_team_left_for_another_waits_for_the_return() {
    let p = Profile::new();
    put(
        &p,
        vec![
            op("own", "note", 9),
            event("theirs", "note", 1, "bor"),
            event("ours", "note", 2, "ana"),
        ],
    );
    p.write(|w| {
        w.part_team_ops("org")?;
        w.author_team_ops("other", "ana2", "miza2")
    });
    assert_eq!(
        states(&p),
        [("own".to_owned(), TeamOpState::Waiting, None)],
        "only what belonged to no team comes along"
    );
    p.write(|w| w.return_team_ops("org", "ana"));
    assert_eq!(
        states(&p)[1..],
        [
            ("theirs".to_owned(), TeamOpState::Accepted, None),
            ("ours".to_owned(), TeamOpState::Waiting, None),
        ]
    );
    assert!(
        p.store
            .read(|r| r.is_subject_of("customer:1", "org"))
            .unwrap()
    );
}

#[test]
fn what_is_written_without_a_team_is_told_within_the_program() {
    let p = Profile::new();
    let row = WithinRow {
        org: "jaz".to_owned(),
        member: "ana".to_owned(),
        device: "miza".to_owned(),
        token: "skrivnost".to_owned(),
        epoch: Some("prvo".to_owned()),
        cursor: 1,
        head: 1,
    };
    let kept = row.clone();
    p.write(move |w| w.put_within(&kept));
    assert_eq!(p.store.read(|r| r.within()).unwrap(), Some(row.clone()));
    assert!(!format!("{row:?}").contains("skrivnost"), "{row:?}");
    put(&p, vec![op("one", "note", 1), op("two", "record", 2)]);
    let queue = || p.store.read(|r| r.within_queue()).unwrap().0;
    assert_eq!(queue(), 2);
    p.write(|w| {
        assert!(w.keep_within("one", 2)?);
        assert!(!w.keep_within("one", 7)?, "a number stays");
        w.set_within_cursor(2)
    });
    let untold = p.store.read(|r| r.untold_within(0, 10)).unwrap();
    let ids: Vec<_> = untold.iter().map(|op| op.op.op_id.as_str()).collect();
    assert_eq!(ids, ["two"]);
    assert_eq!(states(&p)[0].1, TeamOpState::Waiting, "for a team");

    p.write(|w| w.put_team(&team()));
    put(
        &p,
        vec![event("theirs", "note", 1, "bor"), op("ours", "note", 4)],
    );
    p.write(|w| {
        w.author_team_ops("org", "ana", "miza")?;
        w.spare_within("two")
    });
    assert_eq!(queue(), 0, "a team is told itself");
    p.write(|w| w.bring_within("org", "ana"));
    assert_eq!(queue(), 2, "two and ours");
    p.write(|w| w.void_within());
    assert_eq!(queue(), 3, "and one again");
}

#[test]
fn sets_that_no_event_brought_back_are_found() {
    let p = Profile::new();
    put(
        &p,
        vec![
            event("folded", "record", 1, "ana"),
            op("acked", "record", 2),
            op("waiting", "resolve", 3),
            op("note", "note", 4),
        ],
    );
    p.write(|w| w.acknowledge_team_op("acked", 3));
    for subject in [Some("customer:1"), None] {
        let ops = p.store.read(|r| r.unfolded_record_ops(subject, 2)).unwrap();
        let ids: Vec<_> = ops.iter().map(|op| op.op.op_id.as_str()).collect();
        assert_eq!(ids, ["acked", "waiting"], "{subject:?}");
    }
}

#[test]
fn a_note_keeps_its_text_until_it_is_written_again() {
    let p = Profile::new();
    let row = NoteRow {
        subject: "customer:1".to_owned(),
        version: 1,
        generation: 0,
        head: 4,
        text: "ena".to_owned(),
        text_head: 4,
        updated_at: Millis(NEW_YEAR),
        updated_by: None,
    };
    let next = NoteRow {
        version: 2,
        head: 5,
        text: String::new(),
        text_head: 5,
        ..row.clone()
    };
    let snapshot = NoteSnapshot {
        head: 4,
        document: vec![1, 2, 3],
    };
    let kept = snapshot.clone();
    p.write(move |w| {
        w.put_note(&row, true)?;
        w.put_note_snapshot("customer:1", &kept)?;
        w.put_note(&next, false)
    });
    let read = p.store.read(|r| r.note("customer:1")).unwrap().unwrap();
    assert_eq!(
        (read.version, read.text.as_str(), read.text_head),
        (2, "ena", 4)
    );
    assert_eq!(
        p.store.read(|r| r.note_snapshot("customer:1")).unwrap(),
        Some(snapshot)
    );
    p.write(|w| w.remove_note("customer:1"));
    assert!(p.store.read(|r| r.notes()).unwrap().is_empty());
    assert_eq!(p.count("note_snapshot"), 0, "with its document");
}

#[test]
fn fields_and_members_are_replaced() {
    let p = Profile::new();
    let field = |folded: &str, conflict: Option<&str>| RecordFieldRow {
        subject: "customer:1".to_owned(),
        field: "credit_limit".to_owned(),
        folded: folded.to_owned(),
        conflict: conflict.map(str::to_owned),
    };
    let (first, second) = (field("{}", None), field("{1}", Some("op")));
    let wanted = second.clone();
    let ana = |active| TeamMember {
        member: "ana".to_owned(),
        name: "Ana".to_owned(),
        email: "ana@hrast.example".to_owned(),
        role: "admin".to_owned(),
        active,
    };
    let (before, after) = (ana(true), ana(false));
    let gone = after.clone();
    p.write(move |w| {
        w.put_record_field(&first)?;
        w.put_record_field(&second)?;
        w.put_team_member(&before)?;
        w.put_team_member(&after)
    });
    let read = p.store.read(|r| {
        Ok((
            r.record_fields("customer:1")?,
            r.conflicting_fields()?,
            r.team_members()?,
        ))
    });
    let (fields, conflicts, members) = read.unwrap();
    assert_eq!(fields, std::slice::from_ref(&wanted));
    assert_eq!(conflicts, [wanted]);
    assert_eq!(members, [gone]);
    p.write(|w| {
        w.clear_record_fields()?;
        w.clear_team_members()
    });
    assert_eq!((p.count("record_field"), p.count("team_member")), (0, 0));
}

#[test]
fn what_becomes_of_a_key_is_told_as_a_key() {
    let p = Profile::new();
    for (seq, (kind, what, want)) in [
        ("note", "note", Change::Notes),
        ("note", "mention", Change::Team),
        ("record", "record", Change::Team),
    ]
    .into_iter()
    .enumerate()
    {
        let seq = u64::try_from(seq).unwrap() + 1;
        let before = p.store.read(|r| r.change_seq()).unwrap();
        let id = format!("{kind} {what}");
        let one = NewTeamOp {
            what: what.to_owned(),
            ..op(&id, kind, 1)
        };
        p.write(move |w| w.add_team_op(&one));
        let told = id.clone();
        assert!(p.write(move |w| w.acknowledge_team_op(&told, seq)), "news");
        let told = id.clone();
        assert!(
            !p.write(move |w| w.acknowledge_team_op(&told, seq)),
            "known"
        );
        let want = [want.clone(), want];
        assert_eq!(told_since(&p, before), want, "{id}: kept and acknowledged");
    }
}
