use super::*;
use rstest::rstest;

fn set(text: &str) -> UidSet {
    UidSet::parse(text.as_bytes()).expect("a set")
}

fn code<'a>(name: &'a str, args: &'a str) -> Option<Code<'a>> {
    Some(Code {
        name: name.as_bytes(),
        args: args.as_bytes(),
    })
}

#[rstest]
#[case::exists("* 11 EXISTS", Answer::Exists(11))]
#[case::recent("* 1 RECENT", Answer::Recent(1))]
#[case::lower_case("* 2 expunge", Answer::Expunge(2))]
#[case::vanished_earlier(
    "* VANISHED (EARLIER) 41,43:45",
    Answer::Vanished(true, set("41,43:45"))
)]
#[case::vanished("* VANISHED 405", Answer::Vanished(false, set("405")))]
#[case::vanished_nothing("* VANISHED (EARLIER) ", Answer::Vanished(true, UidSet::default()))]
#[case::enabled("* ENABLED QRESYNC", Answer::Enabled(vec![b"QRESYNC"]))]
#[case::capability("* CAPABILITY IMAP4rev1 IDLE", Answer::Capability(vec![b"IMAP4rev1", b"IDLE"]))]
#[case::search("* SEARCH 2 84 882", Answer::Search(vec![2, 84, 882]))]
#[case::search_nothing("* SEARCH", Answer::Search(vec![]))]
#[case::search_modseq("* SEARCH 2 5 6 (MODSEQ 917162500)", Answer::Search(vec![2, 5, 6]))]
#[case::esearch(
    r#"* ESEARCH (TAG "A3") UID ALL 1:100000"#,
    Answer::Esearch(Some(set("1:100000")))
)]
#[case::esearch_min(
    r#"* ESEARCH (TAG "A3") UID MIN 4 ALL 4,9"#,
    Answer::Esearch(Some(set("4,9")))
)]
#[case::esearch_nothing(r#"* ESEARCH (TAG "A3") UID"#, Answer::Esearch(None))]
#[case::continuation("+ idling", Answer::Continue(b"idling"))]
#[case::bare_continuation("+", Answer::Continue(b""))]
#[case::ok("* OK Still here", Answer::Status(Condition::Ok, None, b"Still here"))]
#[case::bye(
    "* BYE Autologout",
    Answer::Status(Condition::Bye, None, b"Autologout")
)]
#[case::uidvalidity(
    "* OK [UIDVALIDITY 3857529045] UIDs valid",
    Answer::Status(Condition::Ok, code("UIDVALIDITY", "3857529045"), b"UIDs valid")
)]
#[case::bracket_in_quotes(
    r#"* NO [BADCHARSET ("x]y")] no"#,
    Answer::Status(Condition::No, code("BADCHARSET", r#"("x]y")"#), b"no")
)]
#[case::permanentflags(
    r"* OK [PERMANENTFLAGS (\Deleted \*)] Limited",
    Answer::Status(Condition::Ok, code("PERMANENTFLAGS", r"(\Deleted \*)"), b"Limited")
)]
#[case::copyuid(
    "A7 OK [COPYUID 38505 304,319:320 3956:3958] Done",
    Answer::Tagged(
        b"A7",
        Condition::Ok,
        code("COPYUID", "38505 304,319:320 3956:3958"),
        b"Done"
    )
)]
#[case::code_alone(
    "A7 NO [OVERQUOTA]",
    Answer::Tagged(b"A7", Condition::No, code("OVERQUOTA", ""), b"")
)]
#[case::open_bracket(
    "A7 NO [odd text",
    Answer::Tagged(b"A7", Condition::No, None, b"[odd text")
)]
#[case::no_text("A7 OK", Answer::Tagged(b"A7", Condition::Ok, None, b""))]
#[case::namespace(r#"* NAMESPACE (("" "/")) NIL NIL"#, Answer::Other)]
#[case::thread("* THREAD (2)(3 6 (4 23)(44 7 96))", Answer::Other)]
#[case::language("* LANGUAGE (EN)", Answer::Other)]
#[case::huge_number("* 99999999999 EXISTS", Answer::Other)]
#[case::nothing("", Answer::Other)]
fn reads(#[case] raw: &str, #[case] want: Answer<'_>) {
    assert_eq!(Answer::parse(raw.as_bytes()), want, "{raw:?}");
    let line = format!("{raw}\r\n");
    assert_eq!(Answer::parse(line.as_bytes()), want, "with its line end");
}

#[rstest]
#[case::quoted(
    r#"* LIST (\HasNoChildren \Sent) "/" "Sent Items""#,
    Some('/'),
    "Sent Items"
)]
#[case::escaped(r#"* LIST () "\\" "a \"q\"""#, Some('\\'), "a \"q\"")]
#[case::atom_nil("* LIST (\\Noselect) NIL INBOX", None, "INBOX")]
#[case::literal("* LIST () \".\" {5}\r\na (b)", Some('.'), "a (b)")]
#[case::childinfo(
    r#"* LIST () "/" "foo" ("CHILDINFO" ("SUBSCRIBED"))"#,
    Some('/'),
    "foo"
)]
#[case::raw_utf8(r#"* LIST () "/" "Koš""#, Some('/'), "Koš")]
#[case::brackets(r#"* LIST () "/" [Gmail]/Sent"#, Some('/'), "[Gmail]/Sent")]
fn reads_list(#[case] raw: &str, #[case] delimiter: Option<char>, #[case] name: &str) {
    let Answer::List(listed) = Answer::parse(raw.as_bytes()) else {
        panic!("{raw:?} is a LIST answer");
    };
    assert_eq!(
        (listed.delimiter, &*listed.name),
        (delimiter, name.as_bytes())
    );
}

#[rstest]
#[case::all(
    "* STATUS INBOX (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 7 UNSEEN 3 HIGHESTMODSEQ 715194045007)",
    "INBOX"
)]
#[case::unasked(
    "* STATUS \"a b\" (SIZE 99 MAILBOXID (x) MESSAGES 231 DELETED 1 UIDNEXT 44292 UIDVALIDITY 7 UNSEEN 3 HIGHESTMODSEQ 715194045007 )",
    "a b"
)]
fn reads_status(#[case] raw: &str, #[case] name: &str) {
    let want = RemoteStatus {
        messages: 231,
        uidnext: 44292,
        uidvalidity: 7,
        unseen: 3,
        highestmodseq: 715_194_045_007,
    };
    assert_eq!(
        Answer::parse(raw.as_bytes()),
        Answer::Counters(Cow::Borrowed(name.as_bytes()), want),
        "what nobody asked for is passed over"
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(raw: Vec<u8>) { Answer::parse(&raw); }

    #[test]
    fn no_tail_panics(head in "(\\* (1 FETCH \\(|LIST |STATUS |VANISHED |ESEARCH |OK \\[)|A1 NO \\[)", tail in "[ -~\r\n]{0,60}") {
        Answer::parse(format!("{head}{tail}").as_bytes());
    }
}
