//! Modified UTF-7 (RFC 3501 §5.1.3): how mailbox names are spelled on the wire.
//!
//! The wire name stays the key of a folder; the decoded one is only shown. Decoding never fails: what is not modified
//! UTF-7 (some servers send raw UTF-8) stands as it is.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Returns the wire name of a path: `Koš` → `Ko&AWE-`.
#[must_use]
pub fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut run: Vec<u16> = Vec::new();
    for c in path.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut run, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            run.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut Vec<u16>, out: &mut String) {
    if run.is_empty() {
        return;
    }
    out.push('&');
    let bytes: Vec<u8> = run.drain(..).flat_map(u16::to_be_bytes).collect();
    for chunk in bytes.chunks(3) {
        let mut group = [0u8; 4];
        for (slot, byte) in group.iter_mut().skip(1).zip(chunk) {
            *slot = *byte;
        }
        let bits = u32::from_be_bytes(group);
        // One byte makes two digits, two make three, three make four.
        for shift in [18u32, 12, 6, 0]
            .into_iter()
            .take(chunk.len().saturating_add(1))
        {
            let digit = usize::try_from((bits >> shift) & 63).unwrap_or_default();
            out.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'A')));
        }
    }
    out.push('-');
}

/// Returns the path a wire name stands for; a malformed sequence is kept as it was written.
#[must_use]
pub fn decode(wire: &str) -> String {
    let mut out = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once('-') {
            Some(("", tail)) => {
                out.push('&');
                rest = tail;
            }
            Some((digits, tail)) => {
                if let Some(text) = decode_run(digits) {
                    out.push_str(&text);
                    rest = tail;
                } else {
                    out.push('&');
                    rest = after;
                }
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the wire name for a name that may already be one: some servers forget to encode in unusual places
/// (docs/provider-quirks.md, Dovecot NOTIFY).
#[must_use]
pub(crate) fn as_wire(name: &str) -> String {
    if name.is_ascii() && encode(&decode(name)) == name {
        name.to_owned()
    } else {
        encode(name)
    }
}

fn decode_run(digits: &str) -> Option<String> {
    let mut bits = 0u32;
    let mut n = 0u32;
    let mut bytes = Vec::with_capacity(digits.len());
    for d in digits.bytes() {
        let value = ALPHABET.iter().position(|a| *a == d)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        n = n.checked_add(6)?;
        if n >= 8 {
            n = n.checked_sub(8)?;
            bytes.push(u8::try_from((bits >> n) & 0xFF).ok()?);
        }
    }
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .filter_map(|c| Some(u16::from_be_bytes([*c.first()?, *c.get(1)?])))
        .collect();
    (!units.is_empty() && bytes.len().is_multiple_of(2))
        .then(|| String::from_utf16(&units).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::ascii("INBOX", "INBOX")]
    #[case::slovenian("Koš", "Ko&AWE-")]
    #[case::letter("č", "&AQ0-")]
    #[case::ampersand("R&D", "R&-D")]
    #[case::rfc_example("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    #[case::surrogates("📥", "&2D3c5Q-")]
    #[case::several("Neželena pošta", "Ne&AX4-elena po&AWE-ta")]
    fn both_ways(#[case] path: &str, #[case] wire: &str) {
        assert_eq!(encode(path), wire, "path to wire");
        assert_eq!(decode(wire), path, "wire to path");
    }

    #[rstest]
    #[case::open("a&AQ0", "a&AQ0")]
    #[case::foreign_digit("a&A!-b", "a&A!-b")]
    #[case::half_unit("a&AQ-b", "a&AQ-b")]
    #[case::lone_surrogate("&2D0-", "&2D0-")]
    #[case::raw_utf8("Koš", "Koš")]
    fn malformed_names_stay(#[case] wire: &str, #[case] want: &str) {
        assert_eq!(decode(wire), want);
    }

    #[rstest]
    #[case::wire("Ra&AQ0-uni", "Ra&AQ0-uni")]
    #[case::forgotten("Računi", "Ra&AQ0-uni")]
    #[case::forgotten_ampersand("R&D", "R&-D")]
    #[case::ampersand("R&-D", "R&-D")]
    fn forgotten_encoding_is_made_up_for(#[case] name: &str, #[case] want: &str) {
        assert_eq!(as_wire(name), want);
    }

    proptest! {
        #[test]
        fn every_path_survives(path: String) {
            prop_assert_eq!(decode(&encode(&path)), path);
        }

        #[test]
        fn no_wire_name_panics(wire: String) { drop(decode(&wire)); }
    }
}
