//! The draft a reply starts from: recipients, subject, conversation, quoted text.

use kontor_mime::compose::{Draft, Language, Original, base_subject, reply_subject, reply_to};
use kontor_model::{Address, Envelope, Millis};
use rstest::rstest;

fn ana() -> Address {
    Address::new("Ana Kovač", "ana@hrast.si")
}

fn bor() -> Address {
    Address::new("Bor Žagar", "bor@vijak.si")
}

#[rstest]
#[case("Ponudba", "Re: Ponudba")]
#[case("Re: Ponudba", "Re: Ponudba")]
#[case("RE: Odg: AW: Sv: Ponudba", "Re: Ponudba")]
#[case("Re[2]: Ponudba", "Re: Ponudba")]
#[case("Odg: [okovje] Ponudba", "Re: [okovje] Ponudba")]
#[case("Fwd: Ponudba", "Re: Fwd: Ponudba")]
#[case("Rezultat: 5", "Re: Rezultat: 5")]
#[case("", "Re:")]
#[case("Re:", "Re:")]
fn subjects_of_replies(#[case] subject: &str, #[case] want: &str) {
    assert_eq!(reply_subject(subject), want);
    assert_eq!(reply_subject(want), want, "a reply to a reply says it once");
    assert_eq!(
        base_subject(want),
        base_subject(subject),
        "and stays in its thread"
    );
}

#[test]
fn counted_replies() {
    for subject in ["Re (3) : Ponudba", "Re^2: Ponudba", "RE [12]: Ponudba"] {
        assert_eq!(reply_subject(subject), "Re: Ponudba", "{subject}");
    }
}

fn original() -> Envelope {
    Envelope {
        message_id: Some("2@vijak.si".into()),
        subject: "Žičniki".into(),
        from: vec![bor()],
        to: vec![
            Address::new("", "ANA@hrast.si"),
            Address::new("Cene", "cene@example.com"),
        ],
        cc: vec![Address::new("Dana", "dana@example.com"), bor()],
        date: Some(Millis(1_763_712_000_000)),
        references: vec!["0@vijak.si".into(), "1@hrast.si".into()],
        ..Envelope::default()
    }
}

fn reply(envelope: &Envelope, all: bool, language: Language) -> Draft {
    let original = Original {
        envelope,
        followup_to: &[],
        text: "Prva vrstica\n\n> starejše\n",
        utc_offset_minutes: 60,
    };
    reply_to(
        &original,
        &[Address::new("", "info@hrast.si"), ana()],
        all,
        language,
    )
}

fn addresses(list: &[Address]) -> Vec<&str> {
    list.iter().map(|a| a.address.as_str()).collect()
}

#[test]
fn reply_goes_to_the_sender() {
    let draft = reply(&original(), false, Language::English);
    assert_eq!(draft.from, ana(), "from the address it was sent to");
    assert_eq!(addresses(&draft.to), ["bor@vijak.si"]);
    assert_eq!(draft.cc, []);
    assert_eq!(draft.subject, "Re: Žičniki");
    assert_eq!(draft.in_reply_to.as_deref(), Some("2@vijak.si"));
    assert_eq!(draft.references, ["0@vijak.si", "1@hrast.si", "2@vijak.si"]);
    assert_eq!(
        draft.text,
        "\n\nOn 21 November 2025 at 09:00, Bor Žagar wrote:\n> Prva vrstica\n>\n>> starejše\n"
    );
    let slovenian = reply(&original(), false, Language::Slovenian).text;
    assert!(
        slovenian.contains("Dne 21. 11. 2025 ob 9.00 je Bor Žagar napisal/a:\n> Prva"),
        "{slovenian}"
    );
}

#[test]
fn our_own_attribution_is_recognised() {
    for language in [Language::English, Language::Slovenian] {
        let quoted = reply(&original(), false, language).text;
        let split = kontor_mime::reply::split(&format!("Velja.{quoted}"));
        assert_eq!(split.text, "Velja.", "{language:?}");
    }
}

#[test]
fn reply_to_all_leaves_nobody_twice() {
    let draft = reply(&original(), true, Language::English);
    assert_eq!(
        addresses(&draft.to),
        ["bor@vijak.si", "cene@example.com"],
        "not ourselves"
    );
    assert_eq!(
        addresses(&draft.cc),
        ["dana@example.com"],
        "and nobody twice"
    );
}

#[test]
fn reply_to_wishes() {
    let mut envelope = original();
    envelope.reply_to = vec![Address::new("", "prodaja@vijak.si")];
    assert_eq!(
        addresses(&reply(&envelope, false, Language::English).to),
        ["prodaja@vijak.si"],
        "Reply-To"
    );
    let all = reply(&envelope, true, Language::English);
    assert_eq!(addresses(&all.to), ["prodaja@vijak.si", "cene@example.com"]);
    let list = [Address::new("", "seznam@example.com")];
    let original = Original {
        envelope: &envelope,
        followup_to: &list,
        text: "",
        utc_offset_minutes: 0,
    };
    let draft = reply_to(&original, &[ana()], true, Language::English);
    assert_eq!(
        (addresses(&draft.to), draft.cc.len()),
        (vec!["seznam@example.com"], 0),
        "Mail-Followup-To"
    );
    let draft = reply_to(&original, &[ana()], false, Language::English);
    assert_eq!(
        addresses(&draft.to),
        ["prodaja@vijak.si"],
        "which is for answers to all only"
    );
}

#[test]
fn answering_oneself() {
    let mut envelope = original();
    envelope.from = vec![ana()];
    envelope.to = vec![bor()];
    envelope.cc = vec![Address::new("", "dana@example.com")];
    assert_eq!(
        addresses(&reply(&envelope, false, Language::English).to),
        ["bor@vijak.si"],
        "goes to whom it went before"
    );
    assert_eq!(
        addresses(&reply(&envelope, true, Language::English).cc),
        ["dana@example.com"]
    );
    envelope.to = vec![ana()];
    envelope.cc.clear();
    assert_eq!(
        addresses(&reply(&envelope, false, Language::English).to),
        ["ana@hrast.si"],
        "a note to oneself"
    );
    let nobody = reply(&Envelope::default(), true, Language::Slovenian);
    assert_eq!(
        (nobody.to.len(), nobody.subject.as_str()),
        (0, "Re:"),
        "an empty mail gives an empty reply"
    );
}
