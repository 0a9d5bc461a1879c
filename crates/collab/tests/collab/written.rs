//! What a colleague writes, as an editor hears of it.

use kontor_collab::{Edit, Splice, Written};
use rstest::rstest;

use crate::support::{Order, Place, at, customer};

/// What an editor shows: a text, its name, its version.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    text: String,
    revision: String,
    version: u64,
}

impl Shown {
    fn at(place: &Place) -> Self {
        let (text, typed) = place.collab.typing(&customer(1)).unwrap();
        Self {
            text,
            revision: typed.revision,
            version: typed.version,
        }
    }

    fn follow(&mut self, written: Written) {
        assert_eq!(written.from, self.revision, "it follows what is shown");
        let mut letters: Vec<char> = self.text.chars().collect();
        for Splice { at, delete, insert } in written.typed.splices {
            letters.splice(at..at + delete, insert.chars());
        }
        self.text = letters.into_iter().collect();
        self.revision = written.typed.revision;
        self.version = written.typed.version;
    }
}

fn append(text: &str) -> Edit {
    Edit::Append(text.to_owned())
}

#[rstest]
#[case::a_letter(vec![append("a")], 1)]
#[case::several_at_once(vec![
    append(" in še 😀"),
    Edit::Splice { at: 0, delete: 3, insert: "Dobava".to_owned() },
    Edit::Several(vec![(0, 1, "d".to_owned()), (5, 2, String::new()), (5, 0, "č".to_owned())]),
], 1)]
#[case::more_than_an_editor_takes((0..80).map(|_| append("a")).collect(), 0)]
#[tokio::test]
async fn an_editor_can_follow_what_came(#[case] edits: Vec<Edit>, #[case] told: usize) {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, append("rok 😀 v petek"), 1).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    let mut shown = Shown::at(&bor);
    let subject = customer(1);
    let done = ana.collab.edit_note_all(&subject, edits, at(2)).await;
    assert!(done.unwrap().iter().all(Result::is_ok));
    assert_eq!(
        ana.sync(&mut order).await.written,
        [],
        "one's own words are no news"
    );
    let written = bor.sync(&mut order).await.written;
    assert_eq!(written.len(), told);
    for written in written {
        shown.follow(written);
        assert_eq!(shown, Shown::at(&bor), "as the file has it");
    }
}

#[tokio::test]
async fn what_was_written_on_both_sides_is_told_from_the_text_that_has_the_own_words() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, append("rok"), 1).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    ana.write(1, append(" v petek"), 2).await;
    ana.sync(&mut order).await;
    let begin = |text: &str| Edit::Splice {
        at: 0,
        delete: 0,
        insert: text.to_owned(),
    };
    bor.write(1, begin("Dobavni "), 3).await;
    let mut shown = Shown::at(&bor);
    for written in bor.sync(&mut order).await.written {
        shown.follow(written);
    }
    assert_eq!(shown.text, "Dobavni rok v petek");
    assert_eq!(shown, Shown::at(&bor));
}
