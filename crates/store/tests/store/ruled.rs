//! Which arrived mails rules look at: received ones, each once, when their bodies are here.

use std::collections::BTreeSet;

use kontor_model::{Action, MessageId, Millis};
use kontor_store::{Stored, UnruledMail};

use crate::support::{DAY, Mail, NEW_YEAR, Profile};

fn unruled(p: &Profile, stored: &[Stored]) -> Vec<UnruledMail> {
    let arrived: BTreeSet<MessageId> = stored.iter().map(|s| s.message).collect();
    p.store.read(|r| r.unruled(&arrived)).unwrap()
}

fn looked_at(p: &Profile, message: MessageId, waits: bool) {
    assert!(p.write(move |w| w.put_ruled(message, waits)));
}

#[test]
fn a_received_mail_is_looked_at_once_wherever_it_turns_up_again() {
    let p = Profile::new();
    let mail = [Mail::new(1)];
    let stored = p.arrive(p.inbox, &mail);
    let first = unruled(&p, &stored);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].thread, stored[0].thread);
    assert!(first[0].searchable, "its body came with it");
    looked_at(&p, stored[0].message, false);
    assert_eq!(unruled(&p, &stored), []);
    let copied = p.arrive(p.archive, &mail);
    assert!(copied[0].fresh, "a copy is new to its folder");
    assert_eq!(unruled(&p, &copied), [], "and is the same mail");
    let message = copied[0].message;
    assert!(!p.write(move |w| w.put_ruled(message, false)), "not twice");
    p.ok();
}

#[test]
fn what_we_wrote_and_what_lies_in_sent_was_not_received() {
    let p = Profile::new();
    let ours = p.arrive(p.inbox, &[Mail::new(1).from("Ana <ana@hrast.example>")]);
    assert_eq!(unruled(&p, &ours), [], "to oneself");
    let sent = p.arrive(p.sent, &[Mail::new(2)]);
    assert_eq!(unruled(&p, &sent), [], "in the sent folder");
    let moved = p.arrive(p.inbox, &[Mail::new(3)]);
    let (place, to) = (moved[0].placement, p.sent);
    p.write(move |w| w.journal(&Action::Move { to }, &[place]));
    assert_eq!(unruled(&p, &moved), [], "moved away meanwhile");
    p.ok();
}

#[test]
fn a_mail_without_its_body_waits_for_it() {
    let p = Profile::new();
    let mail = Mail::new(1);
    let stored = p.put_envelopes(p.inbox, std::slice::from_ref(&mail));
    assert!(!unruled(&p, &stored)[0].searchable);
    looked_at(&p, stored[0].message, true);
    assert_eq!(unruled(&p, &[]), [], "nothing to look at yet");
    p.put_bodies(vec![(stored[0].message, &mail)]);
    let ready = unruled(&p, &[]);
    assert_eq!(ready.len(), 1, "its body is enough to be asked about");
    assert!(ready[0].searchable);
    looked_at(&p, stored[0].message, false);
    assert_eq!(unruled(&p, &[]), []);
    p.ok();
}

#[test]
fn what_was_looked_at_is_forgotten_with_the_mail() {
    let p = Profile::new();
    let stored = p.arrive(p.inbox, &[Mail::new(1)]);
    looked_at(&p, stored[0].message, false);
    assert_eq!(p.count("ruled"), 1);
    let inbox = p.inbox;
    p.write(move |w| w.apply_vanished(inbox, &[1]));
    p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 10));
    assert_eq!(p.count("ruled"), 0);
    p.ok();
}
