//! Any bytes are a PDF or none, and the same one every time.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    // Without a head nothing is read at all.
    let file = [b"%PDF-1.7\n", raw].concat();
    let text = kontor_pdf::text(&file);
    assert!(text.as_ref().is_none_or(|text| text.len() <= kontor_pdf::MOST_TEXT + 8));
    assert_eq!(kontor_pdf::text(&file), text);
});
