//! The sample company: Hrast & Vijak sells oak boards and fittings to joiners in six countries.
//!
//! A few hundred threads in Slovenian, English and German that look like the design's pictures: the newest ones are
//! those of the pictures, word for word, the others are made from a dozen stories. All of it is invented; every domain
//! ends in `.example`. The same moment gives the same mail, byte for byte.

mod arrivals;
mod dates;
mod files;
mod generator;
mod letter;
mod markup;
pub mod people;
mod script;
mod special;
mod story;

use std::collections::BTreeMap;

pub use arrivals::{Arrival, Arrivals};

use crate::{DovecotBuilder, Mail, Rng};
use people::person;
use story::{Cast, play, written_times};

/// Minutes after midnight of the newest mail in the pictures: 09:42.
const NEWEST: i64 = 9 * 60 + 42;

/// One mailbox of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Short name in the thread files.
    pub key: &'static str,
    /// Its address, also the login.
    pub address: &'static str,
    /// What the window calls it.
    pub name: &'static str,
    /// Whether new mail comes in.
    pub live: bool,
}

impl Account {
    /// Where its randomness starts.
    fn seed(&self) -> u64 {
        self.key
            .bytes()
            .fold(1, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)))
    }
}

/// The accounts, in the order of the rail.
pub const ACCOUNTS: &[Account] = &[
    Account {
        key: "maja",
        address: "maja@hrastvijak.example",
        name: "Maja",
        live: true,
    },
    Account {
        key: "prodaja",
        address: "prodaja@hrastvijak.example",
        name: "Prodaja",
        live: true,
    },
    Account {
        key: "info",
        address: "info@hrastvijak.example",
        name: "Info",
        live: true,
    },
    Account {
        key: "servis",
        address: "servis@hrastvijak.example",
        name: "Servis",
        live: false,
    },
];

/// The folders besides INBOX and those every account has.
pub const FOLDERS: &[&str] = &["Naročila", "Dobavitelji"];

/// The account with this short name.
#[must_use]
pub fn account(key: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|a| a.key == key)
}

/// All mail of the company, by address, as it lies at the moment `now` (Unix time).
///
/// The day of `now` gets the mail of the pictures at the hours of the pictures, as far as they have struck.
#[must_use]
pub fn mail(now: i64) -> BTreeMap<&'static str, Vec<Mail>> {
    let mut mailboxes = BTreeMap::new();
    for account in ACCOUNTS {
        let mut mails = pictured(account, now);
        mails.extend(generator::older(account, now));
        mails.extend(special::mails(account, now, NEWEST));
        mails.sort_by_key(|m| m.received);
        mailboxes.insert(account.address, mails);
    }
    mailboxes
}

/// Fills a server with the company: its users, folders and mail.
#[must_use]
pub fn seed(builder: DovecotBuilder, now: i64) -> DovecotBuilder {
    let mut builder = builder.special_use("Spam", "\\Junk");
    for folder in FOLDERS {
        builder = builder.mailbox(folder);
    }
    for colleague in people::PEOPLE
        .iter()
        .filter(|p| p.role == people::Role::Colleague)
    {
        builder = builder.user(colleague.address);
    }
    mail(now)
        .into_iter()
        .fold(builder, |b, (address, mails)| b.mails(address, mails))
}

/// New mail without end; the same seed writes the same sequence.
#[must_use]
pub fn arrivals(seed: u64) -> Arrivals {
    Arrivals::new(seed)
}

/// The threads of the pictures that belong to this account.
fn pictured(account: &Account, now: i64) -> Vec<Mail> {
    let mut rng = Rng::new(account.seed().wrapping_add(1));
    let mut mails = Vec::new();
    for script in script::parse(include_str!("company/pictures.txt")) {
        let here = script.place.first().is_some_and(|key| key == account.key);
        let Some(me) = person("maja").filter(|_| here) else {
            continue;
        };
        let folder = script
            .place
            .get(1)
            .map_or("INBOX", String::as_str)
            .to_owned();
        let times = written_times(&script, now, NEWEST);
        let cast = Cast {
            account,
            them: None,
            me,
            folder,
            words: Vec::new(),
            times,
            today: now,
        };
        mails.extend(play(&script, &cast, &mut rng).into_iter().map(|p| p.mail));
    }
    mails
}

#[cfg(test)]
mod tests;
