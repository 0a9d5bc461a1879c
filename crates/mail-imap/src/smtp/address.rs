//! Addresses as the envelope carries them.

use lettre::Address;

/// Checks that an address can stand in `MAIL FROM:<…>` and brings its domain into ASCII (IDNA).
///
/// Only what would break the command or cannot be an address is refused: a long or unusual local part is the
/// recipient's business and the server's to judge. The error completes "The recipient …".
pub(crate) fn wire(text: &str) -> Result<Address, String> {
    let Some((user, domain)) = text.rsplit_once('@') else {
        return Err(format!(
            "\"{}\" is not an address: it has no @",
            shown(text)
        ));
    };
    if user.is_empty() || domain.is_empty() {
        return Err(format!(
            "\"{}\" is not an address: a part beside the @ is missing",
            shown(text)
        ));
    }
    let quoted = user.len() >= 2 && user.starts_with('"') && user.ends_with('"');
    let breaks_out = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>');
    let bad_user = if quoted {
        user.chars().any(char::is_control)
    } else {
        user.chars().any(breaks_out)
    };
    if bad_user || domain.chars().any(breaks_out) {
        return Err(format!(
            "\"{}\" is not an address: it holds a character no address has",
            shown(text)
        ));
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).map_err(|_invalid| {
            format!(
                "\"{}\" is not an address: there is no such domain name",
                shown(text)
            )
        })?
    };
    Ok(Address::new_dangerous(user, domain))
}

/// The text with control characters made visible: it ends up in a sentence.
fn shown(text: &str) -> String {
    text.chars()
        .take(320)
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::wire;

    #[rstest]
    #[case::plain("ana@example.com", Ok("ana@example.com"))]
    #[case::case_kept("Ana.B@Example.COM", Ok("Ana.B@Example.COM"))]
    #[case::long_user(
        "bounce-0123456789012345678901234567890123456789012345678901234567890123456789=x@l.si",
        Ok("bounce-0123456789012345678901234567890123456789012345678901234567890123456789=x@l.si")
    )]
    #[case::quoted("\"ana b\"@example.com", Ok("\"ana b\"@example.com"))]
    #[case::idn_domain("ana@čebela.si", Ok("ana@xn--ebela-gya.si"))]
    #[case::utf8_user("žana@čebela.si", Ok("žana@xn--ebela-gya.si"))]
    #[case::literal("ana@[127.0.0.1]", Ok("ana@[127.0.0.1]"))]
    #[case::no_at("ana", Err("no @"))]
    #[case::no_user("@example.com", Err("missing"))]
    #[case::no_domain("ana@", Err("missing"))]
    #[case::injection("ana@example.com>\r\nRCPT TO:<eva@example.com", Err("character"))]
    #[case::newline("ana@example.com\r\nDATA", Err("character"))]
    #[case::quoted_newline("\"a\r\nDATA\"@example.com", Err("character"))]
    #[case::space("ana b@example.com", Err("character"))]
    #[case::parameter("ana@example.com SIZE=1", Err("character"))]
    fn addresses(#[case] text: &str, #[case] want: Result<&str, &str>) {
        match (wire(text), want) {
            (Ok(got), Ok(want)) => assert_eq!(AsRef::<str>::as_ref(&got), want, "as on the wire"),
            (Err(why), Err(part)) => {
                assert!(why.contains(part), "{why:?} must say {part:?}");
                assert!(!why.contains('\n'), "{why:?} must stay on one line");
            }
            (got, want) => panic!("{text:?} gave {got:?}, wanted {want:?}"),
        }
    }
}
