//! Real provider files (`corpora/autoconfig`): every one says to us what it says.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "the functions around the tests are tests too"
)]

#[path = "smtp_script/world.rs"]
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use futures::FutureExt as _;
use kontor_mail_imap::discover::{ClientConfig, MailServer, Socket, Source, discover};
use kontor_model::Security;
use world::World;

/// All XML files of the corpus; `None`, said aloud, where there is no corpus.
fn files() -> Option<Vec<(PathBuf, String)>> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let corpora = std::env::var_os("KONTOR_CORPORA").map_or(default, PathBuf::from);
    let mut found = Vec::new();
    for folder in fs::read_dir(corpora.join("autoconfig"))
        .into_iter()
        .flatten()
        .flatten()
    {
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|e| e == "xml") {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                found.push((path, text));
            }
        }
    }
    found.sort();
    if found.is_empty() {
        eprintln!("NOT RUN: no corpora/autoconfig; set KONTOR_CORPORA to the corpora folder");
        return None;
    }
    Some(found)
}

/// A second reading, by searching text: nothing in common with the reader under test.
fn by_searching(text: &str, tag: &str) -> Vec<[String; 5]> {
    // Outside comments: what stands before the first, and behind the end of each.
    let outside = text
        .split("<!--")
        .enumerate()
        .map(|(n, part)| match part.split_once("-->") {
            Some((_comment, rest)) if n > 0 => rest,
            _ => part,
        });
    let text: String = outside.collect();
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from)?.1;
        Some(rest.split_once(to)?.0.trim().to_owned())
    };
    let mut found = Vec::new();
    for block in text.split(&format!("<{tag} ")).skip(1) {
        let block = block.split_once(&format!("</{tag}>")).unwrap().0;
        let one = |tag: &str| {
            between(block, &format!("<{tag}>"), &format!("</{tag}>")).unwrap_or_default()
        };
        let kind = between(block, "type=\"", "\"").unwrap();
        found.push([
            kind,
            one("hostname"),
            one("port"),
            one("socketType"),
            one("username"),
        ]);
    }
    found
}

fn as_read(servers: &[MailServer]) -> Vec<[String; 5]> {
    servers
        .iter()
        .map(|s| {
            let socket = match s.socket {
                Socket::Ssl => "SSL",
                Socket::Starttls => "STARTTLS",
                Socket::Plain => "plain",
            };
            let port = if s.port == 0 {
                String::new()
            } else {
                s.port.to_string()
            };
            [
                s.kind.clone(),
                s.hostname.clone(),
                port,
                socket.to_owned(),
                s.username.clone(),
            ]
        })
        .collect()
}

#[test]
fn every_file_is_read_as_it_says() {
    let Some(files) = files() else { return };
    let mut servers = 0;
    for (path, text) in &files {
        let config = ClientConfig::read(text.as_bytes())
            .unwrap_or_else(|| panic!("{} is not read", path.display()));
        for (tag, got) in [
            ("incomingServer", &config.incoming),
            ("outgoingServer", &config.outgoing),
        ] {
            let mut want = by_searching(text, tag);
            for server in &mut want {
                // What is not SSL or STARTTLS counts as plain.
                if !matches!(server[3].as_str(), "SSL" | "STARTTLS") {
                    server[3] = "plain".to_owned();
                }
            }
            assert_eq!(as_read(got), want, "{tag} of {}", path.display());
            servers += want.len();
        }
        assert_eq!(
            config.domains.len(),
            text.matches("<domain>").count() - commented(text),
            "{}",
            path.display()
        );
    }
    eprintln!("{} files, {servers} servers", files.len());
}

/// How many domains are commented out.
fn commented(text: &str) -> usize {
    text.split("<!--")
        .skip(1)
        .map(|c| {
            c.split("-->")
                .next()
                .unwrap_or_default()
                .matches("<domain>")
                .count()
        })
        .sum()
}

/// The table must agree with the ISPDB on every domain both know.
#[tokio::test]
async fn the_table_agrees_with_the_ispdb() {
    let Some(files) = files() else { return };
    let (net, _asked) = World::default().start();
    let mut compared = 0;
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("ispdb"))
    {
        let config = ClientConfig::read(text.as_bytes()).unwrap();
        for domain in &config.domains {
            // What is known by heart is answered at once; strangers would have to be looked for.
            let email = format!("ana@{domain}");
            let Some(found) = discover(&email, &net).now_or_never() else {
                continue;
            };
            let Some(first) = found
                .candidates
                .first()
                .filter(|c| c.source == Source::Table)
            else {
                continue;
            };
            let matches = |servers: &[MailServer], kind: &str, at: &kontor_model::Endpoint| {
                servers.iter().any(|s| {
                    let security = match s.socket {
                        Socket::Ssl => Some(Security::Tls),
                        Socket::Starttls => Some(Security::Starttls),
                        Socket::Plain => None,
                    };
                    s.kind == kind
                        && s.hostname == at.host
                        && s.port == at.port
                        && security == Some(at.security)
                })
            };
            let smtp = first.smtp.as_ref().unwrap();
            assert!(
                matches(&config.incoming, "imap", &first.imap),
                "{domain} in {}: {first:?}",
                path.display()
            );
            assert!(
                matches(&config.outgoing, "smtp", smtp),
                "{domain} in {}: {first:?}",
                path.display()
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "only {compared} domains were compared");
}
