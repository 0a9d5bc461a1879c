//! Character references (`&amp;`, `&#269;`) as the HTML standard reads them.

use html5ever::data::NAMED_ENTITIES;

/// Longest name in the standard's table (`CounterClockwiseContourIntegral;`).
const LONGEST: usize = 32;

/// Reads the reference at the start of `source`, which begins with `&`.
///
/// Returns its characters and how many bytes it takes; `None` when it is a bare `&`.
pub(crate) fn decode(source: &str) -> Option<(char, Option<char>, usize)> {
    let rest = source.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric(number);
    }
    // The five of every mail, before the table.
    for (name, c) in [
        ("nbsp;", '\u{a0}'),
        ("amp;", '&'),
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
    ] {
        if rest.starts_with(name) {
            return Some((c, None, name.len().saturating_add(1)));
        }
    }
    let mut len = rest
        .bytes()
        .take(LONGEST)
        .position(|b| !b.is_ascii_alphanumeric())
        .unwrap_or(rest.len().min(LONGEST));
    if rest.as_bytes().get(len) == Some(&b';') {
        len = len.saturating_add(1);
    }
    // Names without a semicolon are known for old ones only; the longest that is known wins (`&notit` = `¬it`).
    while len > 1 {
        if let Some((first, second)) = rest.get(..len).and_then(|n| NAMED_ENTITIES.get(n))
            && let Some(c) = char::from_u32(*first)
            && *first != 0
        {
            let second = char::from_u32(*second).filter(|c| *c != '\0');
            return Some((c, second, len.saturating_add(1)));
        }
        len = len.saturating_sub(1);
    }
    None
}

/// Reads `269;` or `x10d;`, the part behind `&#`.
fn numeric(rest: &str) -> Option<(char, Option<char>, usize)> {
    let (digits, radix, lead) = match rest.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 3_usize),
        None => (rest, 10, 2_usize),
    };
    let len = digits
        .bytes()
        .position(|b| !char::from(b).is_digit(radix))
        .unwrap_or(digits.len());
    if len == 0 {
        return None;
    }
    let value = u32::from_str_radix(digits.get(..len)?, radix).unwrap_or(u32::MAX);
    let semicolon = usize::from(digits.as_bytes().get(len) == Some(&b';'));
    let c = match value {
        0 => char::REPLACEMENT_CHARACTER,
        // Numbers of windows-1252, which the standard maps as every browser does.
        0x80..=0x9f => u8::try_from(value).map_or(char::REPLACEMENT_CHARACTER, windows_1252),
        _ => char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some((c, None, lead.saturating_add(len).saturating_add(semicolon)))
}

fn windows_1252(byte: u8) -> char {
    let bytes = [byte];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes every reference in `source`.
    fn decode_all(source: &str) -> String {
        let mut out = String::with_capacity(source.len());
        let mut rest = source;
        while let Some(at) = rest.find('&') {
            let (before, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
            out.push_str(before);
            let len = match decode(reference) {
                Some((first, second, len)) => {
                    out.push(first);
                    out.extend(second);
                    len
                }
                None => {
                    out.push('&');
                    1
                }
            };
            rest = reference.get(len..).unwrap_or("");
        }
        out.push_str(rest);
        out
    }

    #[test]
    fn references() {
        for (source, want) in [
            ("a &amp; b", "a & b"),
            ("&lt;p&gt;&quot;&apos;", "<p>\"'"),
            ("&ccaron;&scaron;&zcaron;", "čšž"),
            ("&#269;&#x161;&#X17E;", "čšž"),
            ("&nbsp", "\u{a0}"),
            ("&notit; &notin;", "¬it; ∉"),
            ("AT&T &unknown; & &", "AT&T &unknown; & &"),
            ("&#128;&#150;", "€–"),
            ("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&#;&#x;", "&#;&#x;"),
            ("?a=1&copy=2", "?a=1©=2"),
            ("&NotEqualTilde;", "\u{2242}\u{338}"),
        ] {
            assert_eq!(decode_all(source), want, "as browsers read {source:?}");
        }
    }
}
