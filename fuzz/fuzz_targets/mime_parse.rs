//! Any bytes are a message, and every door says the same about it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let message = kontor_mime::parse(raw);
    assert_eq!(kontor_mime::headers(raw), message.envelope);
    let digest = kontor_mime::digest(raw);
    assert_eq!(digest.envelope, message.envelope);
    assert_eq!(digest.has_attachment, message.attachments.iter().any(|a| !a.inline));
    for wanted in &message.attachments {
        let found = kontor_mime::attachment(raw, wanted.n).map(|(found, _)| found);
        assert_eq!(found.as_ref(), Some(wanted));
    }
    drop(kontor_mime::notices(raw));
});
