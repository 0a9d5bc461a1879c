//! The search language: any text gives an answer, and no more conditions than it has characters.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = kontor_mail::search::parse(text);
    assert!(parsed.query.terms.len() <= text.chars().count());
    let typing = kontor_mail::search::parse_typing(text);
    assert!(typing.problems.len() <= text.len());
});
