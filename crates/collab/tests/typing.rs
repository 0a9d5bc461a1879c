//! Two editors of one note on one desk, each a little behind: what was typed lands where it was meant.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "the functions around the tests are tests too"
)]

use jiff::Timestamp;
use kontor_collab::{Collab, EditProblem, Error, Splice};
use kontor_protocol::Subject;
use kontor_store::Store;
use tempfile::TempDir;

struct Editor {
    text: String,
    revision: String,
}

fn desk() -> (TempDir, Collab, Subject) {
    let dir = tempfile::tempdir().unwrap();
    let collab = Collab::seeded(Store::open(dir.path()).unwrap(), 7);
    (dir, collab, "customer:4711".parse().unwrap())
}

fn splice(at: usize, delete: usize, insert: &str) -> Splice {
    let insert = insert.to_owned();
    Splice { at, delete, insert }
}

impl Editor {
    fn open(collab: &Collab, subject: &Subject) -> Self {
        let (text, typed) = collab.typing(subject).unwrap();
        Self {
            text,
            revision: typed.revision,
        }
    }

    fn apply(&mut self, splices: &[Splice]) {
        let mut chars: Vec<char> = self.text.chars().collect();
        for s in splices {
            chars.splice(s.at..s.at + s.delete, s.insert.chars());
        }
        self.text = chars.into_iter().collect();
    }

    async fn types(&mut self, collab: &Collab, subject: &Subject, splices: &[Splice]) {
        self.apply(splices);
        let typed = collab
            .type_note(
                subject,
                &self.revision,
                splices.to_vec(),
                Timestamp::UNIX_EPOCH,
            )
            .await
            .unwrap();
        self.apply(&typed.splices);
        self.revision = typed.revision;
    }
}

#[tokio::test]
async fn two_editors_come_to_the_same_text() {
    let (_dir, collab, subject) = desk();
    let mut ana = Editor::open(&collab, &subject);
    let mut bor = Editor::open(&collab, &subject);
    ana.types(&collab, &subject, &[splice(0, 0, "Pokliči v sredo 😀.")])
        .await;
    bor.types(&collab, &subject, &[splice(0, 0, "# Kovač\n")])
        .await;
    ana.types(
        &collab,
        &subject,
        &[splice(10, 5, "četrtek"), splice(0, 0, "Nujno: ")],
    )
    .await;
    bor.types(&collab, &subject, &[splice(8, 0, "- [ ] ")])
        .await;
    ana.types(&collab, &subject, &[]).await;
    bor.types(&collab, &subject, &[]).await;
    let note = collab.note(&subject, None).unwrap().unwrap();
    assert_eq!((&ana.text, &bor.text), (&note.text, &note.text));
    for words in ["Nujno: ", "četrtek", "# Kovač\n", "- [ ] "] {
        assert!(
            note.text.contains(words),
            "{words:?} is kept in {:?}",
            note.text
        );
    }
    assert_eq!(note.version, 4, "what is typed at once is one version");
}

#[tokio::test]
async fn what_does_not_fit_changes_nothing() {
    let (_dir, collab, subject) = desk();
    let mut ana = Editor::open(&collab, &subject);
    ana.types(&collab, &subject, &[splice(0, 0, "abc")]).await;
    let now = Timestamp::UNIX_EPOCH;
    let half = vec![splice(0, 1, ""), splice(3, 1, "")];
    let refused = collab.type_note(&subject, &ana.revision, half, now).await;
    assert!(
        matches!(refused, Err(Error::Edit(EditProblem::Range { .. }))),
        "{refused:?}"
    );
    let unknown = collab
        .type_note(&subject, "zz", vec![splice(0, 0, "x")], now)
        .await;
    assert!(
        matches!(unknown, Err(Error::Edit(EditProblem::Revision))),
        "{unknown:?}"
    );
    ana.types(&collab, &subject, &[splice(3, 0, "d")]).await;
    assert_eq!(collab.note(&subject, None).unwrap().unwrap().text, "abcd");
}
