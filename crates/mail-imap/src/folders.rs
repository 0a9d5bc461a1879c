//! Listing folders, their counters, making them.

use std::collections::BTreeMap;

use kontor_mail::provider::{RemoteFolder, RemoteStatus, Result};
use kontor_model::Role;

use crate::answer::{Answer, Condition, Listed};
use crate::command::Command;
use crate::{ImapProvider, mutf7, roles};

impl ImapProvider {
    pub(crate) async fn list_folders(&mut self, counters: bool) -> Result<Vec<RemoteFolder>> {
        self.session.ready().await?;
        if counters {
            self.catch_up().await?;
        }
        if let Some(extended) = self.extended_list(counters) {
            let mut listing = Listing::default();
            let outcome = self
                .session
                .run(Command::new(extended), |a| listing.take(a))
                .await?;
            // Some servers offer the extension and then do not understand it.
            if outcome.condition != Condition::Bad {
                outcome.ok("list the folders")?;
                return Ok(listing.finish());
            }
        }
        let mut listing = Listing::default();
        self.session
            .run(Command::new(r#"LIST "" "*""#), |a| listing.take(a))
            .await?
            .ok("list the folders")?;
        Ok(listing.finish())
    }

    /// The counters of the selected folder are as old as this session's view of it (RFC 3501 §6.3.10 warns): the view
    /// is brought up to date first.
    async fn catch_up(&mut self) -> Result<()> {
        if self.session.selected.is_some() {
            self.session
                .run(Command::new("NOOP"), |_| ())
                .await?
                .ok("look at the folder")?;
        }
        Ok(())
    }

    fn extended_list(&self, counters: bool) -> Option<String> {
        let caps = &self.session.caps;
        let mut wanted = Vec::new();
        if caps.has("SPECIAL-USE") && (caps.has("LIST-EXTENDED") || caps.has("LIST-STATUS")) {
            wanted.push("SPECIAL-USE".to_owned());
        }
        if counters && caps.has("LIST-STATUS") {
            wanted.push(format!("STATUS ({})", self.counters()));
        }
        (!wanted.is_empty()).then(|| format!(r#"LIST "" "*" RETURN ({})"#, wanted.join(" ")))
    }

    /// The counters to ask for: HIGHESTMODSEQ only of a server that knows it, or the whole command is refused.
    fn counters(&self) -> &'static str {
        let caps = &self.session.caps;
        if (caps.has("CONDSTORE") || caps.has("QRESYNC")) && !self.session.quirks.no_modseq {
            "MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ"
        } else {
            "MESSAGES UIDNEXT UIDVALIDITY UNSEEN"
        }
    }

    pub(crate) async fn status_of(&mut self, wire: &str) -> Result<RemoteStatus> {
        self.session.ready().await?;
        if self
            .session
            .selected
            .as_ref()
            .is_some_and(|s| s.wire == wire)
        {
            self.catch_up().await?;
        }
        let command = Command::new("STATUS ")
            .string(wire)
            .text(&format!(" ({})", self.counters()));
        let mut found = RemoteStatus::default();
        self.session
            .run(command, |answer| {
                if let Answer::Counters(name, counters) = answer
                    && same_folder(name, wire)
                {
                    found = *counters;
                }
            })
            .await?
            .ok("look at the folder")?;
        Ok(found)
    }

    pub(crate) async fn make_folder(&mut self, wire: &str) -> Result<()> {
        self.session.ready().await?;
        let outcome = self
            .session
            .run(Command::new("CREATE ").string(wire), |_| ())
            .await?;
        let there =
            outcome.code == "ALREADYEXISTS" || outcome.text.to_ascii_lowercase().contains("exists");
        if !outcome.is_ok() && !there {
            return Err(outcome.fault("make the folder"));
        }
        // So that other programs of the person see it too; no matter where it fails.
        let subscribed = self
            .session
            .run(Command::new("SUBSCRIBE ").string(wire), |_| ())
            .await?;
        if !subscribed.is_ok() {
            tracing::debug!(why = %subscribed.text, "the new folder is not subscribed");
        }
        Ok(())
    }
}

/// True for the same mailbox name; INBOX is spelled as one likes (RFC 3501 §5.1).
pub(crate) fn same_folder(name: &[u8], wire: &str) -> bool {
    name == wire.as_bytes()
        || (name.eq_ignore_ascii_case(b"INBOX") && wire.eq_ignore_ascii_case("INBOX"))
}

/// LIST and STATUS lines, in whichever order they come.
#[derive(Debug, Default)]
struct Listing {
    folders: BTreeMap<String, RemoteFolder>,
    /// `\All`: where "archive" leads where nothing else is offered for it.
    all: Option<String>,
    counters: BTreeMap<String, RemoteStatus>,
}

impl Listing {
    fn take(&mut self, answer: &Answer<'_>) {
        match answer {
            Answer::List(listed) if !listed.name.is_empty() => {
                let folder = read(listed);
                if listed.has("\\All") || listed.has("\\AllMail") {
                    self.all = Some(folder.wire.clone());
                }
                self.folders.insert(folder.wire.clone(), folder);
            }
            Answer::Counters(name, counters) => {
                self.counters.insert(key(name), *counters);
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<RemoteFolder> {
        // INBOX always exists, listed or not.
        self.folders
            .entry("INBOX".to_owned())
            .or_insert_with(|| RemoteFolder {
                wire: "INBOX".to_owned(),
                path: "INBOX".to_owned(),
                delimiter: None,
                role: Some(Role::Inbox),
                selectable: true,
                status: None,
            });
        let mut folders: Vec<_> = self.folders.into_values().collect();
        for folder in &mut folders {
            folder.status = self.counters.get(&folder.wire).copied();
        }
        roles::by_name(&mut folders);
        if let Some(all) = self.all
            && !folders.iter().any(|f| f.role == Some(Role::Archive))
            && let Some(folder) = folders
                .iter_mut()
                .find(|f| f.wire == all && f.role.is_none())
        {
            folder.role = Some(Role::Archive);
        }
        folders.sort_by_key(|f| (f.role != Some(Role::Inbox), f.path.to_lowercase()));
        folders
    }
}

fn key(name: &[u8]) -> String {
    if name.eq_ignore_ascii_case(b"INBOX") {
        return "INBOX".to_owned();
    }
    String::from_utf8_lossy(name).into_owned()
}

fn read(listed: &Listed<'_>) -> RemoteFolder {
    let wire = key(&listed.name);
    let inbox = wire == "INBOX";
    // A name in an unknown charset can be shown but not asked for: what we would send is not what the server has.
    let ours = std::str::from_utf8(&listed.name).is_ok();
    let role = if inbox {
        Some(Role::Inbox)
    } else {
        listed
            .attributes
            .iter()
            .find_map(|a| roles::by_attribute(a))
            .filter(|r| *r != Role::Inbox)
    };
    RemoteFolder {
        path: mutf7::decode(&wire),
        wire,
        delimiter: listed.delimiter,
        role,
        selectable: ours && !listed.has("\\Noselect") && !listed.has("\\NonExistent"),
        status: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(lines: &[&str]) -> Vec<RemoteFolder> {
        let mut listing = Listing::default();
        for line in lines {
            listing.take(&Answer::parse(line.as_bytes()));
        }
        listing.finish()
    }

    #[test]
    fn a_full_listing_has_roles_counters_and_inbox_first() {
        let folders = listing(&[
            r#"* LIST (\HasNoChildren \Trash) "/" Trash"#,
            r#"* STATUS Trash (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 5 UNSEEN 0 HIGHESTMODSEQ 77)"#,
            r#"* LIST (\Noselect \HasChildren) "/" "[Gmail]""#,
            r#"* LIST (\All) "/" "[Gmail]/All Mail""#,
            r#"* LIST () "/" "Ko&AWE-arica""#,
            r#"* LIST () "/" inbox"#,
            r#"* STATUS InBox (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3 UNSEEN 1)"#,
            r#"* LIST (\NonExistent) "/" Gone"#,
        ]);
        let seen: Vec<_> = folders
            .iter()
            .map(|f| {
                (
                    f.path.as_str(),
                    f.role,
                    f.selectable,
                    f.status.map(|s| s.messages),
                )
            })
            .collect();
        assert_eq!(
            seen,
            vec![
                ("INBOX", Some(Role::Inbox), true, Some(1)),
                ("[Gmail]", None, false, None),
                ("[Gmail]/All Mail", Some(Role::Archive), true, None),
                ("Gone", None, false, None),
                ("Košarica", None, true, None),
                ("Trash", Some(Role::Trash), true, Some(3)),
            ]
        );
    }

    #[test]
    fn inbox_is_there_even_if_nobody_lists_it() {
        assert_eq!(listing(&[]).len(), 1);
    }
}
