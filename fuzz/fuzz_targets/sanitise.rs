//! HTML from strangers: never panics, stands still under a second pass, leaves nothing that runs.
#![no_main]

use kontor_mime::html::{Options, document, sanitise, to_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let options = Options::default();
    let once = sanitise(html, &options).html;
    assert_eq!(
        sanitise(&once, &options).html,
        once,
        "a second pass changes nothing"
    );
    let lower = once.to_ascii_lowercase();
    for gone in [
        "<script", "<iframe", "<object", "<embed", "<form", "<svg", "<base", "<meta", "<link",
    ] {
        assert!(!lower.contains(gone), "{gone} survived");
    }
    let _page = document(&once, true);
    let _text = to_text(html);
});
