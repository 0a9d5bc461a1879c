//! Bodies from strangers, plain and HTML: splitting never panics.
#![no_main]

use kontor_mime::reply::{split, split_html};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let _plain = split(body);
    let _html = split_html(body);
});
