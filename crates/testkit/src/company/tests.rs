//! The company looks as the pictures do.

use std::collections::BTreeSet;

use super::*;

/// Thursday, 19 November 2026, 09:50 in Ljubljana.
const NOW: i64 = 1_795_078_200;

fn header<'a>(mail: &'a Mail, name: &str) -> &'a str {
    let text = std::str::from_utf8(&mail.raw).expect("ours is UTF-8");
    let head = text.split("\r\n\r\n").next().expect("a head");
    head.split("\r\n")
        .find_map(|l| l.strip_prefix(&format!("{name}: ")))
        .unwrap_or("")
}

#[test]
fn the_scripts_name_known_people_and_places() {
    for script in script::parse(include_str!("pictures.txt")) {
        assert!(
            account(&script.place[0]).is_some(),
            "{}: account {:?}",
            script.subject,
            script.place
        );
        for turn in &script.turns {
            let key = turn.from.strip_prefix("me=").unwrap_or(&turn.from);
            assert!(person(key).is_some(), "{}: who is {key}", script.subject);
            assert!(
                turn.when.is_some() && !turn.body.is_empty() && !turn.to.is_empty(),
                "{}: {turn:?}",
                script.subject
            );
            for key in turn.to.iter().chain(&turn.cc) {
                assert!(
                    person(key).is_some() || account(key).is_some(),
                    "{}: who is {key}",
                    script.subject
                );
            }
        }
    }
    for script in generator::templates() {
        assert!(
            script.place.len() >= 3,
            "{}: role, language, folder",
            script.subject
        );
        assert!(
            script
                .turns
                .iter()
                .all(|t| matches!(t.from.as_str(), "them" | "me")),
            "{}",
            script.subject
        );
    }
}

#[test]
fn the_unread_counts_are_those_of_the_picture() {
    let mail = mail(NOW);
    for (address, folder, want) in [
        ("maja@hrastvijak.example", "INBOX", 6),
        ("maja@hrastvijak.example", "Naročila", 2),
        ("prodaja@hrastvijak.example", "INBOX", 7),
        ("info@hrastvijak.example", "INBOX", 1),
        ("servis@hrastvijak.example", "INBOX", 0),
    ] {
        let unread = mail[address]
            .iter()
            .filter(|m| m.folder == folder && !m.flags.iter().any(|f| f == "\\Seen"));
        assert_eq!(unread.count(), want, "{address} {folder}");
    }
}

#[test]
fn the_newest_mails_are_those_of_the_picture() {
    let mail = mail(NOW);
    let mut all: Vec<&Mail> = mail
        .values()
        .flatten()
        .filter(|m| m.folder == "INBOX")
        .collect();
    all.sort_by_key(|m| std::cmp::Reverse(m.received));
    let want = [
        "tomaz@",
        "sarah.whitfield@",
        "nika@studiozagar",
        "k.steiner@",
        "mateja.gorenc@",
        "peter@",
        "jonas@",
    ];
    for (mail, who) in all.iter().zip(want) {
        assert!(
            header(mail, "From").contains(who),
            "{who} comes next, not {}",
            header(mail, "From")
        );
    }
    assert_eq!(
        header(all[0], "Date"),
        "Thu, 19 Nov 2026 09:42:00 +0100",
        "at the hour of the picture"
    );
    let size = all[0].raw.len();
    assert!(
        (280_000..300_000).contains(&size),
        "184 kB and 22 kB attached, in base64: {size}"
    );
}

#[test]
fn there_are_a_few_hundred_threads_and_no_message_twice() {
    let mail = mail(NOW);
    let all: Vec<&Mail> = mail.values().flatten().collect();
    let ids: BTreeSet<&str> = all.iter().map(|m| header(m, "Message-ID")).collect();
    assert_eq!(ids.len(), all.len(), "every Message-ID once");
    let threads = all
        .iter()
        .filter(|m| header(m, "In-Reply-To").is_empty())
        .count();
    assert!(
        (300..450).contains(&threads),
        "{threads} threads, {} messages",
        all.len()
    );
    for folder in [
        "INBOX",
        "Naročila",
        "Dobavitelji",
        "Archive",
        "Spam",
        "Sent",
        "Drafts",
        "Trash",
    ] {
        assert!(
            all.iter().any(|m| m.folder == folder),
            "{folder} is not empty"
        );
    }
    let bytes: usize = all.iter().map(|m| m.raw.len()).sum();
    assert!(
        bytes < 60_000_000,
        "a demo starts in seconds: {bytes} bytes"
    );
}

#[test]
fn the_same_moment_gives_the_same_mail() {
    assert_eq!(
        format!("{:?}", mail(NOW)["info@hrastvijak.example"]),
        format!("{:?}", mail(NOW)["info@hrastvijak.example"]),
        "bytes"
    );
}

#[test]
fn every_mail_is_well_formed() {
    for mail in mail(NOW).values().flatten() {
        assert!(
            mail.raw.is_ascii(),
            "7 bit on the wire: {}",
            header(mail, "Subject")
        );
        let text = std::str::from_utf8(&mail.raw).expect("ASCII");
        assert!(
            !text.replace("\r\n", "").contains(['\r', '\n']),
            "CRLF everywhere: {}",
            header(mail, "Subject")
        );
        assert!(
            text.lines().all(|l| l.len() <= 998),
            "RFC 5322 line length: {}",
            header(mail, "Subject")
        );
        assert!(
            !text.contains("{qty") && !header(mail, "Date").is_empty(),
            "braces filled: {}",
            header(mail, "Subject")
        );
        assert!(
            mail.received < NOW,
            "nothing from the future: {}",
            header(mail, "Subject")
        );
    }
}

#[test]
fn new_mail_never_ends() {
    let mut arrivals = arrivals(1);
    let ids: BTreeSet<String> = (0..50)
        .map(|n| {
            let arrival = arrivals.next_at(NOW + n * 30).expect("without end");
            assert!(
                ACCOUNTS.iter().any(|a| a.address == arrival.to),
                "to one of us"
            );
            header(&Mail::new(arrival.raw), "Message-ID").to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 50, "each its own");
}
