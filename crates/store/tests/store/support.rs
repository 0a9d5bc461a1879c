//! A small account with three folders, and mails written in one line.

use std::collections::BTreeSet;

use kontor_model::query::{Named, Words};
use kontor_model::{
    AccountId, Address, Endpoint, Envelope, Flags, FolderId, MessageId, Millis, Query, Role,
    Security, ServerSettings, Term,
};
use kontor_store::{
    Arrival, Digest, NewBody, NewEnvelope, NewFolder, NewMail, PreparedMail, Result, Store, Stored,
    Write,
};
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z
pub(crate) const NEW_YEAR: i64 = 1_767_225_600_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 86_400_000;

pub(crate) struct Profile {
    pub(crate) store: Store,
    pub(crate) dir: TempDir,
    pub(crate) account: AccountId,
    pub(crate) inbox: FolderId,
    pub(crate) archive: FolderId,
    pub(crate) sent: FolderId,
}

impl Profile {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (account, folders) = store
            .write_blocking(Millis(NEW_YEAR), |w| {
                let account =
                    w.add_account("ana@hrast.example", "Ana", &settings("imap.hrast.example"))?;
                Ok((account, put_folders(w, account)?))
            })
            .unwrap();
        Self {
            store,
            dir,
            account,
            inbox: folders[0],
            archive: folders[1],
            sent: folders[2],
        }
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.write_blocking(Millis(NEW_YEAR), f).unwrap()
    }

    /// A whole mail as the profile stores it.
    pub(crate) fn prepared(&self, mail: &Mail) -> NewMail {
        let (head, digest) = (mail.head(), mail.digest());
        let body = self
            .store
            .prepare(&mail.raw(), &head.envelope, &digest)
            .unwrap();
        NewMail { head, body }
    }

    /// Rows of a table.
    pub(crate) fn count(&self, table: &str) -> i64 {
        let db = rusqlite::Connection::open(self.store.path()).unwrap();
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))
            .unwrap()
    }

    /// Stores whole mails as the first sync does.
    pub(crate) fn put(&self, folder: FolderId, mails: &[Mail]) -> Vec<Stored> {
        let mails = mails.iter().map(Mail::whole).collect();
        self.write(move |w| w.put_mails(folder, mails, None))
    }

    /// Stores whole mails as arrivals.
    pub(crate) fn arrive(&self, folder: FolderId, mails: &[Mail]) -> Vec<Stored> {
        let mails = mails.iter().map(Mail::whole).collect();
        let arrival = Arrival {
            layer: kontor_model::Layer::Push,
            announced_at: Millis(NEW_YEAR),
        };
        self.write(move |w| w.put_mails(folder, mails, Some(arrival)))
    }

    pub(crate) fn put_envelopes(&self, folder: FolderId, mails: &[Mail]) -> Vec<Stored> {
        let mails: Vec<NewEnvelope> = mails.iter().map(Mail::head).collect();
        self.write(move |w| w.put_envelopes(folder, &mails, None))
    }

    pub(crate) fn put_bodies(&self, bodies: Vec<(MessageId, &Mail)>) -> Vec<MessageId> {
        let bodies = bodies
            .into_iter()
            .map(|(message, mail)| NewBody {
                message,
                body: mail.whole().body,
            })
            .collect();
        self.write(move |w| w.put_bodies(bodies))
    }

    /// Subjects of a folder, newest first.
    pub(crate) fn subjects(&self, folder: FolderId) -> Vec<String> {
        let page = self.store.read(|r| r.messages(folder, None, 1000)).unwrap();
        page.rows.into_iter().map(|r| r.subject).collect()
    }

    /// Total and unread of a folder.
    pub(crate) fn counts(&self, folder: FolderId) -> (u64, u64) {
        let folder = self.store.read(|r| r.folder(folder)).unwrap().folder;
        (folder.total, folder.unread)
    }

    pub(crate) fn search(&self, terms: Vec<Term>) -> Vec<String> {
        let query = Query { terms };
        let page = self.store.search(&query, None, 50).unwrap();
        assert_eq!(
            page.total,
            page.hits.len() as u64,
            "the total is what is found"
        );
        let found: BTreeSet<MessageId> = page.hits.iter().map(|h| h.row.id).collect();
        let all: Vec<MessageId> = (1..=self.count("message")).map(MessageId).collect();
        let among = |some: &[MessageId]| self.store.read(|r| r.search_among(&query, some)).unwrap();
        assert_eq!(among(&all), found, "among all it finds the same");
        for one in all {
            let want: BTreeSet<MessageId> = found.iter().copied().filter(|id| *id == one).collect();
            assert_eq!(among(&[one]), want, "and of each alone");
        }
        page.hits.into_iter().map(|h| h.row.subject).collect()
    }

    /// Every rule of the tables holds.
    pub(crate) fn ok(&self) {
        assert_eq!(
            self.store.check().unwrap(),
            Vec::<String>::new(),
            "the tables agree with each other"
        );
    }
}

pub(crate) fn settings(host: &str) -> ServerSettings {
    ServerSettings {
        imap: Endpoint {
            host: host.to_owned(),
            port: 993,
            security: Security::Tls,
        },
        smtp: None,
        username: "ana".to_owned(),
        ca_pem: None,
    }
}

pub(crate) fn put_folders(w: &mut Write<'_>, account: AccountId) -> Result<Vec<FolderId>> {
    let names = [
        ("INBOX", Some(Role::Inbox)),
        ("Arhiv", Some(Role::Archive)),
        ("Poslano", Some(Role::Sent)),
    ];
    let listed: Vec<NewFolder> = names
        .iter()
        .map(|(name, role)| folder(name, *role))
        .collect();
    w.put_folders(account, &listed)?;
    names
        .iter()
        .map(|(n, _)| Ok(w.folder_by_wire(account, n)?.unwrap().folder.id))
        .collect()
}

pub(crate) fn folder(name: &str, role: Option<Role>) -> NewFolder {
    NewFolder {
        wire: name.to_owned(),
        path: name.to_owned(),
        delimiter: Some('/'),
        role,
        selectable: true,
    }
}

pub(crate) fn text(words: &str) -> Term {
    Term::Text(words_of(words))
}

/// A document: the ways it is written (a star behind one that only begins so), and how it is looked up.
pub(crate) fn named(ways: &[&str], key: &str) -> Term {
    Term::Names(Named {
        ways: ways.iter().map(|way| words_of(way)).collect(),
        key: key.to_owned(),
        begins: ways.iter().any(|way| way.ends_with('*')),
    })
}

pub(crate) fn words_of(words: &str) -> Words {
    Words {
        words: kontor_store::words(words),
        prefix: words.ends_with('*'),
    }
}

/// A mail; `at` is minutes after New Year 2026.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) uid: u32,
    pub(crate) at: i64,
    pub(crate) mid: Option<String>,
    pub(crate) refs: Vec<String>,
    pub(crate) subject: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) attachment: Option<String>,
    pub(crate) flags: u8,
    /// Stands for Received fields: two deliveries of one mail differ in them.
    pub(crate) trace: String,
}

impl Mail {
    /// A mail with its UID in everything that must be its own.
    pub(crate) fn new(uid: u32) -> Self {
        Self {
            uid,
            at: i64::from(uid),
            mid: Some(format!("m{uid}@lipa.example")),
            refs: Vec::new(),
            subject: format!("Zadeva {uid}"),
            from: "Borut Lipa <borut@lipa.example>".to_owned(),
            to: "Ana <ana@hrast.example>".to_owned(),
            text: format!("Besedilo številka {uid}."),
            attachment: None,
            flags: 0,
            trace: String::new(),
        }
    }

    pub(crate) fn at(mut self, minutes: i64) -> Self {
        self.at = minutes;
        self
    }

    pub(crate) fn mid(mut self, mid: &str) -> Self {
        self.mid = Some(mid.to_owned()).filter(|m| !m.is_empty());
        self
    }

    pub(crate) fn refs(mut self, refs: &[&str]) -> Self {
        self.refs = refs.iter().map(ToString::to_string).collect();
        self
    }

    pub(crate) fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    pub(crate) fn from(mut self, from: &str) -> Self {
        self.from = from.to_owned();
        self
    }

    pub(crate) fn to(mut self, to: &str) -> Self {
        self.to = to.to_owned();
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.text = text.to_owned();
        self
    }

    pub(crate) fn attachment(mut self, name: &str) -> Self {
        self.attachment = Some(name.to_owned());
        self
    }

    pub(crate) fn flags(mut self, flags: u8) -> Self {
        self.flags = flags;
        self
    }

    pub(crate) fn trace(mut self, trace: &str) -> Self {
        self.trace = trace.to_owned();
        self
    }

    /// The same mail under another UID.
    pub(crate) fn uid(mut self, uid: u32) -> Self {
        self.uid = uid;
        self
    }

    pub(crate) fn raw(&self) -> Vec<u8> {
        let mid = self.mid.as_deref().unwrap_or("none");
        format!(
            "{}Message-ID: <{mid}>\r\nSubject: {}\r\nFrom: {}\r\n\r\n{}\r\n",
            self.trace, self.subject, self.from, self.text
        )
        .into_bytes()
    }

    pub(crate) fn head(&self) -> NewEnvelope {
        NewEnvelope {
            uid: self.uid,
            flags: Flags {
                bits: self.flags,
                keywords: Vec::new(),
            },
            internal_date: Millis(NEW_YEAR + self.at * MINUTE + 5000),
            size: self.raw().len() as u64,
            envelope: Envelope {
                message_id: self.mid.clone(),
                subject: self.subject.clone(),
                from: people(&self.from),
                to: people(&self.to),
                cc: Vec::new(),
                reply_to: Vec::new(),
                date: Some(Millis(NEW_YEAR + self.at * MINUTE)),
                in_reply_to: self.refs.last().cloned().into_iter().collect(),
                references: self.refs.clone(),
            },
            has_attachment: None,
        }
    }

    pub(crate) fn whole(&self) -> NewMail {
        let head = self.head();
        let body = PreparedMail::new(&self.raw(), &head.envelope, &self.digest()).unwrap();
        NewMail { head, body }
    }

    fn digest(&self) -> Digest {
        Digest {
            text: self.text.clone(),
            attachments: self.attachment.clone().into_iter().collect(),
            has_attachment: self.attachment.is_some(),
            preview: self.text.chars().take(40).collect(),
            source: None,
        }
    }
}

fn people(list: &str) -> Vec<Address> {
    list.split(", ")
        .filter(|p| !p.is_empty())
        .map(|p| match p.split_once(" <") {
            Some((name, address)) => Address::new(name, address.trim_end_matches('>')),
            None => Address::new("", p),
        })
        .collect()
}
