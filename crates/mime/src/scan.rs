//! Small reads over bytes that cannot go out of bounds.

use memchr::memchr;

/// Returns the bytes before `at`, all of them where there are fewer.
pub(crate) fn before(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(..at).unwrap_or(bytes)
}

/// Returns the bytes from `at` on, none where there are fewer.
pub(crate) fn after(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// Splits off the first line: the line without its LF or CRLF, and the rest.
pub(crate) fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'\n', bytes) {
        Some(end) => (
            no_cr(before(bytes, end)),
            after(bytes, end.saturating_add(1)),
        ),
        None => (bytes, &[]),
    }
}

/// Cuts one CR off the end.
pub(crate) fn no_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Cuts one line end (LF or CRLF) off the end.
pub(crate) fn no_line_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").map_or(bytes, no_cr)
}

/// Compares without case where `lower` is written in lower case.
pub(crate) fn is(bytes: &[u8], lower: &[u8]) -> bool {
    bytes.eq_ignore_ascii_case(lower)
}

/// True when `bytes` begins with `lower` in any case.
pub(crate) fn starts(bytes: &[u8], lower: &[u8]) -> bool {
    bytes.get(..lower.len()).is_some_and(|head| is(head, lower))
}

/// Returns `bytes` in lower case; what is not UTF-8 in it becomes U+FFFD.
pub(crate) fn lower(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    text.make_ascii_lowercase();
    text
}
