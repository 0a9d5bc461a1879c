//! Content as DATA carries it (RFC 5321 §4.5.2).

use std::borrow::Cow;

/// Ends every line with CRLF, the last one too. Borrowed when that is already so.
///
/// A bare LF or CR would be read as a line's end by some servers and not by others: what one takes for text the next
/// would take for commands.
pub(crate) fn crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    let ends_well = raw.is_empty() || raw.ends_with(b"\r\n");
    if ends_well && !has_bare(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len().saturating_add(raw.len() / 32).saturating_add(2));
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    Cow::Owned(out)
}

/// True when a CR or LF stands alone.
fn has_bare(raw: &[u8]) -> bool {
    let mut after_cr = false;
    for &byte in raw {
        if after_cr != (byte == b'\n') {
            return true;
        }
        after_cr = byte == b'\r';
    }
    after_cr
}

/// Doubles the dot at the start of each line, so that none of them can be the end. Wants lines that end with CRLF.
pub(crate) fn stuff(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len().saturating_add(content.len() / 64));
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}

/// Whether bytes above 127 are in the header, and whether they are anywhere.
pub(crate) fn eight_bit(content: &[u8]) -> (bool, bool) {
    if content.is_ascii() {
        return (false, false);
    }
    let header = content
        .split_inclusive(|&byte| byte == b'\n')
        .take_while(|line| *line != b"\r\n");
    (header.into_iter().any(|line| !line.is_ascii()), true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{crlf, eight_bit, stuff};

    #[rstest]
    #[case::already("a\r\nb\r\n", "a\r\nb\r\n")]
    #[case::unix("a\nb\n", "a\r\nb\r\n")]
    #[case::old_mac("a\rb\r", "a\r\nb\r\n")]
    #[case::mixed("a\r\nb\nc\rd", "a\r\nb\r\nc\r\nd\r\n")]
    #[case::no_end("a", "a\r\n")]
    #[case::empty("", "")]
    #[case::two_cr("a\r\r\nb", "a\r\n\r\nb\r\n")]
    #[case::smuggled_end("a\n.\nMAIL FROM:<x>\n", "a\r\n.\r\nMAIL FROM:<x>\r\n")]
    fn line_ends(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(
            crlf(raw.as_bytes()),
            want.as_bytes(),
            "every line ends with CRLF"
        );
    }

    #[rstest]
    #[case::first(".\r\n", "..\r\n")]
    #[case::inside("a\r\n.b\r\n..c\r\n", "a\r\n..b\r\n...c\r\n")]
    #[case::not_at_start("a.b\r\n", "a.b\r\n")]
    #[case::lone_dot_last("a\r\n.\r\n", "a\r\n..\r\n")]
    fn dots(#[case] content: &str, #[case] want: &str) {
        assert_eq!(
            stuff(content.as_bytes()),
            want.as_bytes(),
            "leading dots are doubled, others left alone"
        );
    }

    #[rstest]
    #[case::ascii("S: a\r\n\r\nb", (false, false))]
    #[case::body("S: a\r\n\r\nč", (false, true))]
    #[case::header("S: č\r\n\r\nb", (true, true))]
    #[case::header_only("S: č\r\n", (true, true))]
    fn where_it_is_eight_bit(#[case] content: &str, #[case] want: (bool, bool)) {
        assert_eq!(
            eight_bit(content.as_bytes()),
            want,
            "(in the header, anywhere)"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_sent_arrives(raw in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), any::<u8>()], 0..200)) {
            let content = crlf(&raw);
            prop_assert_eq!(crlf(&content), content.clone(), "clean content is left alone");
            let mut wire = stuff(&content);
            wire.extend_from_slice(b".\r\n");
            // As a server reads it: lines up to the first lone dot, one leading dot taken away.
            let mut received = Vec::new();
            let mut ends = 0_usize;
            for line in wire.split_inclusive(|&b| b == b'\n') {
                prop_assert!(line.ends_with(b"\r\n"), "no bare line end leaves the house");
                if line == b".\r\n" { ends = ends.saturating_add(1); } else { received.extend_from_slice(line.strip_prefix(b".").unwrap_or(line)); }
            }
            prop_assert_eq!(ends, 1, "there is exactly one end");
            prop_assert_eq!(received, content.into_owned(), "the server holds the same bytes");
        }
    }
}
