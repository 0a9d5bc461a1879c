//! Facts three independent parsers agreed on, in the published test mails of other projects.
//!
//! The mails are not part of the project: the test runs where they are found. What deviates is printed and explained
//! one by one in `oracle-deviations.md`.

#![allow(clippy::print_stdout, reason = "the deviations are the result")]
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "a test may panic and counts a few thousand"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kontor_mime::{InviteMethod, Message, Notice, Part, digest, headers, notices, parse};
use serde_json::Value;

/// The folder of the corpora, when it is there.
fn corpora() -> Option<PathBuf> {
    let set = std::env::var_os("KONTOR_CORPORA").map(PathBuf::from);
    let found = set
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"));
    if found.is_dir() {
        return Some(found);
    }
    println!(
        "corpus tests were NOT run: no corpora at {} (set KONTOR_CORPORA)",
        found.display()
    );
    None
}

/// How many facts were judged and which were not met.
#[derive(Default)]
struct Score {
    judged: usize,
    wrong: Vec<String>,
}

impl Score {
    fn judge(
        &mut self,
        what: &str,
        got: &impl serde::Serialize,
        want: &impl serde::Serialize,
    ) -> bool {
        let (got, want) = (serde_json::json!(got), serde_json::json!(want));
        self.judged += 1;
        if got != want {
            self.wrong
                .push(format!("{what}\n    got  {got}\n    want {want}"));
        }
        got == want
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    fn print(&self, name: &str) -> f64 {
        let right = self.judged.saturating_sub(self.wrong.len()) as f64;
        let share = right / (self.judged.max(1) as f64);
        println!(
            "== {name}: {} judged, {} deviate, {:.2} % right",
            self.judged,
            self.wrong.len(),
            share * 100.0
        );
        for wrong in &self.wrong {
            println!("  {wrong}");
        }
        share
    }
}

#[test]
fn facts_of_three_parsers_hold() {
    let Some(corpora) = corpora() else {
        return;
    };
    let (mut header, mut messages, mut structure, mut bytes) = (
        Score::default(),
        Score::default(),
        Score::default(),
        Score::default(),
    );
    let mut dates = Score::default();
    for kind in ["mime", "auth", "bounce", "phishing"] {
        let dir = corpora.join(kind);
        let lines = fs::read_to_string(dir.join("ORACLE.jsonl")).expect("the oracle is readable");
        for line in lines.lines() {
            let fact: Value = serde_json::from_str(line).expect("a line of the oracle is JSON");
            let file = fact["file"].as_str().expect("each fact names its file");
            let raw = fs::read(dir.join(file)).expect("the file of a fact is there");
            if fact["size"].as_u64() != Some(raw.len() as u64) {
                continue; // the oracle's own line, written before the file was whole
            }
            let message = parse(&raw);
            let name = format!("{kind}/{file}");
            let before = header.wrong.len();
            judge_header(&mut header, &name, &message, &fact);
            messages.judged += 1;
            if header.wrong.len() > before {
                messages.wrong.push(name.clone());
            }
            if agreed(&fact, "structure") {
                structure.judge(&name, &shape(&message.parts), &fact["structure"]);
            }
            judge_bytes(&mut bytes, &name, &message, &fact);
            if let Some(want) = fact["date_utc_python"].as_str() {
                let got = message
                    .envelope
                    .date
                    .map(|d| d.to_string().replace(".000Z", "+00:00"));
                dates.judge(&format!("{name} date"), &got, &want);
            }
        }
    }
    dates.print("dates (one parser's word, not judged)");
    let scores = [
        ("header facts (subject, people, ids)", header, 0.99),
        ("messages with all header facts right", messages, 0.99),
        ("structure", structure, 0.97),
        ("bytes of leaves", bytes, 0.97),
    ];
    let shares = scores.map(|(name, score, least)| (name, score.print(name), least));
    for (name, share, least) in shares {
        assert!(
            share >= least,
            "{name}: {:.2} % is less than {:.0} %",
            share * 100.0,
            least * 100.0
        );
    }
}

fn agreed(fact: &Value, field: &str) -> bool {
    fact["agree"]
        .as_array()
        .is_some_and(|a| a.iter().any(|f| f == field))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn id(text: &str) -> String {
    text.trim_start_matches('<')
        .trim_end_matches('>')
        .to_owned()
}

fn judge_header(score: &mut Score, name: &str, message: &Message, fact: &Value) {
    let got = &message.envelope;
    if agreed(fact, "subject") {
        score.judge(
            &format!("{name} subject"),
            &folded(&got.subject),
            &folded(fact["subject"].as_str().unwrap_or("")),
        );
    }
    for (field, people) in [("from", &got.from), ("to", &got.to), ("cc", &got.cc)] {
        if agreed(fact, field) {
            let got: Vec<_> = people
                .iter()
                .map(|p| [folded(&p.name), p.address.clone()])
                .collect();
            score.judge(&format!("{name} {field}"), &got, &fact[field]);
        }
    }
    if agreed(fact, "message_id") {
        score.judge(
            &format!("{name} message_id"),
            &got.message_id,
            &fact["message_id"].as_str().map(id),
        );
    }
    if agreed(fact, "in_reply_to") {
        let got = got.in_reply_to.first();
        score.judge(
            &format!("{name} in_reply_to"),
            &got,
            &fact["in_reply_to"].as_str().map(id),
        );
    }
}

/// `["multipart/mixed", ["text/plain"], …]`, as the oracle writes trees.
fn shape(part: &Part) -> Value {
    let mut node = vec![Value::from(part.content_type.clone())];
    node.extend(part.parts.iter().map(shape));
    Value::from(node)
}

fn judge_bytes(score: &mut Score, name: &str, message: &Message, fact: &Value) {
    let mut leaves = BTreeMap::new();
    collect(&message.parts, &mut leaves);
    for leaf in fact["leaves"].as_array().into_iter().flatten() {
        if leaf["sha_agree"] == true {
            let section = leaf["section"].as_str().unwrap_or_default();
            let got = leaves.get(section);
            let type_ = leaf["type"].as_str().unwrap_or_default();
            let got_size = got.map(|p| p.size);
            let want = (&leaf["sha256"], &leaf["decoded_size"]);
            score.judge(
                &format!("{name} {section} {type_}"),
                &(got.map(|p| &p.sha256), got_size),
                &want,
            );
        }
    }
}

fn collect<'a>(part: &'a Part, leaves: &mut BTreeMap<String, &'a Part>) {
    if part.parts.is_empty() {
        leaves.insert(part.section.clone(), part);
    }
    for part in &part.parts {
        collect(part, leaves);
    }
}

#[test]
fn every_file_of_the_corpora_parses() {
    let Some(corpora) = corpora() else {
        return;
    };
    let mut files = BTreeSet::new();
    gather(&corpora, &mut files);
    assert!(files.len() > 1000, "the corpora hold thousands of files");
    for file in &files {
        let raw = fs::read(file).expect("a listed file is readable");
        let message = parse(&raw);
        let digest = digest(&raw);
        assert_eq!(
            headers(&raw),
            message.envelope,
            "{}: headers and parse disagree",
            file.display()
        );
        assert_eq!(
            digest.envelope,
            message.envelope,
            "{}: digest and parse disagree",
            file.display()
        );
        let real = message.attachments.iter().any(|a| !a.inline);
        assert_eq!(
            digest.has_attachment,
            real,
            "{}: has_attachment",
            file.display()
        );
        let names: Vec<_> = message
            .attachments
            .iter()
            .filter_map(|a| a.name.clone())
            .collect();
        assert_eq!(
            digest.attachment_names,
            names,
            "{}: attachment names",
            file.display()
        );
        drop(notices(&raw));
    }
    println!("{} files parsed", files.len());
}

fn gather(dir: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of the corpora is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.insert(path);
        }
    }
}

#[test]
fn bounces_are_recognised_and_letters_are_not() {
    let Some(corpora) = corpora() else {
        return;
    };
    let dir = corpora.join("bounce/sisimai");
    let expected =
        fs::read_to_string(dir.join("expected.json")).expect("the expectations are readable");
    let expected: BTreeMap<String, Value> = serde_json::from_str(&expected).expect("they are JSON");
    let (mut recognised, mut named, mut status) =
        (Score::default(), Score::default(), Score::default());
    for (file, entries) in &expected {
        // Abuse reports, vacation notes and JSON of a cloud service are no bounces to a reader.
        let other = file.starts_with("arf-")
            || file.starts_with("rfc3834-")
            || file.starts_with("lhost-amazonses");
        let path = dir.join("bsd").join(file);
        if other || !path.is_file() {
            continue;
        }
        let raw = fs::read(&path).expect("a listed file is readable");
        let found = notices(&raw).into_iter().find_map(|n| {
            if let Notice::Bounce(b) = n {
                Some(b)
            } else {
                None
            }
        });
        recognised.judge(file, &found.is_some(), &true);
        let failures = found.map(|b| b.failures).unwrap_or_default();
        named.judge(file, &failures.iter().any(|f| f.recipient.is_some()), &true);
        let want = entries
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| e["status"].as_str())
            .next();
        let class = |s: &str| s.chars().next();
        // Sisimai makes up details of its own (5.0.9xx) where the mail names none: only what mails say is compared.
        if let (Some(want), Some(got)) = (want, failures.first().and_then(|f| f.status.as_deref()))
        {
            status.judge(file, &class(got), &class(want));
        }
    }
    let shares = [
        (
            "bounces recognised",
            recognised.print("bounces recognised"),
            0.97,
        ),
        (
            "bounces with a recipient",
            named.print("bounces with a recipient"),
            0.90,
        ),
        (
            "class of status, where given",
            status.print("class of status, where given"),
            0.90,
        ),
    ];
    for (name, share, least) in shares {
        assert!(share >= least, "{name}: {share:.3} is less than {least}");
    }
    let mut letters = Score::default();
    let lines =
        fs::read_to_string(corpora.join("mime/ORACLE.jsonl")).expect("the oracle is readable");
    for line in lines.lines() {
        let fact: Value = serde_json::from_str(line).expect("a line of the oracle is JSON");
        let file = fact["file"].as_str().expect("each fact names its file");
        let raw = fs::read(corpora.join("mime").join(file)).expect("the file of a fact is there");
        if memmem(&raw, b"delivery-status") || memmem(&raw.to_ascii_lowercase(), b"mailer-daemon") {
            continue; // bounces among the letters
        }
        letters.judge(
            file,
            &notices(&raw).iter().any(|n| matches!(n, Notice::Bounce(_))),
            &false,
        );
    }
    assert!(
        letters.print("letters taken for letters") >= 0.99,
        "a letter called a bounce would be hidden from a reader"
    );
}

fn memmem(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|w| w == needle)
}

#[test]
fn invitations_of_the_corpora_can_be_said_in_words() {
    let Some(corpora) = corpora() else {
        return;
    };
    let dir = corpora.join("ics/comm-central-invitations/calendar/test/browser/invitations/data");
    for (file, method) in [
        ("single-event.eml", Some(InviteMethod::Request)),
        ("repeat-event.eml", Some(InviteMethod::Request)),
        ("update-major.eml", Some(InviteMethod::Request)),
        ("cancel-single-event.eml", Some(InviteMethod::Cancel)),
        ("outlook-test-invite.eml", Some(InviteMethod::Request)),
    ] {
        let raw = fs::read(dir.join(file)).expect("a listed file is readable");
        let found = notices(&raw).into_iter().find_map(|n| {
            if let Notice::Invite(i) = n {
                Some(i)
            } else {
                None
            }
        });
        assert_eq!(found.as_ref().map(|i| i.method), method, "{file}: method");
        let invite = found.unwrap_or_default();
        assert!(
            invite.summary.is_some() && invite.start.is_some() && invite.organiser.is_some(),
            "{file}: {invite:?}"
        );
        println!("{file}: {invite:?}");
    }
}

#[test]
fn winmail_dat_of_the_corpora_opens() {
    let Some(corpora) = corpora() else {
        return;
    };
    for source in ["verdammelt-tnef", "tnefparse"] {
        for entry in
            fs::read_dir(corpora.join("tnef").join(source)).expect("the folder is readable")
        {
            let path = entry.expect("an entry is readable").path();
            if path.extension().is_none_or(|e| e != "tnef") {
                continue;
            }
            let mut raw = b"Subject: x\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: binary\n\n".to_vec();
            raw.extend(fs::read(&path).expect("a listed file is readable"));
            let message = parse(&raw);
            let names: BTreeSet<_> = message
                .attachments
                .iter()
                .skip(1)
                .filter_map(|a| a.name.clone())
                .collect();
            println!(
                "{}: {names:?} text {:?} html {}",
                path.display(),
                message.text,
                message.html.is_some()
            );
            if let Ok(list) = fs::read_to_string(path.with_extension("list")) {
                // The tool that wrote the lists saves bodies as files; here they are the message's text.
                for want in list
                    .lines()
                    .filter(|l| !l.trim().is_empty() && !l.contains("-body."))
                {
                    assert!(
                        names.contains(want.trim()),
                        "{}: {want} is missing in {names:?}",
                        path.display()
                    );
                }
            }
        }
    }
}
