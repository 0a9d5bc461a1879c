//! First contacts: whatever happens, a store that remembers its last answer finds what one just opened does.

use kontor_model::query::Strangers;
use kontor_model::{Action, MessageId, Millis, PlacementId, Query, Term};
use kontor_store::{CustomerRow, Store, Stored};

use crate::support::{DAY, Mail, NEW_YEAR, Profile};

const OWN: &str = "ana@hrast.example";

fn strangers() -> Query {
    Query {
        terms: vec![Term::FirstFrom(Strangers {
            except: vec![OWN.to_owned(), "znan@drugje.example".to_owned()],
            domains: vec!["hrast.example".to_owned()],
        })],
    }
}

fn found_in(store: &Store) -> Vec<String> {
    let page = store.search(&strangers(), None, 50).unwrap();
    assert_eq!(page.total, page.hits.len() as u64);
    page.hits.into_iter().map(|hit| hit.row.subject).collect()
}

impl Profile {
    /// Subjects of first contacts, newest first: asked twice of the store that was there all along, once of a fresh one.
    fn first(&self) -> String {
        let found = found_in(&self.store);
        assert_eq!(found_in(&self.store), found, "asked again");
        let fresh = Store::open(self.dir.path()).unwrap();
        assert_eq!(found_in(&fresh), found, "asked for the first time");
        found.join(" ")
    }

    fn journaled(&self, action: Action, stored: &Stored) {
        let placement: PlacementId = stored.placement;
        self.write(move |w| w.journal(&action, &[placement]));
    }
}

fn mail(n: u32, from: &str) -> Mail {
    Mail::new(n).from(from).subject(&format!("S{n}"))
}

#[test]
fn what_is_remembered_of_strangers_follows_mail_acts_and_facts() {
    let p = Profile::new();
    let nova = p.put(p.inbox, &[mail(1, "nova@prva.example")])[0];
    let druga = p.put(p.inbox, &[mail(2, "druga@kupec.example")])[0];
    p.put(p.inbox, &[mail(3, "Znan@Drugje.example"), mail(4, OWN)]);
    assert_eq!(p.first(), "S2 S1", "neither who is known nor oneself");

    let read = Action::Flags {
        add: vec!["\\Seen".to_owned()],
        remove: Vec::new(),
    };
    p.journaled(read, &nova);
    assert_eq!(p.first(), "S2 S1", "read or not");

    p.journaled(Action::Move { to: p.archive }, &nova);
    assert_eq!(p.first(), "S2 S1", "wherever it lies");

    p.journaled(Action::Delete, &druga);
    assert_eq!(p.first(), "S1", "not what is on its way out");

    p.arrive(
        p.inbox,
        &[
            mail(5, "tretja@tretji.example"),
            mail(6, "nova@prva.example"),
        ],
    );
    assert_eq!(p.first(), "S5", "who writes again is no stranger");

    let envelopes = [mail(7, "nova@peta.example")];
    let waiting: MessageId = p.put_envelopes(p.inbox, &envelopes)[0].message;
    assert_eq!(p.first(), "S5", "not before the body is here");
    p.put_bodies(vec![(waiting, &envelopes[0])]);
    assert_eq!(p.first(), "S7 S5");

    p.write(|w| {
        let row = CustomerRow {
            id: "1".to_owned(),
            version: 1,
            name: "Tretji d.o.o.".to_owned(),
            gone: false,
        };
        w.put_customer(&row, &["tretja@tretji.example".to_owned()])
    });
    assert_eq!(p.first(), "S7", "a customer is none");

    let inbox = p.inbox;
    p.write(move |w| w.apply_vanished(inbox, &[6]));
    assert_eq!(
        p.first(),
        "S7",
        "a mail that went a moment ago still counts"
    );
    while p.store.tidy_blocking(Millis(NEW_YEAR + DAY)).unwrap() {}
    assert_eq!(p.first(), "S7 S1", "until it is swept away");

    p.write(|w| w.forget_facts());
    assert_eq!(p.first(), "S7 S5 S1", "no ERP, no customers");

    p.arrive(
        p.inbox,
        &[mail(8, "osma@osmi.example"), mail(9, "osma@osmi.example")],
    );
    assert_eq!(p.first(), "S7 S5 S1", "two conversations");
    let between = mail(10, OWN).refs(&["m8@lipa.example", "m9@lipa.example"]);
    p.put_envelopes(p.inbox, &[between]);
    assert_eq!(p.first(), "S9 S8 S7 S5 S1", "which were one all along");
    p.ok();
}
