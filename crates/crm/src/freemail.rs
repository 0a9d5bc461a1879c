//! Providers of mail for everybody: that two people have an address there says nothing about them.

/// Sorted, for a binary search. Slovenian providers and those their customers abroad use.
const PROVIDERS: &[&str] = &[
    "abv.bg",
    "amis.net",
    "aol.com",
    "arnes.si",
    "atlas.cz",
    "azet.sk",
    "bluewin.ch",
    "btinternet.com",
    "centrum.cz",
    "email.com",
    "email.cz",
    "email.si",
    "fastmail.com",
    "free.fr",
    "freemail.hu",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "guest.arnes.si",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "inbox.com",
    "inbox.lv",
    "inet.hr",
    "interia.pl",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "net.hr",
    "o2.pl",
    "onet.pl",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "seznam.cz",
    "siol.com",
    "siol.net",
    "t-1.si",
    "t-2.net",
    "t-2.si",
    "t-online.de",
    "telemach.net",
    "tiscali.it",
    "triera.net",
    "tuta.com",
    "tutanota.com",
    "virgilio.it",
    "volja.net",
    "wanadoo.fr",
    "web.de",
    "windowslive.com",
    "wp.pl",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.it",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// True when anybody can have an address of this domain (lower case): it ties nobody to a company.
#[must_use]
pub fn is_freemail(domain: &str) -> bool {
    PROVIDERS.binary_search(&domain).is_ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{PROVIDERS, is_freemail};

    #[test]
    fn the_list_is_sorted() {
        assert!(PROVIDERS.is_sorted_by(|a, b| a < b), "for the search in it");
    }

    #[rstest]
    #[case::slovenian("siol.net", true)]
    #[case::world("gmail.com", true)]
    #[case::company("hrast.si", false)]
    #[case::nothing("", false)]
    fn providers_are_known(#[case] domain: &str, #[case] want: bool) {
        assert_eq!(is_freemail(domain), want, "{domain}");
    }
}
