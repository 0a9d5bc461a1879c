//! What is searched for.

use kontor_model::query::Words;
use kontor_model::{Millis, Term};

use crate::World;

fn text(words: &str) -> Term {
    Term::Text(words_of(words))
}

fn words_of(words: &str) -> Words {
    Words {
        words: kontor_store::words(words),
        prefix: words.ends_with('*'),
    }
}

/// Twenty as people ask them, and some (with a plus) that are hard.
pub(super) fn all(world: &World) -> Vec<(&'static str, Vec<Term>)> {
    let w = |n: usize| world.words[n].as_str();
    let day = |y: i64| Millis((y - 1970) * 31_556_952_000);
    vec![
        ("common invoice", vec![text("invoice")]),
        ("the", vec![text("the")]),
        ("mid 900", vec![text(w(900))]),
        ("mid 3000", vec![text(w(3000))]),
        ("rare 20000", vec![text(w(20_000))]),
        ("rare 55000", vec![text(w(55_000))]),
        ("two common", vec![text("invoice"), text("payment")]),
        ("two mixed", vec![text("invoice"), text(w(2500))]),
        ("three", vec![text("order"), text("delivery"), text(w(700))]),
        ("phrase", vec![text("the invoice")]),
        ("phrase rare", vec![text(&format!("{} {}", w(30), w(31)))]),
        (
            "from address",
            vec![Term::FromAddress("user3@firma3.example".into())],
        ),
        (
            "from word + invoice",
            vec![Term::From(words_of("firma7")), text("invoice")],
        ),
        ("subject", vec![Term::Subject(words_of("račun"))]),
        (
            "month + invoice",
            vec![
                Term::After(day(2024)),
                Term::Before(day(2024).plus(30 * 86_400_000)),
                text("invoice"),
            ],
        ),
        (
            "month",
            vec![
                Term::After(day(2025)),
                Term::Before(day(2025).plus(30 * 86_400_000)),
            ],
        ),
        ("račun", vec![text("račun")]),
        ("mid 600", vec![text(w(600))]),
        ("prefix invo*", vec![text("invo*")]),
        ("none", vec![text("xyzzyqwertyplugh")]),
        (
            "+ in:inbox is:unread",
            vec![text("invoice"), Term::In("inbox".into()), Term::Unread],
        ),
        ("+ is:unread", vec![Term::Unread]),
        ("+ in:inbox", vec![Term::In("inbox".into())]),
        ("+ prefix inv*", vec![text("inv*")]),
        ("+ everything", vec![]),
        (
            "+ has:attachment the",
            vec![Term::HasAttachment, text("the")],
        ),
        ("+ prefix r*", vec![text("r*")]),
    ]
}
