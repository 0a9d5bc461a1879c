//! Drafts: saved again and again, mirrored once.

use kontor_model::Millis;
use kontor_store::{DraftMirror, Error, NewDraft};

use crate::support::Profile;

fn draft(p: &Profile, text: &str) -> NewDraft {
    NewDraft {
        account: p.account,
        message_id: format!("{text}@hrast.example"),
        content: text.to_owned(),
        answers: None,
    }
}

#[test]
fn a_draft_keeps_its_first_message_id_through_every_save() {
    let p = Profile::new();
    let (first, second) = (draft(&p, "ena"), draft(&p, "dve"));
    let id = p.write(move |w| w.save_draft(None, &first));
    let saved = p.store.read(|r| r.draft(id)).unwrap().updated_at;
    p.write(move |w| w.save_draft(Some(id), &second));
    let now = p.store.read(|r| r.draft(id)).unwrap();
    assert_eq!(
        (now.draft.message_id.as_str(), now.draft.content.as_str()),
        ("ena@hrast.example", "dve"),
        "{now:?}"
    );
    assert!(
        now.updated_at > saved,
        "a second save within one millisecond is another state to mirror"
    );
}

#[test]
fn a_mirror_is_remembered_and_a_discarded_draft_returns_it() {
    let p = Profile::new();
    let new = draft(&p, "ena");
    let mirror = DraftMirror {
        folder: p.sent,
        uidvalidity: 3,
        uid: 9,
    };
    let id = p.write(move |w| {
        let id = w.save_draft(None, &new)?;
        w.set_draft_mirror(id, Millis(5), Some(mirror))?;
        Ok(id)
    });
    assert_eq!(
        p.store.read(|r| r.drafts()).unwrap()[0].mirror,
        Some(mirror),
        "where the server has it"
    );
    let gone = p.write(move |w| w.discard_draft(id)).unwrap();
    assert_eq!(gone.mirror, Some(mirror), "so that its copy can go too");
    assert!(
        p.write(move |w| w.discard_draft(id)).is_none(),
        "gone already"
    );
    let late = draft(&p, "prepozno");
    let error = p
        .store
        .write_blocking(Millis(0), move |w| w.save_draft(Some(id), &late))
        .unwrap_err();
    assert!(
        matches!(error, Error::Missing(_)),
        "a save after the end says so: {error}"
    );
}
