//! Search: every kind of term, exact totals, pages, snippets, and that it follows changes.

use kontor_model::{Action, Flags, Millis, Query, Term};
use rstest::rstest;

use crate::support::{DAY, Mail, NEW_YEAR, Profile, named, text, words_of};

/// Four mails, a day apart; subjects name them.
fn profile() -> Profile {
    let p = Profile::new();
    let day = 24 * 60;
    p.put(
        p.inbox,
        &[
            Mail::new(1)
                .at(0)
                .subject("Račun 2026/12")
                .text("Plačilo za stružnico Đuro Đaković.")
                .attachment("račun_12.pdf"),
            Mail::new(2)
                .at(day)
                .subject("Invoice question")
                .from("Zoë Grünfeld <zoe@grun.example>")
                .text("When is the invoice due? The payment runs on Friday.")
                .flags(Flags::SEEN),
            Mail::new(3)
                .at(2 * day)
                .subject("Zamówienie")
                .text("Dzień dobry, załączam zamówienie.")
                .flags(Flags::FLAGGED),
        ],
    );
    p.put(
        p.archive,
        &[Mail::new(4)
            .at(3 * day)
            .subject("会議")
            .from("Tanaka <tanaka@ja.example>")
            .to("Ana <ana@hrast.example>, Ekipa <ekipa@hrast.example>")
            .text("会議室のご案内 the due invoice")
            .flags(Flags::ANSWERED | Flags::SEEN)],
    );
    p
}

const DAY3: Millis = Millis(NEW_YEAR + 2 * DAY);

#[rstest]
#[case::everything(vec![], &["会議", "Zamówienie", "Invoice question", "Račun 2026/12"])]
#[case::word_in_body(vec![text("payment")], &["Invoice question"])]
#[case::folded(vec![text("racun")], &["Račun 2026/12"])]
#[case::folded_query(vec![text("RAČUN")], &["Račun 2026/12"])]
#[case::stroke(vec![text("duro dakovic")], &["Račun 2026/12"])]
#[case::polish(vec![text("zamowienie")], &["Zamówienie"])]
#[case::newest_first(vec![text("invoice")], &["会議", "Invoice question"])]
#[case::all_words(vec![text("invoice"), text("friday")], &["Invoice question"])]
#[case::phrase(vec![text("the invoice")], &["Invoice question"])]
#[case::phrase_prefix(vec![text("the invo*")], &["Invoice question"])]
#[case::whole_words_only(vec![text("invo")], &[])]
#[case::prefix(vec![text("invo*")], &["会議", "Invoice question"])]
#[case::attachment_name(vec![text("pdf")], &["Račun 2026/12"])]
#[case::person_name(vec![text("grunfeld")], &["Invoice question"])]
#[case::cjk_prefix(vec![text("会議*")], &["会議"])]
#[case::from_word(vec![Term::From(words_of("zoe"))], &["Invoice question"])]
#[case::from_not_body(vec![Term::From(words_of("invoice"))], &[])]
#[case::from_address(vec![Term::FromAddress("zoe@grun.example".into())], &["Invoice question"])]
#[case::from_part_of_an_address(vec![Term::FromAddress("oe@grun.example".into())], &[])]
#[case::to_address(vec![Term::ToAddress("ekipa@hrast.example".into())], &["会議"])]
#[case::to_word(vec![Term::To(words_of("ekipa"))], &["会議"])]
#[case::with_somebody(vec![Term::With(vec!["zoe@grun.example".into(), "ekipa@hrast.example".into()])], &["会議", "Invoice question"])]
#[case::with_nobody(vec![Term::With(vec![])], &[])]
#[case::with_and_a_word(vec![Term::With(vec!["zoe@grun.example".into(), "tanaka@ja.example".into()]), text("friday")], &["Invoice question"])]
#[case::one_of_two_ways(vec![named(&["2026 12", "202612"], "2026-12")], &["Račun 2026/12"])]
#[case::one_way_begun(vec![named(&["2026 1*", "glued"], "2026-1")], &["Račun 2026/12"])]
#[case::no_way_at_all(vec![named(&["-"], "")], &[])]
#[case::subject(vec![Term::Subject(words_of("invoice"))], &["Invoice question"])]
#[case::before(vec![Term::Before(DAY3)], &["Invoice question", "Račun 2026/12"])]
#[case::after(vec![Term::After(DAY3)], &["会議", "Zamówienie"])]
#[case::between(vec![Term::After(Millis(NEW_YEAR + DAY)), Term::Before(DAY3)], &["Invoice question"])]
#[case::within_a_day(vec![Term::After(Millis(NEW_YEAR + DAY - 1000)), Term::Before(Millis(NEW_YEAR + DAY + 1000))], &["Invoice question"])]
#[case::after_and_word(vec![Term::After(DAY3), text("invoice")], &["会議"])]
#[case::has_attachment(vec![Term::HasAttachment], &["Račun 2026/12"])]
#[case::unread(vec![Term::Unread], &["Zamówienie", "Račun 2026/12"])]
#[case::read(vec![Term::Read], &["会議", "Invoice question"])]
#[case::flagged(vec![Term::Flagged], &["Zamówienie"])]
#[case::not_a_word(vec![Term::Not(vec![text("invoice")])], &["Zamówienie", "Račun 2026/12"])]
#[case::a_word_and_not_another(vec![text("invoice"), Term::Not(vec![text("friday")])], &["会議"])]
#[case::not_both(vec![Term::Not(vec![text("invoice"), text("friday")])], &["会議", "Zamówienie", "Račun 2026/12"])]
#[case::not_in_a_state(vec![Term::Flagged, Term::Not(vec![Term::Unread])], &[])]
#[case::a_state_and_not_another(vec![Term::Unread, Term::Not(vec![Term::Flagged])], &["Račun 2026/12"])]
#[case::not_before(vec![Term::Not(vec![Term::Before(DAY3)])], &["会議", "Zamówienie"])]
#[case::not_from_anybody(vec![Term::Not(vec![Term::With(vec![])]), Term::Answered], &["会議"])]
#[case::answered(vec![Term::Answered], &["会議"])]
#[case::in_role(vec![Term::In("archive".into())], &["会議"])]
#[case::in_name(vec![Term::In("arhiv".into())], &["会議"])]
#[case::in_nothing(vec![Term::In("nowhere".into())], &[])]
#[case::in_and_word(vec![Term::In("inbox".into()), text("invoice")], &["Invoice question"])]
#[case::unread_and_word(vec![Term::Unread, text("invoice")], &[])]
#[case::nothing(vec![text("xyzzy")], &[])]
#[case::only_punctuation(vec![text("?!")], &["会議", "Zamówienie", "Invoice question", "Račun 2026/12"])]
#[case::syntax_is_not_syntax(vec![text("invoice OR \"payment")], &[])]
fn finds(#[case] terms: Vec<Term>, #[case] want: &[&str]) {
    assert_eq!(profile().search(terms), want, "newest first");
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let p = Profile::new();
    let mails: Vec<Mail> = (1..=23)
        .map(|n| Mail::new(n).text("skupna beseda"))
        .collect();
    p.put(p.inbox, &mails);
    let query = Query {
        terms: vec![text("skupna")],
    };
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = p.store.search(&query, cursor.as_deref(), 10).unwrap();
        assert_eq!(page.total, 23, "the total is of all pages");
        seen.extend(page.hits.iter().filter_map(|h| h.row.placement.uid));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(
        seen,
        (1..=23).rev().collect::<Vec<u32>>(),
        "each once, newest first"
    );
}

#[test]
fn a_snippet_shows_the_match_and_falls_back_to_the_preview() {
    let p = profile();
    let snippet = |terms: Vec<Term>| {
        let hit = p
            .store
            .search(&Query { terms }, None, 1)
            .unwrap()
            .hits
            .remove(0);
        hit.snippet
            .replace('\u{E000}', "[")
            .replace('\u{E001}', "]")
    };
    assert_eq!(
        snippet(vec![text("payment")]),
        "When is the invoice due? The [payment] runs on Friday.",
        "marked"
    );
    assert_eq!(
        snippet(vec![text("stružnico")]),
        "Plačilo za [stružnico] Đuro Đaković.",
        "folded"
    );
    assert_eq!(
        snippet(vec![text("pdf")]),
        "Plačilo za stružnico Đuro Đaković.",
        "the match is in a name"
    );
}

#[test]
fn totals_follow_every_change() {
    let p = profile();
    let total = |terms: Vec<Term>| p.store.search(&Query { terms }, None, 0).unwrap().total;
    assert_eq!(
        (total(vec![text("invoice")]), total(vec![Term::Unread])),
        (2, 2),
        "before"
    );
    p.arrive(p.inbox, &[Mail::new(9).at(9000).text("another invoice")]);
    assert_eq!(
        (total(vec![text("invoice")]), total(vec![Term::Unread])),
        (3, 3),
        "one arrived"
    );
    let inbox = p.inbox;
    p.write(move |w| {
        w.apply_flags(
            inbox,
            &[(
                9,
                Flags {
                    bits: Flags::SEEN,
                    keywords: vec![],
                },
            )],
        )
    });
    assert_eq!(
        (total(vec![text("invoice")]), total(vec![Term::Unread])),
        (3, 2),
        "it was read"
    );
    p.write(move |w| w.apply_vanished(inbox, &[9]));
    assert_eq!(
        (total(vec![text("invoice")]), total(vec![])),
        (2, 4),
        "it vanished"
    );
    p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 10));
    assert_eq!(
        (total(vec![text("invoice")]), total(vec![])),
        (2, 4),
        "and was swept"
    );
    let other = kontor_store::Store::open(p.dir.path()).unwrap();
    let more = vec![
        Mail::new(10)
            .at(9001)
            .text("invoice from the other process")
            .whole(),
    ];
    other
        .write_blocking(Millis(NEW_YEAR), move |w| w.put_mails(inbox, more, None))
        .unwrap();
    assert_eq!(
        total(vec![text("invoice")]),
        3,
        "another process's mail counts"
    );
    p.ok();
}

#[test]
fn a_moved_message_is_found_in_its_new_folder() {
    let p = profile();
    let placement = p
        .store
        .read(|r| r.placement_by_uid(p.inbox, 2))
        .unwrap()
        .unwrap()
        .id;
    let archive = p.archive;
    p.write(move |w| w.journal(&Action::Move { to: archive }, &[placement]));
    let found = p.search(vec![text("payment"), Term::In("archive".into())]);
    assert_eq!(found, ["Invoice question"], "at once, without a UID");
    assert!(
        p.search(vec![text("payment"), Term::In("inbox".into())])
            .is_empty(),
        "not in the old one"
    );
}

#[test]
fn coverage_tells_how_much_is_searchable() {
    let p = profile();
    p.put_envelopes(
        p.inbox,
        &[Mail::new(20), Mail::new(21), Mail::new(22), Mail::new(23)],
    );
    let page = p.store.search(&Query::default(), None, 1).unwrap();
    assert!(
        (page.coverage - 0.5).abs() < 1e-9,
        "four of eight bodies: {}",
        page.coverage
    );
    assert_eq!(page.total, 8, "everything includes what has no body yet");
    assert_eq!(
        p.store
            .read(|r| r.search_all(&Query::default()))
            .unwrap()
            .len(),
        8,
        "and export gets it all"
    );
}

#[test]
fn a_word_taken_for_known_is_not_lost_with_the_transaction_it_came_in() {
    let p = Profile::new();
    let inbox = p.inbox;
    p.put(inbox, &[Mail::new(1).subject("One").text("horseshoe")]);
    let lost = p.prepared(&Mail::new(2).subject("Two").text("horseradish"));
    let failed = p.store.write_blocking(Millis(NEW_YEAR), move |w| {
        w.put_mails(inbox, vec![lost], None)?;
        w.settle()?;
        Err::<(), _>(kontor_store::Error::Missing("space on the disk".into()))
    });
    assert!(failed.is_err(), "nothing of it stays");
    // The writer has not begun anew yet: this one leaves the word out.
    let again = p.prepared(&Mail::new(3).subject("Three").text("horseradish"));
    p.write(move |w| w.put_mails(inbox, vec![again], None));
    assert_eq!(
        p.search(vec![text("horse*")]),
        ["Three", "One"],
        "prefixes find every word that is here"
    );
    p.ok();
}

#[tokio::test]
async fn prefixes_find_the_words_of_large_batches_before_and_after_they_settle() {
    let p = Profile::new();
    let mut waited = 0;
    for batch in 0_u32..10 {
        // As many new words as make a batch large, of letters only.
        let letter = |n: u32| char::from_u32(u32::from('a') + n % 26).unwrap();
        let words: Vec<String> = (0_u32..300)
            .map(|n| format!("x{}y{}{}", letter(batch), letter(n), letter(n / 26)))
            .collect();
        let mail = Mail::new(batch + 1).text(&words.join(" "));
        p.put(p.inbox, &[mail.subject(&format!("No {batch}"))]);
        waited = waited.max(p.count("word_fresh"));
        for earlier in 0..=batch {
            let prefix = format!("x{}y*", letter(earlier));
            assert_eq!(p.search(vec![text(&prefix)]), [format!("No {earlier}")]);
        }
        assert_eq!(
            p.search(vec![text("x*")]).len(),
            p.count("message") as usize
        );
    }
    assert!(waited > 1, "words of some batches wait");
    assert!(p.count("word_fresh") < 8, "not of all");
    assert!(p.count("word_fresh") > 0, "some wait still");
    while p.store.tidy(Millis(NEW_YEAR)).await.unwrap() {}
    assert_eq!(p.count("word_fresh"), 0, "none after an idle moment");
    assert_eq!(
        p.search(vec![text("xjy*")]),
        ["No 9"],
        "and found as before"
    );
    p.ok();
    p.store
        .remove_account(Millis(NEW_YEAR), p.account)
        .await
        .unwrap();
    assert_eq!(p.count("word"), 0, "nothing of a mail stays");
}

#[test]
fn deletions_are_not_taken_for_damage() {
    let p = Profile::new();
    let mails: Vec<Mail> = (1..101)
        .map(|uid| Mail::new(uid).text("ena dva tri"))
        .collect();
    p.arrive(p.inbox, &mails);
    p.ok();
    let inbox = p.inbox;
    for from in [1, 26, 51] {
        let gone: Vec<u32> = (from..from + 25).collect();
        p.write(move |w| w.apply_vanished(inbox, &gone));
        p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 100));
        p.ok();
    }
}
