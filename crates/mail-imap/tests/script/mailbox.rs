//! Folders and messages of servers with manners of their own.

use super::*;
use kontor_mail::provider::{
    Applied, Changes, Content, Cursor, Depth, Fault, Fetched, Provider as _, RemoteAction,
};
use kontor_model::{Flags, Role};
use rstest::rstest;
use server::{Drop, Literal, drip};
use tokio::sync::mpsc;

fn cursor(known: &[u32], highestmodseq: u64) -> Cursor {
    Cursor {
        uidvalidity: 5,
        uidnext: known.last().map_or(1, |u| u + 1),
        highestmodseq,
        known: known.to_vec(),
    }
}

async fn looked(
    kind: Kind,
    script: Vec<Step>,
    cursor: Cursor,
    full: bool,
) -> (String, Result<Changes>) {
    play(kind, script, async |mut provider| {
        provider.changes("INBOX", &cursor, full).await
    })
    .await
}

const SELECTED: &str = "* 3 EXISTS\n* 0 RECENT\n* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 20] x\n* OK [HIGHESTMODSEQ 90] x\n* OK [PERMANENTFLAGS (\\Seen)] x\n";

#[tokio::test]
async fn vanished_and_changed_come_with_the_opening() {
    let script = vec![
        Expect("SELECT \"INBOX\" (QRESYNC (5 80))"),
        drip(&format!(
            "* 99 EXISTS\n* 2 FETCH (UID 7 FLAGS (\\Deleted))\n* OK [CLOSED] the last one\n{SELECTED}* VANISHED (EARLIER) 1:9,12:4294967295\n\
            * 2 FETCH (FLAGS (\\Seen) UID 11 MODSEQ (88))\n* 3 FETCH (UID 19 FLAGS () MODSEQ (90))\nK OK [READ-WRITE] done\n"
        )),
    ];
    let (_, changes) = looked(Kind::Dovecot, script, cursor(&[3, 10, 11, 14], 80), false).await;
    let changes = changes.expect("changes");
    assert_eq!(changes.new, vec![19]);
    assert_eq!(
        changes.vanished,
        vec![3, 14],
        "of a set that names all, only what we held"
    );
    assert_eq!(
        changes.flags,
        vec![(11, Flags::from_names(["\\Seen"]))],
        "and nothing of the folder before"
    );
    assert_eq!(
        (changes.status.messages, changes.status.highestmodseq),
        (3, 90)
    );
    assert!(!changes.keywords_allowed);
}

#[tokio::test]
async fn counts_that_do_not_agree_are_looked_into() {
    // QRESYNC says nothing vanished, but three are left of five.
    let script = vec![
        Expect("SELECT"),
        say(&format!("{SELECTED}K OK done\n")),
        Expect("UID SEARCH UID 12:*"),
        say("* SEARCH 11\nK OK\n"),
        Expect("UID SEARCH RETURN (ALL) ALL"),
        say("* ESEARCH (TAG \"K9\") UID ALL 3,10:11\nK OK\n"),
    ];
    let (_, changes) = looked(Kind::Dovecot, script, cursor(&[3, 4, 9, 10, 11], 80), false).await;
    let changes = changes.expect("changes");
    assert_eq!(
        (changes.new, changes.vanished),
        (vec![], vec![4, 9]),
        "11 of 12:* is an old one"
    );
}

#[rstest]
#[case::no_modseq("* 3 EXISTS\n* OK [UIDVALIDITY 5] x\n* OK [NOMODSEQ] x\nK OK\n")]
#[case::went_back("* 3 EXISTS\n* OK [UIDVALIDITY 5] x\n* OK [HIGHESTMODSEQ 2] x\nK OK\n")]
#[tokio::test]
async fn mod_sequences_that_tell_nothing_are_not_believed(#[case] selected: &str) {
    let script = vec![
        Expect("SELECT \"INBOX\" (QRESYNC"),
        say(selected),
        Expect("UID FETCH 1:* (UID FLAGS)"),
        say(
            "* 1 FETCH (UID 3 FLAGS (\\Seen))\n* 2 FETCH (FLAGS () UID 8)\n* 3 FETCH (UID 9 FLAGS ())\nK OK\n",
        ),
    ];
    let (_, changes) = looked(Kind::Dovecot, script, cursor(&[3, 7, 8], 80), false).await;
    let changes = changes.expect("changes");
    assert_eq!((changes.new, changes.vanished), (vec![9], vec![7]));
    assert_eq!(
        changes.status.uidnext, 10,
        "a server that does not say UIDNEXT"
    );
}

/// The engine reads the UIDs it holds only where the server cannot tell what vanished.
#[tokio::test]
async fn what_is_held_need_not_be_told_where_the_server_tells() {
    let untold = || Cursor {
        known: Vec::new(),
        uidnext: 12,
        ..cursor(&[], 80)
    };
    let script = vec![
        Expect("SELECT \"INBOX\" (QRESYNC (5 80))"),
        say(&format!(
            "{SELECTED}* VANISHED (EARLIER) 7:9,12:4294967295\n* 3 FETCH (UID 19 FLAGS ())\nK OK\n"
        )),
    ];
    let (_, changes) = looked(Kind::Dovecot, script, untold(), false).await;
    let changes = changes.expect("changes");
    assert_eq!((changes.new, changes.vanished), (vec![19], vec![7, 8, 9]));

    // The mod-sequences are lost: what lies below the cursor is held for all we know, not downloaded once more.
    let script = vec![
        Expect("SELECT"),
        say(
            "* 3 EXISTS\n* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 20] x\n* OK [HIGHESTMODSEQ 2] x\nK OK\n",
        ),
        Expect("UID FETCH 1:* (UID FLAGS)"),
        say(
            "* 1 FETCH (UID 3 FLAGS (\\Seen))\n* 2 FETCH (UID 11 FLAGS ())\n* 3 FETCH (UID 19 FLAGS ())\nK OK\n",
        ),
    ];
    let (_, changes) = looked(Kind::Dovecot, script, untold(), false).await;
    let changes = changes.expect("changes");
    assert_eq!((changes.new, changes.vanished), (vec![19], vec![]));
    assert_eq!(changes.flags.len(), 2);
}

#[tokio::test]
async fn a_broken_qresync_is_not_used() {
    let script = vec![
        Expect("SELECT \"INBOX\" (CONDSTORE)"),
        say(&format!("{SELECTED}K OK\n")),
        Expect("UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 80)"),
        say("* 3 FETCH (UID 19 MODSEQ (90) FLAGS (\\Recent))\nK OK\n"),
        Expect("UID SEARCH RETURN (ALL) ALL"),
        say("* ESEARCH (TAG \"K\") UID ALL 1:4000000000\nK OK\n"),
        Expect("UID SEARCH ALL"),
        say("* SEARCH 19 3\n* SEARCH 10\nK OK\n"),
    ];
    let (_, changes) = looked(Kind::Icloud, script, cursor(&[3, 4, 10], 80), false).await;
    let changes = changes.expect("changes");
    assert_eq!(
        (changes.new, changes.vanished),
        (vec![19], vec![4]),
        "an ESEARCH that names the world is not believed"
    );
    assert!(changes.flags.is_empty());
}

#[tokio::test]
async fn nothing_changed_costs_one_round_trip() {
    let selected = "* 3 EXISTS\n* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 12] x\n* OK [HIGHESTMODSEQ 90] x\nK OK\n";
    for kind in [Kind::Dovecot, Kind::Gmail] {
        let (_, changes) = looked(
            kind,
            vec![Expect("SELECT"), say(selected)],
            cursor(&[3, 10, 11], 90),
            false,
        )
        .await;
        let changes = changes.expect("changes");
        assert!(
            changes.new.is_empty() && changes.flags.is_empty() && changes.vanished.is_empty(),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn fifty_thousand_messages_are_one_line() {
    let many: String = (1..=50_000).map(|n| format!(" {}", n * 3)).collect();
    let selected = "* 50000 EXISTS\n* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 150001] x\nK OK\n";
    let script = vec![
        Expect("SELECT"),
        say(selected),
        Expect("UID SEARCH ALL"),
        say(&format!("* SEARCH{many}\nK OK\n")),
    ];
    let (_, changes) = looked(Kind::Bare, script, Cursor::default(), false).await;
    assert_eq!(changes.expect("changes").new.len(), 50_000);
}

#[rstest]
#[case::expunged("K NO [NONEXISTENT] no such folder\n", "Gone")]
#[case::in_use("K NO [INUSE] locked\n", "Busy")]
#[case::denied("K NO [NOPERM] no\n", "Refused")]
#[case::bye("* BYE [UNAVAILABLE] shutting down\n", "Busy")]
#[tokio::test]
async fn openings_that_fail(#[case] answer: &str, #[case] kind: &str) {
    let script = vec![Expect("SELECT"), say(answer), Drop];
    let (_, changes) = looked(Kind::Bare, script, Cursor::default(), false).await;
    let fault = changes.expect_err("refused");
    assert!(format!("{fault:?}").starts_with(kind), "{fault:?}");
}

#[tokio::test]
async fn listings_of_every_kind_are_read() {
    let script = vec![
        Expect(
            "LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ))",
        ),
        say("K BAD what is RETURN\n"),
        Expect("LIST \"\" \"*\""),
        drip(
            "* NAMESPACE ((\"\" \"/\")) NIL NIL\n* LIST (\\HasNoChildren) NIL {10}\nKo&AWE- ()\n* LIST (\\Noselect) \"/\" \"[Gmail]\"\n\
            * LIST (\\Sent) \"/\" \"a \\\"q\\\"\"\n* LIST () \"/\" \"x\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\n* LANGUAGE (EN)\nK OK\n",
        ),
    ];
    let (_, folders) = play(Kind::Dovecot, script, async |mut provider| {
        provider.folders(true).await
    })
    .await;
    let folders = folders.expect("a listing");
    let seen: Vec<_> = folders
        .iter()
        .map(|f| (f.path.as_str(), f.delimiter, f.role, f.selectable))
        .collect();
    assert_eq!(
        seen,
        vec![
            ("INBOX", None, Some(Role::Inbox), true),
            ("[Gmail]", Some('/'), None, false),
            ("a \"q\"", Some('/'), Some(Role::Sent), true),
            ("Koš ()", None, None, true),
            ("x", Some('/'), None, true),
        ]
    );
}

#[tokio::test]
async fn a_listing_without_counters_asks_for_none() {
    let script = vec![
        Expect("LIST \"\" \"*\" RETURN (SPECIAL-USE)"),
        say("* LIST (\\Sent) \"/\" Poslano\nK OK\n"),
    ];
    let (_, folders) = play(Kind::Dovecot, script, async |mut provider| {
        provider.folders(false).await
    })
    .await;
    let folders = folders.expect("a listing");
    let seen: Vec<_> = folders.iter().map(|f| (f.role, f.status)).collect();
    let want = vec![(Some(Role::Inbox), None), (Some(Role::Sent), None)];
    assert_eq!(seen, want);
}

async fn fetched(
    script: Vec<Step>,
    uids: &[u32],
    depth: Depth,
) -> (String, Result<()>, Vec<Fetched>) {
    let script = [
        vec![
            Expect("SELECT"),
            say("* 9 EXISTS\n* OK [UIDVALIDITY 5] x\nK OK\n"),
        ],
        script,
    ]
    .concat();
    let (sent, (result, all)) = play(Kind::Bare, script, async |mut provider| {
        let (sink, mut received) = mpsc::channel(1000);
        let result = provider.fetch("INBOX", uids, depth, &sink).await;
        let all: Vec<Fetched> = std::iter::from_fn(|| received.try_recv().ok()).collect();
        (result, all)
    })
    .await;
    (sent, result, all)
}

#[tokio::test]
async fn answers_spread_and_mixed_are_put_together() {
    let script = vec![
        Expect("UID FETCH 3,7:8 "),
        drip(
            "* 12 EXISTS\n* 3 FETCH (UID 8 FLAGS (\\Seen))\n* 1 FETCH (UID 3 BODY[]<0> {6}\na\nb\n FLAGS () INTERNALDATE \"01-Jan-1970 00:00:01 +0000\" RFC822.SIZE 6)\n\
            * 5 FETCH (FLAGS (\\Deleted))\n* 6 FETCH (UID 99 FLAGS (\\Seen))\n* 2 EXPUNGE\n* VANISHED 50\n* 3 FETCH (UID 8 RFC822.SIZE 2)\n* THREAD (1)\n\
            * 3 FETCH (UID 8 BODY[] \"hi\")\n* 4 FETCH (UID 7 BODY[] NIL FLAGS () RFC822.SIZE 0 INTERNALDATE NIL)\nK OK done\n",
        ),
    ];
    let (_, result, all) = fetched(script, &[8, 3, 7], Depth::Full).await;
    result.expect("fetched");
    let got: Vec<_> = all
        .iter()
        .map(|f| (f.uid, f.content.clone(), f.flags.names(), f.size))
        .collect();
    assert_eq!(
        got,
        vec![
            (3, Content::Raw(b"a\r\nb\r\n".to_vec()), vec![], 6),
            (
                8,
                Content::Raw(b"hi".to_vec()),
                vec!["\\Seen".to_owned()],
                2
            ),
        ],
        "one in parts, one gone, others' changes passed over"
    );
}

#[tokio::test]
async fn a_message_the_server_cannot_read_does_not_take_others_along() {
    let whole =
        "FLAGS () INTERNALDATE \"01-Jan-1970 00:00:01 +0000\" RFC822.SIZE 2 BODY[]<0> \"hi\"";
    let script = vec![
        Expect("UID FETCH 1:3 "),
        say(&format!(
            "* 1 FETCH (UID 1 {whole})\nK NO [SERVERBUG] internal error\n"
        )),
        Expect("UID FETCH 2 "),
        say("K NO [SERVERBUG] internal error\n"),
        Expect("UID FETCH 3 "),
        say(&format!("* 3 FETCH (UID 3 {whole})\nK OK\n")),
    ];
    let (_, result, all) = fetched(script, &[1, 2, 3], Depth::Full).await;
    result.expect("fetched what can be");
    assert_eq!(all.iter().map(|f| f.uid).collect::<Vec<_>>(), vec![1, 3]);
}

#[tokio::test]
async fn envelopes_without_a_structure_are_envelopes() {
    let script = vec![
        Expect(
            "UID FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (DATE FROM",
        ),
        say(
            "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \" 1-Jan-1970 00:00:01 +0000\" RFC822.SIZE 2 BODY[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES)] {2}\n\n)\nK OK\n",
        ),
    ];
    let (_, result, all) = fetched(script, &[1], Depth::Envelope).await;
    result.expect("fetched");
    let want = Content::Envelope {
        header: b"\r\n".to_vec(),
        has_attachment: None,
    };
    assert_eq!(all.first().map(|f| &f.content), Some(&want));
}

#[tokio::test]
async fn a_goodbye_in_the_middle_is_told_as_such() {
    let script = vec![
        Expect("UID FETCH"),
        say("* 1 FETCH (UID 1 FLAGS ())\n* BYE [THROTTLED] too much for today\n"),
        Drop,
    ];
    let (_, result, all) = fetched(script, &[1], Depth::Full).await;
    assert!(matches!(result, Err(Fault::Busy(_))), "{result:?}");
    assert!(all.is_empty(), "half a message is none");
}

async fn applied(kind: Kind, script: Vec<Step>, action: RemoteAction) -> (String, Result<Applied>) {
    let script = [
        vec![
            Expect("SELECT"),
            say("* 9 EXISTS\n* OK [UIDVALIDITY 5] x\nK OK\n"),
        ],
        script,
    ]
    .concat();
    play(kind, script, async |mut provider| {
        provider.apply("INBOX", &[2, 3, 4], &action).await
    })
    .await
}

#[rstest]
#[case::untagged("* OK [COPYUID 38505 2:3 9:8] moved\n* 3 EXPUNGE\n* 2 EXPUNGE\nK OK Done\n")]
#[case::tagged("* VANISHED 2:3\nK OK [COPYUID 38505 2:3 8:9] Done\n")]
#[tokio::test]
async fn copyuid_is_read_wherever_it_stands(#[case] answer: &str) {
    let script = vec![
        Expect("UID SEARCH UID 2:4"),
        say("* SEARCH 2 3\nK OK\n"),
        Expect("UID MOVE 2:4 \"Archive\""),
        say(answer),
    ];
    let (_, got) = applied(
        Kind::Exchange,
        script,
        RemoteAction::Move {
            to: "Archive".to_owned(),
        },
    )
    .await;
    let got = got.expect("moved");
    assert_eq!(got.moved, Some((38505, vec![(2, 8), (3, 9)])));
    assert_eq!(got.missing, vec![4]);
}

#[tokio::test]
async fn nothing_is_deleted_before_the_copy_is_confirmed() {
    let script = vec![
        Expect("UID SEARCH UID 2:4"),
        say("* SEARCH 2 3 4\nK OK\n"),
        Expect("UID COPY 2:4 \"Archive\""),
        say("K NO [OVERQUOTA] full\n"),
    ];
    let (sent, got) = applied(
        Kind::Bare,
        script,
        RemoteAction::Move {
            to: "Archive".to_owned(),
        },
    )
    .await;
    assert!(matches!(got, Err(Fault::Refused(_))), "{got:?}");
    assert!(
        !sent.contains("STORE") && !sent.contains("EXPUNGE"),
        "{sent}"
    );
}

#[tokio::test]
async fn without_uidplus_others_marks_are_respected() {
    let script = vec![
        Expect("UID SEARCH UID 2:4"),
        say("* SEARCH 2 3 4\nK OK\n"),
        Expect("UID STORE 2:4 +FLAGS.SILENT (\\Deleted)"),
        say("K OK [MODIFIED 7,9] x\n"),
        Expect("UID SEARCH DELETED"),
        say("* SEARCH 1 2 3 4\nK OK\n"),
    ];
    let (sent, got) = applied(Kind::Bare, script, RemoteAction::Delete).await;
    assert_eq!(got.expect("done what can be").left_marked, vec![2, 3, 4]);
    assert!(!sent.contains("EXPUNGE"), "{sent}");
}

async fn filed(kind: Kind, script: Vec<Step>, raw: &[u8]) -> (String, Result<Option<(u32, u32)>>) {
    play(kind, script, async |mut provider| {
        provider
            .append("Sent", &Flags::from_names(["\\Seen"]), Millis(0), raw)
            .await
    })
    .await
}

#[tokio::test]
async fn filing_survives_words_before_the_go_ahead_and_a_missing_folder() {
    let script = vec![
        Expect("APPEND \"Sent\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" {7}"),
        say("* 11 EXISTS\nK NO [TRYCREATE] no such folder\n"),
        Expect("CREATE \"Sent\""),
        say("K OK\n"),
        Expect("SUBSCRIBE \"Sent\""),
        say("K OK\n"),
        Expect("APPEND \"Sent\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" {7}"),
        say("* 11 EXISTS\n* OK [ALERT] x\n+ go\n"),
        Literal(7),
        say("* 12 EXISTS\nK OK [APPENDUID 38505 3955] filed\n"),
    ];
    let (_, at) = filed(Kind::Bare, script, b"a\xFF\r\nb\r\n").await;
    assert_eq!(at.expect("filed"), Some((38505, 3955)));
}

#[tokio::test]
async fn small_messages_go_at_once_where_the_server_allows() {
    let script = vec![
        Expect("APPEND \"Sent\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" {6+}"),
        Literal(6),
        say("K OK filed\n"),
    ];
    let (_, at) = filed(Kind::Dovecot, script, b"a\r\nb\r\n").await;
    assert_eq!(at.expect("filed"), None, "no APPENDUID was given");
}

#[tokio::test]
async fn a_full_mailbox_leaves_the_connection_usable() {
    let script = vec![
        Expect("APPEND"),
        say("K NO [OVERQUOTA] full\n"),
        Expect("STATUS"),
        say("* STATUS Sent (MESSAGES 1)\nK OK\n"),
    ];
    let (sent, result) = play(Kind::Bare, script, async |mut provider| {
        let refused = provider
            .append("Sent", &Flags::default(), Millis(0), &[b'x'; 9_000])
            .await;
        (refused, provider.status("Sent").await)
    })
    .await;
    assert!(matches!(result.0, Err(Fault::Refused(_))), "{result:?}");
    assert!(
        result.1.is_ok() && !sent.contains("xxx"),
        "the literal was never sent: {result:?}"
    );
}
