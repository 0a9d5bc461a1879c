//! Just enough MIME to write plausible mail: encodings, never decoding.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding, on one line (RFC 4648 section 4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for (i, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = usize::try_from((bits >> shift) & 63)
                .ok()
                .and_then(|n| ALPHABET.get(n));
            match letter {
                Some(&l) if i <= chunk.len() => out.push(char::from(l)),
                _ => out.push('='),
            }
        }
    }
    out
}

/// Base64 in lines of 76 letters with CRLF, as a body is sent (RFC 2045 section 6.8).
#[must_use]
pub fn base64_lines(bytes: &[u8]) -> String {
    // 57 bytes make exactly 76 letters, so no line but the last carries padding.
    bytes.chunks(57).map(|line| base64(line) + "\r\n").collect()
}

/// A header value: ASCII as it is, anything else as UTF-8 encoded words (RFC 2047), folded.
#[must_use]
pub fn header(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        // 45 bytes make 60 letters of base64: with "=?UTF-8?B?" and "?=" below the limit of 75.
        if chunk.len().saturating_add(c.len_utf8()) > 45 {
            words.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    words.push(chunk);
    words
        .iter()
        .map(|w| format!("=?UTF-8?B?{}?=", base64(w.as_bytes())))
        .collect::<Vec<_>>()
        .join("\r\n ")
}

/// `Name <address>`, or the bare address without a name.
#[must_use]
pub fn mailbox(name: &str, address: &str) -> String {
    if name.is_empty() {
        address.to_owned()
    } else if name.is_ascii() {
        format!(
            "\"{}\" <{address}>",
            name.replace('\\', "\\\\").replace('"', "\\\"")
        )
    } else {
        format!("{} <{address}>", header(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_length() {
        for (bytes, want) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(
                base64(bytes.as_bytes()),
                want,
                "RFC 4648 section 10: {bytes}"
            );
        }
        assert!(
            base64_lines(&[0; 200]).lines().all(|l| l.len() <= 76),
            "RFC 2045 line length"
        );
    }

    #[test]
    fn headers_stay_seven_bit_and_short() {
        let text = "Ponudba za hrastove okvirje 40 × 60, šarnirji in čelne plošče – popravek";
        let folded = header(text);
        assert!(folded.is_ascii(), "encoded words only: {folded}");
        assert!(
            folded.lines().all(|l| l.len() <= 76),
            "RFC 2047 section 2: {folded}"
        );
        assert_eq!(header("Plain"), "Plain", "ASCII needs no clothes");
    }
}
