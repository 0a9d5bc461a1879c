//! The outbox: one Message-ID leaves at most once, and nobody guesses.

use kontor_model::{Address, Millis, OutboxId, OutboxState};
use kontor_store::{Error, NewOutgoing, PreparedRaw, SentCopy};

use crate::support::{DAY, NEW_YEAR, Profile};

fn outgoing(p: &Profile, mid: &str) -> NewOutgoing {
    NewOutgoing {
        account: p.account,
        message_id: mid.to_owned(),
        raw: PreparedRaw::new(format!("Message-ID: <{mid}>\r\n\r\nLep pozdrav").as_bytes())
            .unwrap(),
        sender: "ana@hrast.example".to_owned(),
        recipients: vec![
            "borut@lipa.example".to_owned(),
            "skrit@lipa.example".to_owned(),
        ],
        subject: "Ponudba".to_owned(),
        to: vec![Address::new("Borut", "borut@lipa.example")],
        answers: None,
        draft: None,
        due: Millis(NEW_YEAR),
    }
}

fn enqueue(p: &Profile, new: NewOutgoing) -> kontor_store::Enqueued {
    p.write(move |w| w.enqueue(&new))
}

fn state(p: &Profile, id: OutboxId) -> OutboxState {
    p.store.read(|r| r.outgoing(id)).unwrap().state
}

#[test]
fn a_message_is_queued_claimed_and_sent() {
    let p = Profile::new();
    let queued = enqueue(&p, outgoing(&p, "a@hrast.example"));
    assert!(!queued.duplicate, "the first one");
    let due = p.store.read(|r| r.due_outgoing(Millis(NEW_YEAR))).unwrap();
    assert_eq!(due[0].recipients.len(), 2, "Bcc is in the SMTP envelope");
    let blob = due[0].blob.unwrap();
    assert!(
        p.store
            .read(|r| r.blob(blob))
            .unwrap()
            .ends_with(b"Lep pozdrav"),
        "exact bytes"
    );
    let claimed = p.write(move |w| w.claim_outgoing(queued.id)).unwrap();
    assert_eq!(
        (claimed.state, claimed.attempts),
        (OutboxState::Sending, 1),
        "committed before DATA"
    );
    assert!(
        p.write(move |w| w.claim_outgoing(queued.id)).is_none(),
        "nobody else gets it"
    );
    p.write(move |w| w.mark_sent(queued.id, SentCopy::Needed));
    assert_eq!(
        p.store
            .read(|r| r.sent_copies_needed(p.account))
            .unwrap()
            .len(),
        1,
        "Sent wants a copy"
    );
    p.write(move |w| w.mark_copy_filed(queued.id));
    assert!(
        p.store
            .read(|r| r.sent_copies_needed(p.account))
            .unwrap()
            .is_empty(),
        "it has it"
    );
    assert!(
        p.store
            .read(|r| r.outbox(false, Millis(NEW_YEAR)))
            .unwrap()
            .is_empty(),
        "the outbox is empty"
    );
    assert_eq!(
        p.store
            .read(|r| r.outbox(true, Millis(NEW_YEAR)))
            .unwrap()
            .len(),
        1,
        "but remembers"
    );
    p.ok();
}

#[test]
fn a_message_id_leaves_only_once() {
    let p = Profile::new();
    let first = enqueue(&p, outgoing(&p, "a@hrast.example"));
    let second = enqueue(&p, outgoing(&p, "a@hrast.example"));
    assert_eq!(
        (second.id, second.duplicate),
        (first.id, true),
        "while it is queued"
    );
    p.write(move |w| {
        w.claim_outgoing(first.id)?;
        w.mark_sent(first.id, SentCopy::None)
    });
    p.write(|w| w.forget_outgoing(Millis(NEW_YEAR + 40 * DAY)));
    assert_eq!(
        p.store.read(|r| r.outgoing(first.id)).unwrap().blob,
        None,
        "its bytes are forgotten"
    );
    let third = enqueue(&p, outgoing(&p, "a@hrast.example"));
    assert_eq!(
        (third.id, third.duplicate, third.state),
        (first.id, true, OutboxState::Sent),
        "and long after"
    );
    p.ok();
}

#[test]
fn a_cancelled_message_may_be_sent_after_all() {
    let p = Profile::new();
    let first = enqueue(&p, outgoing(&p, "a@hrast.example"));
    assert_eq!(
        p.write(move |w| w.cancel_outgoing(first.id)).state,
        OutboxState::Cancelled,
        "taken back"
    );
    let mut changed = outgoing(&p, "a@hrast.example");
    changed.raw = PreparedRaw::new(b"Message-ID: <a@hrast.example>\r\n\r\nBolje").unwrap();
    let again = enqueue(&p, changed);
    assert_eq!(
        (again.id, again.duplicate),
        (first.id, false),
        "the corrected one goes under the same number"
    );
    let blob = p
        .store
        .read(|r| r.outgoing(first.id))
        .unwrap()
        .blob
        .unwrap();
    assert!(
        p.store.read(|r| r.blob(blob)).unwrap().ends_with(b"Bolje"),
        "with its new text"
    );
    p.ok();
}

#[test]
fn what_is_not_due_waits() {
    let p = Profile::new();
    let mut later = outgoing(&p, "a@hrast.example");
    later.due = Millis(NEW_YEAR + DAY);
    let id = enqueue(&p, later).id;
    assert!(
        p.store
            .read(|r| r.due_outgoing(Millis(NEW_YEAR)))
            .unwrap()
            .is_empty(),
        "not yet"
    );
    assert_eq!(
        p.store.read(|r| r.next_due()).unwrap(),
        Some(Millis(NEW_YEAR + DAY)),
        "but then"
    );
    assert!(
        p.write(move |w| w.claim_outgoing(id)).is_none(),
        "nor can it be claimed"
    );
}

#[test]
fn states_allow_only_what_makes_sense() {
    let p = Profile::new();
    let id = enqueue(&p, outgoing(&p, "a@hrast.example")).id;
    let refused = |f: fn(&mut kontor_store::Write<'_>, OutboxId) -> kontor_store::Result<()>| {
        p.store
            .write_blocking(Millis(NEW_YEAR), move |w| f(w, id))
            .unwrap_err()
    };
    p.write(move |w| w.claim_outgoing(id));
    assert!(
        matches!(
            refused(|w, id| w.cancel_outgoing(id).map(|_| ())),
            Error::NotNow(_)
        ),
        "it is on the wire"
    );
    assert_eq!(
        p.store
            .read(|r| r.outgoing_in(OutboxState::Sending))
            .unwrap()
            .len(),
        1,
        "found after a crash"
    );
    p.write(move |w| w.mark_unknown(id, "the connection was lost after DATA"));
    assert!(
        p.store
            .read(|r| r.due_outgoing(Millis(NEW_YEAR + DAY)))
            .unwrap()
            .is_empty(),
        "never again by itself"
    );
    assert_eq!(
        p.store.read(|r| r.status()).unwrap().unknown,
        1,
        "a person decides"
    );
    p.write(move |w| w.retry_outgoing(id));
    assert_eq!(state(&p, id), OutboxState::Queued, "she did");
    p.write(move |w| w.retry_later(id, Millis(NEW_YEAR + DAY), "no network"));
    assert_eq!(
        p.store.read(|r| r.next_due()).unwrap(),
        Some(Millis(NEW_YEAR + DAY)),
        "later"
    );
    p.write(move |w| w.mark_failed(id, "550 no such user"));
    assert_eq!(
        p.store.read(|r| r.outgoing(id)).unwrap().error,
        "550 no such user",
        "why"
    );
    p.write(move |w| {
        w.retry_outgoing(id)?;
        w.claim_outgoing(id)?;
        w.mark_sent(id, SentCopy::None)
    });
    assert!(
        matches!(refused(|w, id| w.retry_outgoing(id)), Error::NotNow(_)),
        "sent is sent"
    );
    assert!(
        matches!(
            refused(|w, id| w.cancel_outgoing(id).map(|_| ())),
            Error::NotNow(_)
        ),
        "sent is sent"
    );
}

#[test]
fn a_reply_that_was_overtaken_waits_for_its_author() {
    let p = Profile::new();
    let of = |id| p.store.read(|r| r.outgoing(id)).unwrap();
    let id = enqueue(&p, outgoing(&p, "a@hrast.example")).id;
    assert_eq!(
        (of(id).asked_at, of(id).held),
        (None, false),
        "nobody is to be asked"
    );
    p.write(move |w| w.retry_outgoing(id));
    assert_eq!(of(id).asked_at, None, "and nobody will be");
    p.write(move |w| w.ask_before_sending(id));
    assert_eq!(of(id).asked_at, Some(Millis(NEW_YEAR)));
    p.write(move |w| w.hold_outgoing(id, "Ana answered."));
    let held = of(id);
    assert_eq!(
        (held.state, held.held, held.error.as_str()),
        (OutboxState::Failed, true, "Ana answered.")
    );
    p.write(move |w| w.retry_outgoing(id));
    let released = of(id);
    assert_eq!(
        (released.state, released.held, released.asked_at),
        (OutboxState::Queued, false, Some(Millis(NEW_YEAR))),
        "it goes, and what comes later is asked about again"
    );
    p.write(move |w| {
        w.hold_outgoing(id, "Bor answered.")?;
        w.cancel_outgoing(id).map(drop)
    });
    assert!(!of(id).held, "taken back, nothing is held");
    enqueue(&p, outgoing(&p, "a@hrast.example"));
    assert_eq!(of(id).asked_at, None, "sent again by a program");
}
