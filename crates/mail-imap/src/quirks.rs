//! Where servers differ from what they say. Each switch is explained in docs/provider-quirks.md.
//!
//! A switch is set by the host's name, by what the server says of itself (ID, RFC 2971) or by a capability only one
//! provider has: never by a guess from behaviour, so that the same server always behaves the same.

use crate::caps::Caps;

/// What to leave out or do differently for one server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// QRESYNC is offered but wrong: phantom deletions.
    pub(crate) no_qresync: bool,
    /// HIGHESTMODSEQ cannot be trusted.
    pub(crate) no_modseq: bool,
    /// ESEARCH is offered but wrong.
    pub(crate) no_esearch: bool,
    /// NOTIFY is offered but wrong.
    pub(crate) no_notify: bool,
    /// Sent mail is filed by the server itself: no copy is uploaded.
    pub(crate) files_sent: bool,
}

impl Quirks {
    /// Returns the switches for a host, its capabilities and its own name (`name` of ID, empty when it gave none).
    pub(crate) fn of(host: &str, caps: &Caps, name: &str) -> Self {
        let host = host.to_ascii_lowercase();
        let name = name.to_ascii_lowercase();
        let at = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let mut quirks = Self::default();
        if at("mail.me.com") || at("icloud.com") {
            quirks.no_qresync = true;
            quirks.no_esearch = true;
        }
        if caps.has("X-GM-EXT-1") {
            quirks.files_sent = true;
        }
        if at("outlook.com") || at("office365.com") || at("office.com") || name.contains("exchange")
        {
            quirks.files_sent = true;
            quirks.no_modseq = true;
        }
        if at("zoho.com") || at("zoho.eu") {
            // Negative mod-sequences are on record.
            quirks.no_modseq = true;
        }
        quirks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::icloud("imap.mail.me.com", "", "", Quirks { no_qresync: true, no_esearch: true, ..Quirks::default() })]
    #[case::gmail("imap.gmail.com", "X-GM-EXT-1", "GImap", Quirks { files_sent: true, ..Quirks::default() })]
    #[case::microsoft("outlook.office365.com", "", "", Quirks { files_sent: true, no_modseq: true, ..Quirks::default() })]
    #[case::own_exchange("mail.example.com", "", "Microsoft.Exchange.Imap4.Imap4Server", Quirks { files_sent: true, no_modseq: true, ..Quirks::default() })]
    #[case::look_alike("notmail.me.com.example", "", "Dovecot", Quirks::default())]
    #[case::suffix_without_dot("badoutlook.com", "", "", Quirks::default())]
    fn switches(#[case] host: &str, #[case] cap: &str, #[case] name: &str, #[case] want: Quirks) {
        let caps = Caps::read([cap.as_bytes()]);
        assert_eq!(Quirks::of(host, &caps, name), want, "{host}");
    }
}
