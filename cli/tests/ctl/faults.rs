//! What must hold whatever happens: a bad network, a killed program, a server that hangs up. Afterwards the store is
//! what the server has.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

use kontor_testkit::{Direction, Dovecot, FaultProxy, Faults, Mail, Rng};
use serde_json::json;

use crate::desk::{Desk, spawn, until};
use crate::{MAJA, dated, letter, letters};

/// What a folder holds: by UID, flags and bytes.
type Held = BTreeMap<u64, (Vec<String>, Vec<u8>)>;

fn held_there(dovecot: &Dovecot, folders: &[String]) -> BTreeMap<String, Held> {
    let mut imap = dovecot.imap(MAJA).unwrap();
    let mut all = BTreeMap::new();
    for folder in folders {
        imap.select(folder).unwrap();
        let mut held = Held::new();
        for uid in imap.uids("ALL").unwrap() {
            let text = imap.text(&format!("UID FETCH {uid} FLAGS")).unwrap();
            let inside = text
                .split("FLAGS (")
                .nth(1)
                .and_then(|t| t.split(')').next());
            let mut flags: Vec<String> = inside
                .unwrap_or_default()
                .split(' ')
                .filter(|f| !f.is_empty() && *f != "\\Recent")
                .map(str::to_owned)
                .collect();
            flags.sort();
            held.insert(u64::from(uid), (flags, imap.raw(uid).unwrap()));
        }
        all.insert(folder.clone(), held);
    }
    all
}

/// How many folders that hold mail the server lists.
fn folders_there(dovecot: &Dovecot) -> usize {
    let listed = dovecot.imap(MAJA).unwrap().text("LIST \"\" \"*\"").unwrap();
    let holds = |l: &&str| !l.contains("\\Noselect") && !l.contains("\\NonExistent");
    listed.lines().filter(holds).count()
}

fn held_here(desk: &Desk) -> BTreeMap<String, Held> {
    let out = desk.path("everything");
    drop(std::fs::remove_dir_all(&out));
    let path = out.to_string_lossy().into_owned();
    desk.json(&["export", "*", "-o", &path, "--format", "eml"])
        .ok();
    let mut all = BTreeMap::new();
    for folder in desk.json(&["folders"]).ok().lines() {
        let path = folder["path"].as_str().unwrap();
        let mut held = Held::new();
        for row in desk.messages(path) {
            let uid = row["uid"]
                .as_u64()
                .unwrap_or_else(|| panic!("a UID: {row}"));
            let mut flags: Vec<String> = serde_json::from_value(row["flags"].clone()).unwrap();
            flags.sort();
            let raw =
                std::fs::read(out.join(format!("{}.eml", row["id"].as_str().unwrap()))).unwrap();
            assert_eq!(row["body"], true, "every body is local: {row}");
            assert!(
                held.insert(uid, (flags, raw)).is_none(),
                "a UID once: {row}"
            );
        }
        assert_eq!(folder["total"], held.len(), "{path} counts what it holds");
        all.insert(path.to_owned(), held);
    }
    all
}

/// The store is what the server has, and the tables keep their rules.
#[track_caller]
fn assert_same(dovecot: &Dovecot, desk: &Desk, what: &str) {
    let here = held_here(desk);
    let folders: Vec<String> = here.keys().cloned().collect();
    assert_eq!(folders.len(), folders_there(dovecot), "{what}: the folders");
    let there = held_there(dovecot, &folders);
    for (folder, want) in &there {
        let got = &here[folder];
        let uids = |held: &Held| held.keys().copied().collect::<Vec<_>>();
        assert_eq!(uids(got), uids(want), "{what}: the UIDs of {folder}");
        for (uid, (flags, raw)) in want {
            assert_eq!(&got[uid].0, flags, "{what}: flags of {uid} in {folder}");
            assert!(&got[uid].1 == raw, "{what}: bytes of {uid} in {folder}");
        }
    }
    let health = desk.json(&["doctor"]).ok().one();
    assert_eq!(health["ok"], true, "{what}: {health}");
    let status = desk.status();
    assert_eq!(status["pending"]["operations"], 0, "{what}: {status}");
    assert_eq!(
        status["accounts"][0]["backlog"],
        json!({"envelopes": 0, "bodies": 0}),
        "{what}"
    );
}

/// A mailbox with a bit of everything: several folders, flags, the same bytes twice, no Message-ID, large and small.
fn mailbox(rng: &mut Rng) -> Vec<Mail> {
    let folders = ["INBOX", "INBOX", "Archive", "Sent", "Stranke/Žaga", "Junk"];
    let mut mails = Vec::new();
    for n in 1..=rng.between(60, 110) {
        let body = "vsebina ".repeat(usize::try_from(rng.below(600)).unwrap());
        let minutes = i64::try_from(n).unwrap();
        let mut raw = dated(&format!("f-{n}"), minutes, &body);
        if rng.chance(8) {
            let text = String::from_utf8(raw).unwrap();
            raw = text.replacen("Message-ID", "X-Not-An-Id", 1).into_bytes();
        }
        let folder = rng.pick(&folders).unwrap();
        let mut mail = Mail::new(raw)
            .folder(folder)
            .received(1_767_225_600 + minutes * 60);
        if rng.chance(40) {
            mail = mail.flag("\\Seen");
        }
        if rng.chance(10) {
            mail = mail.flag("$Stranka");
        }
        if rng.chance(8) {
            mails.push(mail.clone().folder("Archive"));
        }
        mails.push(mail);
    }
    mails
}

/// What another device does meanwhile.
fn meddle(dovecot: &Dovecot, rng: &mut Rng, round: u64) {
    let mut imap = dovecot.imap(MAJA).unwrap();
    for step in 0..rng.between(1, 5) {
        let folder = *rng.pick(&["INBOX", "Archive", "Stranke/Žaga"]).unwrap();
        imap.select(folder).unwrap();
        let uids = imap.uids("ALL").unwrap();
        let Some(uid) = rng.pick(&uids).copied() else {
            continue;
        };
        match rng.below(5) {
            0 => imap.flags(uid, "+FLAGS", "\\Flagged").unwrap(),
            1 => imap.flags(uid, "-FLAGS", "\\Seen $Stranka").unwrap(),
            2 => imap.expunge(uid).unwrap(),
            3 => imap.move_to(uid, "Trash").unwrap(),
            _ => dovecot
                .deliver(MAJA, &letter(&format!("late-{round}-{step}"), "novo"))
                .unwrap(),
        }
    }
}

/// What the person does meanwhile, on whatever is here.
fn act(desk: &Desk, rng: &mut Rng) {
    let rows = desk.json(&["messages", "INBOX", "--limit", "40"]);
    if rows.code != 0 {
        return;
    }
    let rows = rows.lines();
    for _ in 0..rng.below(4) {
        let Some(id) = rng.pick(&rows).and_then(|r| r["id"].as_str()) else {
            continue;
        };
        let verb = *rng
            .pick(&["read", "flag", "archive", "trash", "unread", "junk"])
            .unwrap();
        // A message may have gone since the list was made.
        desk.json(&[verb, id]);
    }
}

fn misbehave(proxy: &FaultProxy, rng: &mut Rng, running: &mut Child) {
    let pause = Duration::from_millis(rng.between(10, 500));
    let begun = Instant::now();
    while begun.elapsed() < pause && running.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    match rng.below(5) {
        0 => proxy.cut(),
        1 => {
            proxy.freeze();
            std::thread::sleep(Duration::from_millis(rng.below(150)));
            proxy.cut();
            proxy.thaw();
        }
        2 => proxy.set(Faults::seeded(rng.next_u64(), 60_000)),
        _ => {
            // The power goes out.
            drop(running.kill());
        }
    }
}

/// One seeded life of a mailbox: first sync through faults, kills, and two sides changing things; then quiet.
fn run(seed: u64) {
    let mut rng = Rng::new(seed);
    let mut builder = Dovecot::builder().user(MAJA).mails(MAJA, mailbox(&mut rng));
    for capability in [
        "QRESYNC",
        "CONDSTORE",
        "MOVE",
        "UIDPLUS",
        "LIST-STATUS",
        "NOTIFY",
    ] {
        if rng.chance(20) {
            builder = builder.hide(capability);
        }
    }
    let dovecot = builder.start().unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    for round in 0..rng.between(2, 4) {
        let words: &[&str] = if rng.chance(50) {
            &["sync", "--once"]
        } else {
            &["sync", "--watch"]
        };
        proxy.set(Faults::seeded(rng.next_u64(), 400_000));
        let mut running = spawn(&desk, words);
        for _ in 0..rng.between(1, 3) {
            misbehave(&proxy, &mut rng, &mut running);
            act(&desk, &mut rng);
            meddle(&dovecot, &mut rng, round);
        }
        drop(running.kill());
        running.wait().unwrap();
        proxy.set(Faults::default());
    }
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["operations_left"], 0, "seed {seed}: {summary}");
    // What the operations did is news of the next look.
    desk.json(&["sync", "--once"]).ok();
    assert_same(&dovecot, &desk, &format!("seed {seed}"));
}

/// Runs the seeds from `first` on: a few, or as many as `KONTOR_SEEDS` says. A seed that fails becomes a test of its own.
fn seeds(first: u64) {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to search is said by whoever runs the tests"
    )]
    let asked = std::env::var("KONTOR_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok());
    for seed in first..first + asked.unwrap_or(2) {
        let ran = std::panic::catch_unwind(|| run(seed));
        if let Err(e) = ran {
            let said = e.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("seed {seed} fails: {said}");
        }
    }
}

#[test]
fn seeded_faults_from_1() {
    seeds(1);
}

#[test]
fn seeded_faults_from_10001() {
    seeds(10_001);
}

#[test]
fn seeded_faults_from_20001() {
    seeds(20_001);
}

#[test]
fn a_killed_first_sync_loses_one_batch_at_most() {
    // Two batches of 8 MB and a half.
    let body = "Vrstica besedila, ki naredi pismo dolgo.\r\n".repeat(12_000);
    let mails = (1..=40)
        .map(|n| {
            Mail::new(letter(&format!("k-{n}"), &format!("{n} {body}"))).received(1_767_225_600 + n)
        })
        .collect();
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .mails(MAJA, mails)
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    let whole = 40 * u64::try_from(body.len()).unwrap();
    // Much slower than the program, so that nothing piles up: neither in the network nor before a disk that is busy.
    proxy.change(|f| f.bytes_per_second = Some(2 << 20));
    let mut running = spawn(&desk, &["sync", "--once"]);
    until("half has come, and a batch is stored", || {
        let missing = || desk.status()["accounts"][0]["backlog"]["bodies"].as_u64();
        (proxy.bytes(Direction::Down) > whole / 2 && missing()? < 40).then_some(())
    });
    running.kill().unwrap();
    running.wait().unwrap();
    proxy.change(|f| f.bytes_per_second = None);
    desk.json(&["sync", "--once"]).ok();
    let came = proxy.bytes(Direction::Down);
    // A batch, what the network held, and what TLS and envelopes cost.
    let allowed = whole + (8 << 20) + (1 << 20) + whole / 50;
    assert!(came < allowed, "{came} bytes came for {whole}");
    assert_same(&dovecot, &desk, "after a kill");
}

#[test]
fn large_mails_need_bounded_memory() {
    let line = "Zelo dolga priloga, ki je tu kot besedilo in jo je treba prenesti.\r\n";
    let body = line.repeat((30 << 20) / line.len());
    let mails = (1..=3)
        .map(|n| {
            Mail::new(letter(&format!("big-{n}"), &format!("{n} {body}")))
                .received(1_767_225_600 + n)
        })
        .collect();
    let (_dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, mails));
    let mut running = spawn(&desk, &["sync", "--once"]);
    let mut peak = 0;
    while running.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.id()));
        let line = status.unwrap_or_default();
        let kb = line
            .lines()
            .find_map(|l| l.strip_prefix("VmHWM:"))
            .and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
        peak = kb.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(running.wait().unwrap().success());
    assert!(desk.messages("INBOX").iter().all(|r| r["body"] == true));
    assert!(
        peak < 320 << 10,
        "{} MB at the peak for mails of 30 MB",
        peak >> 10
    );
}

#[test]
fn many_folders_and_letters_survive_a_server_that_restarts() {
    let mut mails = letters("r", 40);
    for n in 1..=12 {
        mails.extend(
            letters(&format!("r{n}"), 3)
                .into_iter()
                .map(|m| m.folder(&format!("F/{n}"))),
        );
    }
    let (mut dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, mails));
    let watch = desk.watch();
    watch.wait_event("listed");
    dovecot.restart().unwrap();
    watch.wait_event("synced");
    watch.wait_state("live");
    watch.stop();
    assert_same(&dovecot, &desk, "after a restart of the server");
}
