//! Numbers in the papers attached to mails.

use kontor_model::{MessageId, Millis, Term};
use kontor_store::PaperNumber;
use rstest::rstest;

use crate::support::{Mail, NEW_YEAR, Profile, named, text};

fn number(part: u32, key: &str) -> PaperNumber {
    PaperNumber {
        part,
        key: key.to_owned(),
    }
}

/// Three mails: the first and the last with an attachment.
fn profile() -> (Profile, Vec<MessageId>) {
    let p = Profile::new();
    let stored = p.put(
        p.inbox,
        &[
            Mail::new(1).subject("prva").attachment("racun.pdf"),
            Mail::new(2).subject("druga ra-2026/0012"),
            Mail::new(3).subject("tretja").attachment("racun.pdf"),
        ],
    );
    let ids = stored.iter().map(|s| s.message).collect();
    (p, ids)
}

impl Profile {
    fn papers(&self, message: MessageId, reader: u32, keys: &[&str]) -> bool {
        let numbers: Vec<PaperNumber> = keys.iter().map(|key| number(1, key)).collect();
        self.write(move |w| w.put_paper_numbers(message, reader, &numbers))
    }

    fn unread(&self, reader: u32, doc: i64) -> Vec<MessageId> {
        let found = self.store.read(|r| r.unread_papers(reader, doc, 10));
        found.unwrap().into_iter().map(|row| row.message).collect()
    }
}

#[test]
fn mails_with_attachments_are_looked_into_once_by_each_reader() {
    let (p, ids) = profile();
    assert_eq!(p.unread(1, i64::MAX), [ids[2], ids[0]], "newest first");
    let first = p.store.read(|r| r.unread_papers(1, i64::MAX, 1)).unwrap();
    assert_eq!(p.unread(1, first[0].doc), [ids[0]], "and on from there");
    assert!(p.papers(ids[2], 1, &[]), "none is an answer, too");
    assert_eq!(p.unread(1, i64::MAX), [ids[0]]);
    assert_eq!(p.unread(2, i64::MAX), [ids[2], ids[0]], "a better reader");
    let envelope = p.put_envelopes(p.inbox, &[Mail::new(4).attachment("racun.pdf")]);
    assert_eq!(p.unread(1, i64::MAX), [ids[0]], "its bytes are not here");
    p.put_bodies(vec![(
        envelope[0].message,
        &Mail::new(4).attachment("racun.pdf"),
    )]);
    assert_eq!(p.unread(1, i64::MAX), [envelope[0].message, ids[0]]);
    p.ok();
}

#[test]
fn what_is_read_again_takes_the_place_of_what_was_found() {
    let (p, ids) = profile();
    p.papers(ids[0], 1, &["ra-2026-0012", "2026-0012"]);
    p.papers(ids[0], 2, &["po-4711", "po-4711"]);
    let kept = p.store.read(|r| r.paper_numbers(ids[0])).unwrap();
    assert_eq!(kept, [number(1, "po-4711")], "each once");
    assert!(!p.papers(MessageId(99), 1, &["po-4711"]), "it has gone");
}

#[rstest]
#[case::whole("ra 2026 0012", "ra-2026-0012", &["tretja", "druga ra-2026/0012"])]
#[case::begun("ra 2026*", "ra-2026", &["tretja", "druga ra-2026/0012"])]
#[case::only_attached("po 4711", "po-4711", &["prva"])]
#[case::nowhere("po 4712", "po-4712", &[])]
#[case::not_by_its_beginning("po 471", "po-471", &[])]
fn documents_are_found_where_attachments_name_them(
    #[case] words: &str,
    #[case] key: &str,
    #[case] want: &[&str],
) {
    let (p, ids) = profile();
    let named = || named(&[words], key);
    p.search(vec![named()]);
    p.papers(ids[2], 1, &["ra-2026-0012"]);
    p.papers(ids[0], 1, &["po-4711"]);
    assert_eq!(
        p.search(vec![named()]),
        want,
        "what was asked before is not remembered"
    );
    let first: Vec<&str> = want.iter().copied().filter(|s| *s == "tretja").collect();
    assert_eq!(p.search(vec![named(), text("tretja")]), first, "and a word");
    let others = p.search(vec![Term::Not(vec![named()])]);
    assert_eq!(others.len(), 3 - want.len(), "the others");
    assert!(
        p.search(vec![named(), Term::Before(Millis(NEW_YEAR))])
            .is_empty()
    );
    p.ok();
}

#[tokio::test]
async fn numbers_go_with_the_mail() {
    let (p, ids) = profile();
    p.papers(ids[0], 1, &["po-4711"]);
    assert_eq!((p.count("paper_number"), p.count("paper_read")), (1, 1));
    p.store
        .remove_account(Millis(NEW_YEAR), p.account)
        .await
        .unwrap();
    while p.store.tidy(Millis(NEW_YEAR)).await.unwrap() {}
    assert_eq!((p.count("paper_number"), p.count("paper_read")), (0, 0));
}
