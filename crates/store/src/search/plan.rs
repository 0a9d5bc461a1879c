//! From a parsed query to SQL.

use kontor_model::query::Words;
use kontor_model::{Flags, FolderId, Query, Term};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::fold::{fold, fold_word};
use crate::{Read, Result, identity};

use super::address_token;

/// A query made ready: an FTS expression, a range of search keys, and conditions on placements.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// FTS5 expression; empty when the query names no word.
    pub(crate) expression: String,
    /// First key.
    pub(crate) from: i64,
    /// Behind the last key.
    pub(crate) until: i64,
    /// Conditions on `m` (message), each true or false of a message.
    pub(crate) conditions: Vec<String>,
    /// What is marked in snippets.
    pub(crate) words: Vec<Words>,
}

impl Plan {
    pub(crate) fn new(read: &Read<'_>, query: &Query) -> Result<Self> {
        let mut plan = Self {
            expression: String::new(),
            from: i64::MIN,
            until: i64::MAX,
            conditions: Vec::new(),
            words: Vec::new(),
        };
        for term in &query.terms {
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
                self.match_words("", &words);
                if !words.words.is_empty() {
                    self.words.push(words);
                }
            }
            Term::Subject(words) => self.match_words("subject : ", &refold(words)),
            Term::From(words) => self.match_words("sender : ", &refold(words)),
            Term::To(words) => self.match_words("recipients : ", &refold(words)),
            Term::FromAddress(key) => self.and(&format!(
                "sender : \"{}\"",
                address_token(&key.to_lowercase())
            )),
            Term::ToAddress(key) => self.and(&format!(
                "recipients : \"{}\"",
                address_token(&key.to_lowercase())
            )),
            Term::Before(date) => self.until = self.until.min(identity::first_doc(*date)),
            Term::After(date) => self.from = self.from.max(identity::first_doc(*date)),
            Term::HasAttachment => self.conditions.push("m.has_attachment = 1".to_owned()),
            Term::In(name) => {
                let folders = folders_named(read, name)?;
                let list: Vec<String> = folders.iter().map(ToString::to_string).collect();
                self.placed(&format!("p.folder_id IN ({})", list.join(", ")));
            }
            Term::Unread => self.placed(&format!("p.flags & {} = 0", Flags::SEEN)),
            Term::Read => self.placed(&format!("p.flags & {} <> 0", Flags::SEEN)),
            Term::Flagged => self.placed(&format!("p.flags & {} <> 0", Flags::FLAGGED)),
            Term::Answered => self.placed(&format!("p.flags & {} <> 0", Flags::ANSWERED)),
        }
        Ok(())
    }

    fn placed(&mut self, condition: &str) {
        self.conditions.push(format!(
            "EXISTS (SELECT 1 FROM placement p WHERE p.message_id = m.id AND p.hidden = 0 AND {condition})"
        ));
    }

    fn match_words(&mut self, column: &str, words: &Words) {
        if words.words.is_empty() {
            return;
        }
        let star = if words.prefix { " *" } else { "" };
        self.and(&format!("{column}\"{}\"{star}", words.words.join(" ")));
    }

    fn and(&mut self, part: &str) {
        if !self.expression.is_empty() {
            self.expression.push_str(" AND ");
        }
        self.expression.push_str(part);
    }

    /// What the total depends on.
    pub(crate) fn key(&self) -> String {
        format!(
            "{}\n{}\n{}\n{}",
            self.expression,
            self.from,
            self.until,
            self.conditions.join("\n")
        )
    }

    /// True when the query only names a range of time.
    pub(crate) fn is_range(&self) -> bool {
        self.expression.is_empty() && self.conditions.is_empty()
    }

    /// Returns up to `limit` search keys before `before`, newest first.
    pub(crate) fn docs(&self, conn: &Connection, before: i64, limit: u32) -> Result<Vec<i64>> {
        let (select, bind) = self.select("doc", self.until.min(before));
        let mut statement =
            conn.prepare_cached(&format!("{select} ORDER BY doc DESC LIMIT {limit}"))?;
        let rows = statement.query_map(rusqlite::params_from_iter(bind), |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Counts what matches within a range of keys.
    pub(crate) fn count(&self, conn: &Connection) -> Result<u64> {
        let (select, bind) = self.select("count(*)", self.until);
        Ok(conn
            .prepare_cached(&select)?
            .query_row(rusqlite::params_from_iter(bind), |r| r.get(0))?)
    }

    /// The statement without its order, and what is bound to it.
    fn select(&self, what: &str, until: i64) -> (String, Vec<Value>) {
        let mut bind = vec![Value::Integer(self.from), Value::Integer(until)];
        let mut conditions = self.conditions.clone();
        let (column, source) = if self.expression.is_empty() {
            conditions.push("m.places > 0".to_owned());
            ("m.doc", "message m")
        } else {
            bind.push(Value::Text(self.expression.clone()));
            if conditions.is_empty() {
                ("s.rowid", "search s")
            } else {
                // CROSS JOIN fixes the order of the loops: the words are looked up first.
                (
                    "s.rowid",
                    "search s CROSS JOIN message m ON m.doc = s.rowid",
                )
            }
        };
        if !self.expression.is_empty() {
            conditions.push("search MATCH ?3".to_owned());
        }
        conditions.push(format!("{column} >= ?1 AND {column} < ?2"));
        let what = if what == "doc" {
            format!("{column} AS doc")
        } else {
            what.to_owned()
        };
        (
            format!(
                "SELECT {what} FROM {source} WHERE {}",
                conditions.join(" AND ")
            ),
            bind,
        )
    }
}

/// Folds a query's words as the index was: whoever parsed the query cannot disagree with it.
fn refold(words: &Words) -> Words {
    let mut folded = Vec::with_capacity(words.words.len());
    for word in &words.words {
        let mut out = String::new();
        for (_, part) in crate::fold::spans(word) {
            fold_word(part, &mut out);
            folded.push(std::mem::take(&mut out));
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
