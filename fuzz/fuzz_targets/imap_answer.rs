//! Whatever a server sends, it is cut into answers and each is read or passed over; nothing is lost in between.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let whole = kontor_mail_imap::survey(raw);
    let passed_over: usize = whole.passed_over.iter().map(Vec::len).sum();
    assert!(passed_over + whole.rest <= raw.len());
    // An answer more does not change those before it.
    if whole.rest == 0 {
        let more = kontor_mail_imap::survey(&[raw, b"* 1 EXISTS\r\n"].concat());
        assert_eq!(more.understood, whole.understood + 1);
    }
});
