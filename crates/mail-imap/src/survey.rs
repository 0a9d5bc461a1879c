//! A door for corpora and fuzzing: reads bytes as a server's answers would be read, and says what became of them.

use crate::answer::Answer;
use crate::wire::split;
use crate::{mutf7, roles, set};

/// What became of a run of bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Answers that were understood.
    pub understood: usize,
    /// Answers that were passed over, as they came.
    pub passed_over: Vec<Vec<u8>>,
    /// Bytes after the last whole answer.
    pub rest: usize,
}

/// Cuts bytes into answers and reads each.
#[must_use]
pub fn survey(bytes: &[u8]) -> Survey {
    let mut survey = Survey::default();
    let mut rest = bytes;
    while let Some((answer, after)) = split(rest) {
        rest = after;
        match Answer::parse(answer) {
            Answer::Other => survey.passed_over.push(answer.to_vec()),
            read => {
                exercise(&read);
                survey.understood = survey.understood.saturating_add(1);
            }
        }
    }
    survey.rest = rest.len();
    survey
}

/// Does with an answer what the provider would do with it.
fn exercise(answer: &Answer<'_>) {
    const MOST: u32 = 10_000;
    match answer {
        Answer::List(listed) => {
            let path = mutf7::decode(&String::from_utf8_lossy(&listed.name));
            drop(mutf7::encode(&path));
            drop(
                listed
                    .attributes
                    .iter()
                    .map(|a| roles::by_attribute(a))
                    .collect::<Vec<_>>(),
            );
        }
        Answer::Vanished(_, set) | Answer::Esearch(Some(set)) => {
            drop(set::sets(&set.below(MOST)));
            drop(set.intersect(&[1, 2, MOST, u32::MAX]));
        }
        Answer::Tagged(_, _, Some(code), _) | Answer::Status(_, Some(code), _) => {
            let args = String::from_utf8_lossy(code.args);
            drop(crate::apply::copyuid(&args));
            let _pair = crate::apply::appenduid(&args);
            let _number = code.number();
        }
        _ => {}
    }
    if let Some(outcome) = crate::fault::Outcome::of(answer) {
        drop(outcome.fault("do this"));
        drop(outcome.sign_in_fault());
    }
}
