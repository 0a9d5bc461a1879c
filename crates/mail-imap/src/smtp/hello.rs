//! What a server says of itself (EHLO), and what its codes mean to a person.

use super::line::{Reply, enhanced};

/// The extensions we plan by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hello {
    /// STARTTLS (RFC 3207).
    pub(crate) starttls: bool,
    /// SIZE (RFC 1870): not offered, offered without a limit, offered with one.
    pub(crate) size: Option<Option<u64>>,
    /// 8BITMIME (RFC 6152).
    pub(crate) eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub(crate) smtputf8: bool,
    /// AUTH mechanisms (RFC 4954), upper case.
    pub(crate) auth: Vec<String>,
}

impl Hello {
    /// Reads the reply to EHLO. Its first line is a greeting; unknown keywords are passed over.
    pub(crate) fn read(reply: &Reply) -> Self {
        let mut hello = Self::default();
        for line in reply.lines().skip(1) {
            // "AUTH=LOGIN PLAIN" is how servers wrote it before the standard, and some still do beside it.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "STARTTLS" => hello.starttls = true,
                "8BITMIME" => hello.eight_bit = true,
                "SMTPUTF8" => hello.smtputf8 = true,
                "SIZE" => {
                    let limit = words.next().and_then(|n| n.parse().ok());
                    hello.size = Some(limit.filter(|&n: &u64| n > 0)); // 0 means "no fixed limit"
                }
                "AUTH" => hello.auth.extend(words.map(str::to_ascii_uppercase)),
                _ => {}
            }
        }
        hello
    }

    /// True when this mechanism is offered.
    pub(crate) fn offers(&self, mechanism: &str) -> bool {
        self.auth.iter().any(|word| word == mechanism)
    }
}

/// What a person can do about a refusal, by its enhanced status code (RFC 3463), where there is something.
pub(crate) fn hint(reply: &str) -> Option<&'static str> {
    let code = enhanced(reply.split_once(' ')?.1)?;
    let (_, detail) = code.split_once('.')?;
    Some(match (code.starts_with('5'), detail) {
        (true, "1.1" | "1.6") => "There is no such mailbox: check the address.",
        (true, "1.2" | "1.10" | "4.4") => {
            "There is no mail server for this domain: check the part after the @."
        }
        (true, "2.2") => "The recipient's mailbox is full.",
        (true, "3.4" | "2.3") => "The mail is too large: make its attachments smaller.",
        (true, "7.26" | "7.509" | "7.23" | "7.25") => {
            "The receiving side could not verify that the mail comes from your domain: ask whoever runs your mail."
        }
        (true, "7.1") => "A rule of the server forbids it: ask whoever runs your mail.",
        (false, "7.0" | "7.1" | "2.0") => "The server asks for patience; it will be tried again.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::hint;

    #[rstest]
    #[case("550 5.1.1 No such user", Some("check the address"))]
    #[case("552 5.3.4 Too big", Some("too large"))]
    #[case("451 4.7.1 Greylisted", Some("tried again"))]
    #[case("550 No such user", None)]
    #[case("The mail has no recipient.", None)]
    fn hints(#[case] reply: &str, #[case] want: Option<&str>) {
        let got = hint(reply);
        assert_eq!(got.is_some(), want.is_some(), "{got:?}");
        assert!(
            want.is_none_or(|part| got.unwrap_or_default().contains(part)),
            "{got:?} must say {want:?}"
        );
    }
}
