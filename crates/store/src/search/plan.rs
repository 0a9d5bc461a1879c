//! From a parsed query to what is asked of the tables.

use kontor_model::query::{Named, Strangers, Words};
use kontor_model::{FolderId, Query, Term};
use rusqlite::params;

use crate::fold::{fold, fold_word, spans};
use crate::{Read, Result, identity};

use super::address_token;

/// More words than this with one prefix are left to FTS5's own prefix scan.
const MOST_WORDS: u32 = 48;

/// Addresses asked for at once.
const ADDRESSES: usize = 64;

/// A query made ready: an FTS expression, a range of search keys, and conditions the words say nothing of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// FTS5 expression; empty when the query names no word.
    pub(crate) expression: String,
    /// First key.
    pub(crate) from: i64,
    /// Behind the last key.
    pub(crate) until: i64,
    /// Each must hold; sorted.
    pub(crate) conditions: Vec<Condition>,
    /// What none of these finds.
    pub(crate) without: Vec<Self>,
    /// Words in the expression: a single one is counted faster than it is listed.
    pub(crate) tokens: usize,
    /// What is marked in snippets.
    pub(crate) words: Vec<Words>,
}

/// What some index other than the words' answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    /// An attachment that is not inline.
    Attachment,
    /// A placement in one of these folders.
    In(Vec<FolderId>),
    /// One of these addresses in From, To or Cc; sorted.
    With(Vec<String>),
    /// From somebody who writes for the first time.
    First(Strangers),
    /// What these words find, and the mails of these keys (ascending), whose attachments say it.
    Names(String, Vec<i64>),
    /// A placement without `\Seen`.
    Unread,
    /// A placement with `\Seen`.
    Read,
    /// A placement with `\Flagged`.
    Flagged,
    /// A placement with `\Answered`.
    Answered,
}

impl Plan {
    pub(crate) fn new(read: &Read<'_>, query: &Query) -> Result<Self> {
        Self::of(read, &query.terms)
    }

    fn of(read: &Read<'_>, terms: &[Term]) -> Result<Self> {
        let mut plan = Self {
            expression: String::new(),
            from: i64::MIN,
            until: i64::MAX,
            conditions: Vec::new(),
            without: Vec::new(),
            tokens: 0,
            words: Vec::new(),
        };
        for term in terms {
            plan.add(read, term)?;
        }
        plan.conditions.sort();
        plan.conditions.dedup();
        Ok(plan)
    }

    fn add(&mut self, read: &Read<'_>, term: &Term) -> Result<()> {
        match term {
            Term::Text(words) => {
                let words = refold(words);
                self.match_words(read, "", &words)?;
                if !words.words.is_empty() {
                    self.words.push(words);
                }
            }
            Term::Subject(words) => self.match_words(read, "subject : ", &refold(words))?,
            Term::From(words) => self.match_words(read, "sender : ", &refold(words))?,
            Term::To(words) => self.match_words(read, "recipients : ", &refold(words))?,
            Term::FromAddress(key) => self.match_address("sender", key),
            Term::ToAddress(key) => self.match_address("recipients", key),
            Term::With(addresses) => {
                let mut addresses = addresses.clone();
                addresses.sort_unstable();
                addresses.dedup();
                self.conditions.push(Condition::With(addresses));
            }
            Term::FirstFrom(strangers) => {
                self.conditions.push(Condition::First(strangers.clone()));
            }
            Term::Not(terms) => self.without.push(Self::of(read, terms)?),
            Term::Names(named) => self.match_named(read, named)?,
            Term::Before(date) => self.until = self.until.min(identity::first_doc(*date)),
            Term::After(date) => self.from = self.from.max(identity::first_doc(*date)),
            Term::HasAttachment => self.conditions.push(Condition::Attachment),
            Term::In(name) => self
                .conditions
                .push(Condition::In(folders_named(read, name)?)),
            Term::Unread => self.conditions.push(Condition::Unread),
            Term::Read => self.conditions.push(Condition::Read),
            Term::Flagged => self.conditions.push(Condition::Flagged),
            Term::Answered => self.conditions.push(Condition::Answered),
        }
        Ok(())
    }

    fn match_address(&mut self, column: &str, address: &str) {
        self.tokens = self.tokens.saturating_add(1);
        self.and(&format!(
            "{column} : \"{}\"",
            address_token(&address.to_lowercase())
        ));
    }

    /// A number is written in few ways: each is a phrase. Words alone are counted faster than they are listed, so they
    /// stay alone where no attachment says it.
    fn match_named(&mut self, read: &Read<'_>, named: &Named) -> Result<()> {
        let ways: Vec<Words> = named.ways.iter().map(refold).collect();
        let phrase = |way: &Words| {
            let star = if way.prefix { " *" } else { "" };
            format!("\"{}\"{star}", way.words.join(" "))
        };
        let phrases: Vec<String> = ways
            .iter()
            .filter(|way| !way.words.is_empty())
            .map(phrase)
            .collect();
        if phrases.is_empty() {
            // Words that are nothing find nothing.
            self.conditions.push(Condition::With(Vec::new()));
            return Ok(());
        }
        let any = format!("({})", phrases.join(" OR "));
        let papers = read.docs_of_papers(&named.key, named.begins)?;
        if papers.is_empty() {
            let tokens: usize = ways.iter().map(|way| way.words.len()).sum();
            self.tokens = self.tokens.saturating_add(tokens);
            self.and(&any);
        } else {
            self.conditions.push(Condition::Names(any, papers));
        }
        self.words.extend(ways);
        Ok(())
    }

    fn match_words(&mut self, read: &Read<'_>, column: &str, words: &Words) -> Result<()> {
        let Some(last) = words.words.last() else {
            return Ok(());
        };
        let phrase = words.words.join(" ");
        self.tokens = self.tokens.saturating_add(words.words.len());
        if !words.prefix {
            self.and(&format!("{column}\"{phrase}\""));
            return Ok(());
        }
        if words.words.len() == 1
            && let Some(known) = read.words_with_prefix(last, MOST_WORDS)?
        {
            // FTS5 gathers all of a prefix before it gives the first row; the words themselves come as they are asked for.
            self.tokens = self.tokens.saturating_add(known.len());
            let any: Vec<String> = known.iter().map(|w| format!("\"{w}\"")).collect();
            self.and(&format!("{column}({})", any.join(" OR ")));
            return Ok(());
        }
        self.and(&format!("{column}\"{phrase}\" *"));
        Ok(())
    }

    fn and(&mut self, part: &str) {
        if !self.expression.is_empty() {
            self.expression.push_str(" AND ");
        }
        self.expression.push_str(part);
    }

    /// What the answer depends on.
    pub(crate) fn key(&self) -> String {
        let without: Vec<String> = self.without.iter().map(Self::key).collect();
        format!(
            "{}\n{}\n{}\n{:?}\n{without:?}",
            self.expression, self.from, self.until, self.conditions
        )
    }

    /// True when words and a range of time say it all: the index alone answers.
    pub(crate) fn is_plain(&self) -> bool {
        self.conditions.is_empty() && self.without.is_empty()
    }

    /// True when the query only names a range of time.
    pub(crate) fn is_range(&self) -> bool {
        self.expression.is_empty() && self.is_plain()
    }

    /// The same plan within a range of keys.
    pub(crate) fn within(&self, from: i64, until: i64) -> Self {
        Self {
            from: self.from.max(from),
            until: self.until.min(until),
            ..self.clone()
        }
    }
}

impl Read<'_> {
    /// Returns up to `limit` search keys before `before`, newest first. Only for plans without conditions.
    pub(crate) fn docs(&self, plan: &Plan, before: i64, limit: u32) -> Result<Vec<i64>> {
        let until = plan.until.min(before);
        let read = |r: &rusqlite::Row<'_>| r.get(0);
        let docs = if plan.expression.is_empty() {
            self.conn
                .prepare_cached(
                    "SELECT doc FROM message WHERE doc >= ?1 AND doc < ?2 AND places > 0 ORDER BY doc DESC LIMIT ?3",
                )?
                .query_map(params![plan.from, until, limit], read)?
                .collect::<rusqlite::Result<_>>()?
        } else {
            self.conn
                .prepare_cached(
                    "SELECT rowid FROM search WHERE search MATCH ?4 AND rowid >= ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
                )?
                .query_map(params![plan.from, until, limit, plan.expression], read)?
                .collect::<rusqlite::Result<_>>()?
        };
        Ok(docs)
    }

    /// Counts the search rows that match a plan's words within its range.
    pub(crate) fn count_words(&self, plan: &Plan) -> Result<u64> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM search WHERE search MATCH ?3 AND rowid >= ?1 AND rowid < ?2",
            )?
            .query_row(params![plan.from, plan.until, plan.expression], |r| {
                r.get(0)
            })?)
    }

    /// Returns the keys that fulfil a condition within a range, ascending, each once.
    pub(crate) fn docs_where(
        &self,
        condition: &Condition,
        from: i64,
        until: i64,
    ) -> Result<Vec<i64>> {
        let of = |sql: &str, folder: Option<FolderId>| -> Result<Vec<i64>> {
            let mut statement = self.conn.prepare_cached(sql)?;
            let folder = folder.map_or(0, |f| f.0);
            let rows = statement.query_map([from, until, folder], |r| r.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let mut docs = match condition {
            Condition::Attachment => of(
                "SELECT doc FROM message WHERE doc >= ?1 AND doc < ?2 AND ?3 = 0 AND has_attachment = 1 AND places > 0 ORDER BY doc",
                None,
            )?,
            Condition::In(folders) => {
                let mut docs = Vec::new();
                for folder in folders {
                    docs.extend(of(
                        "SELECT doc FROM placement WHERE folder_id = ?3 AND doc >= ?1 AND doc < ?2 AND hidden = 0 ORDER BY doc",
                        Some(*folder),
                    )?);
                }
                docs.sort_unstable();
                docs
            }
            Condition::With(addresses) => self.docs_with(addresses, from, until)?,
            Condition::First(strangers) => self.docs_of_strangers(strangers, from, until)?,
            Condition::Names(words, papers) => {
                let mut docs = self.docs_saying(words, from, until)?;
                docs.extend(papers.iter().filter(|doc| (from..until).contains(doc)));
                docs.sort_unstable();
                docs
            }
            Condition::Unread => of(
                "SELECT doc FROM placement WHERE doc >= ?1 AND doc < ?2 AND ?3 = 0 AND hidden = 0 AND flags & 1 = 0 ORDER BY doc",
                None,
            )?,
            Condition::Read => of(
                "SELECT doc FROM placement WHERE doc >= ?1 AND doc < ?2 AND ?3 = 0 AND hidden = 0 AND flags & 1 <> 0 ORDER BY doc",
                None,
            )?,
            Condition::Flagged => of(
                "SELECT doc FROM placement WHERE doc >= ?1 AND doc < ?2 AND ?3 = 0 AND hidden = 0 AND flags & 4 <> 0 ORDER BY doc",
                None,
            )?,
            Condition::Answered => of(
                "SELECT doc FROM placement WHERE doc >= ?1 AND doc < ?2 AND ?3 = 0 AND hidden = 0 AND flags & 2 <> 0 ORDER BY doc",
                None,
            )?,
        };
        docs.dedup();
        Ok(docs)
    }
}

impl Read<'_> {
    /// Returns the keys of mails that some folder shows and these words find, in no order.
    fn docs_saying(&self, words: &str, from: i64, until: i64) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT s.rowid FROM search s JOIN message m ON m.doc = s.rowid
             WHERE s.search MATCH ?3 AND s.rowid >= ?1 AND s.rowid < ?2 AND m.places > 0",
        )?;
        let rows = statement.query_map(params![from, until, words], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the keys of mails with one of these addresses in From, To or Cc, ascending.
    fn docs_with(&self, addresses: &[String], from: i64, until: i64) -> Result<Vec<i64>> {
        let mut docs = Vec::new();
        for some in addresses.chunks(ADDRESSES) {
            let tokens: Vec<String> = some
                .iter()
                .map(|address| format!("\"{}\"", address_token(&address.to_lowercase())))
                .collect();
            let any = format!("{{sender recipients}} : ({})", tokens.join(" OR "));
            docs.extend(self.docs_saying(&any, from, until)?);
        }
        docs.sort_unstable();
        Ok(docs)
    }
}

/// Folds a query's words as the index was: whoever parsed the query cannot disagree with it.
fn refold(words: &Words) -> Words {
    let mut folded = Vec::with_capacity(words.words.len());
    for word in &words.words {
        for (_, part) in spans(word) {
            let mut out = String::new();
            fold_word(part, &mut out);
            folded.push(out);
        }
    }
    folded.retain(|w| !w.is_empty());
    Words {
        words: folded,
        prefix: words.prefix,
    }
}

/// Folders whose path, last name or role is this.
fn folders_named(read: &Read<'_>, name: &str) -> Result<Vec<FolderId>> {
    let wanted = fold(name);
    let mut found = Vec::new();
    for row in read.folders(None)? {
        let folder = row.folder;
        let role = folder.role.is_some_and(|r| r.as_str() == wanted);
        if role || fold(&folder.path) == wanted || fold(folder.name()) == wanted {
            found.push(folder.id);
        }
    }
    Ok(found)
}
