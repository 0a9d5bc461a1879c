//! Acts: kept from the first thought on, told to the server only after a look or a yes of this very line.

use crate::support::Profile;

const ID: &str = "0198c0de-0000-7000-8000-000000000001";

fn wants(p: &Profile) -> (String, String) {
    let row = p.store.read(|r| r.act(ID)).unwrap().expect("it is kept");
    (row.state, row.wants)
}

fn word(state: &str, wants: &str) -> (String, String) {
    (state.to_owned(), wants.to_owned())
}

#[test]
fn a_yes_that_was_not_answered_is_only_asked_after_on_the_next_line() {
    let p = Profile::new();
    p.write(|w| w.plan_act(ID, "{}", "7"));
    assert_eq!(wants(&p), word("planned", "preview"));
    p.write(|w| w.tell_act(ID, "planned", "{}", "preview"));
    assert_eq!(wants(&p), word("planned", ""));
    assert!(p.write(|w| w.want_act(ID, "do", "ab")));
    assert_eq!(wants(&p), word("confirmed", "do"));
    assert!(!p.write(|w| w.want_act(ID, "do", "ab")), "once is enough");
    p.write(|w| w.resume_acts());
    assert_eq!(wants(&p), word("confirmed", "ask"), "another line asks");
    assert!(!p.write(|w| w.drop_act(ID)), "it may be under way");
    p.write(|w| w.tell_act(ID, "planned", "{}", "ask"));
    assert_eq!(
        wants(&p),
        word("planned", ""),
        "it never arrived: somebody looks again"
    );
    assert_eq!(p.store.read(|r| r.wanted_acts(9)).unwrap(), []);
    assert!(p.write(|w| w.drop_act(ID)));
    assert_eq!(p.store.read(|r| r.acts(9)).unwrap(), []);
    p.ok();
}

#[test]
fn an_answer_to_the_look_does_not_take_back_the_yes() {
    let p = Profile::new();
    p.write(|w| w.plan_act(ID, "{}", ""));
    assert!(p.write(|w| w.want_act(ID, "do", "ab")));
    p.write(|w| w.tell_act(ID, "confirmed", "{}", "preview"));
    assert_eq!(wants(&p).1, "do");
    p.write(|w| w.plan_act(ID, "another", ""));
    assert_eq!(
        p.store.read(|r| r.act(ID)).unwrap().unwrap().act,
        "{}",
        "an id is one act's"
    );
    p.ok();
}
