//! Mailbox names on the wire: modified UTF-7 (RFC 3501 section 5.1.3), the writing half.

/// Encodes a mailbox name: printable ASCII stands for itself, `&` becomes `&-`, the rest is base64 of UTF-16.
#[must_use]
pub fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut foreign, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(
                c.encode_utf16(&mut units)
                    .iter()
                    .flat_map(|u| u.to_be_bytes()),
            );
        }
    }
    flush(&mut foreign, &mut out);
    out
}

fn flush(foreign: &mut Vec<u8>, out: &mut String) {
    if !foreign.is_empty() {
        out.push('&');
        out.push_str(
            &crate::mime::base64(foreign)
                .trim_end_matches('=')
                .replace('/', ","),
        );
        out.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_the_sample_company() {
        for (name, want) in [
            ("INBOX", "INBOX"),
            ("Naročila", "Naro&AQ0-ila"),
            ("R&D", "R&-D"),
            ("台北", "&U,BTFw-"),
            ("Koš", "Ko&AWE-"),
        ] {
            assert_eq!(super::encode(name), want, "{name}");
        }
    }
}
