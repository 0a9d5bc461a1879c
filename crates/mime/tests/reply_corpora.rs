//! Reply text against published corpora: how many bodies are split as their authors expect.

use std::fs;
use std::path::{Path, PathBuf};

use kontor_mime::reply::{self, Reply};
use kontor_model::Address;

/// The corpora's folder, or `None` after saying that the test was not run.
fn corpora(kind: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KONTOR_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"),
        PathBuf::from,
    );
    let folder = root.join(kind);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln_line(&format!("not run: no corpora at {}", folder.display()));
    None
}

#[expect(
    clippy::print_stderr,
    reason = "a test that was not run, or a share, must be said aloud"
)]
fn eprintln_line(line: &str) {
    eprintln!("{line}");
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_file() && p.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// White space does not count.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The expected text, with or without the signature: sources differ on whether it belongs to the reply.
fn meets(reply: &Reply, want: &str) -> bool {
    let want = squeezed(want);
    let text = squeezed(&reply.text);
    let signature = squeezed(&reply.signature);
    want == text || want == format!("{text}{signature}") || want == format!("{text}--{signature}")
}

/// Counts and names what is met.
struct Score {
    source: &'static str,
    met: usize,
    all: usize,
}

impl Score {
    fn new(source: &'static str) -> Self {
        Self {
            source,
            met: 0,
            all: 0,
        }
    }

    fn count(&mut self, name: &str, met: bool, got: &Reply, want: &str) {
        self.all = self.all.saturating_add(1);
        if met {
            self.met = self.met.saturating_add(1);
        } else {
            eprintln_line(&format!(
                "{} {name}\n  want {want:?}\n  text {:?}\n  signature {:?}",
                self.source, got.text, got.signature
            ));
        }
    }

    fn at_least(&self, floor: usize) {
        eprintln_line(&format!("{}: {} of {}", self.source, self.met, self.all));
        assert!(self.all > 0, "{} has samples", self.source);
        assert!(
            self.met >= floor,
            "{}: {} of {} met, the floor is {floor}",
            self.source,
            self.met,
            self.all
        );
    }
}

#[test]
fn discourse() {
    let Some(folder) = corpora("quoted-reply/discourse-email_reply_trimmer") else {
        return;
    };
    let mut score = Score::new("discourse");
    for path in files(&folder.join("emails"), ".txt") {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let want = read(&folder.join("trimmed").join(&name)).replace('\r', "");
        let got = reply::split(&read(&path));
        score.count(&name, got.text.trim() == want.trim(), &got, want.trim());
    }
    score.at_least(35);
}

#[test]
fn talon_messages() {
    let Some(folder) = corpora("quoted-reply/talon") else {
        return;
    };
    let mut score = Score::new("talon messages");
    for path in files(&folder.join("standard_replies"), ".eml") {
        let stem = path.with_extension("").to_string_lossy().into_owned();
        let own = PathBuf::from(format!("{stem}_reply_text"));
        let want = if own.is_file() {
            read(&own)
        } else {
            "Hello".to_owned()
        };
        let raw = fs::read(&path).unwrap_or_default();
        let message = kontor_mime::parse(&raw);
        let got = reply::split(message.text.as_deref().unwrap_or(""));
        score.count(&stem, meets(&got, &want), &got, &want);
    }
    score.at_least(12);
}

#[test]
fn talon_html() {
    let Some(folder) = corpora("quoted-reply/talon") else {
        return;
    };
    let mut score = Score::new("talon html");
    for path in files(&folder.join("html_replies"), ".html") {
        let want = "Hi. I am fine.\n\nThanks,\nAlex";
        let got = reply::split_html(&read(&path));
        score.count(&path.to_string_lossy(), meets(&got, want), &got, want);
    }
    for (name, want) in [
        ("OLK_SRC_BODY_SECTION.html", "Reply"),
        ("reply-separated-by-hr.html", "Hi there Bob"),
    ] {
        let got = reply::split_html(&read(&folder.join(name)));
        score.count(name, meets(&got, want), &got, want);
    }
    score.at_least(11);
}

#[test]
fn talon_signatures() {
    let Some(folder) = corpora("quoted-reply/talon/signature/emails/stripped") else {
        return;
    };
    let mut score = Score::new("talon signatures");
    for path in files(&folder, "_body") {
        let stem = path.to_string_lossy().trim_end_matches("_body").to_owned();
        let sender = read(Path::new(&format!("{stem}_sender")));
        let want = read(Path::new(&format!("{stem}_signature")));
        let sender = if sender.contains('@') {
            Address::new("", sender.trim())
        } else {
            Address::new(sender.trim(), "")
        };
        let got = reply::split_by(&read(&path), &sender);
        score.count(
            &stem,
            squeezed(&got.signature) == squeezed(&want),
            &got,
            &want,
        );
    }
    score.at_least(6);
}

#[test]
fn nylas_html() {
    let Some(folder) = corpora("quoted-reply/nylas-mail") else {
        return;
    };
    let mut score = Score::new("nylas html");
    for stripped in files(&folder, "_stripped.html") {
        let name = stripped.to_string_lossy().replace("_stripped", "");
        let want = kontor_mime::html::to_text(&read(&stripped));
        let got = reply::split_html(&read(Path::new(&name)));
        score.count(&name, meets(&got, &want), &got, &want);
    }
    score.at_least(14);
}

/// No expected files: what a reader must and must not see, told by hand.
#[test]
fn github() {
    let Some(folder) = corpora("quoted-reply/github-email_reply_parser") else {
        return;
    };
    let cases: [(&str, &str, &str); 12] = [
        ("correct_sig.txt", "correct -- signature.", "rick"),
        ("email_1_1.txt", "-Abhishek Kona", "riak-users mailing list"),
        (
            "email_1_3.txt",
            "Having the function would be great.",
            "Russell Brown",
        ),
        ("email_1_4.txt", "Awesome!", "Loader seems"),
        ("email_1_5.txt", "It goes on and on", ">"),
        ("email_1_6.txt", "I get proper rendering as well.", "torch"),
        ("email_1_7.txt", ":+1:", "Chris"),
        (
            "email_1_8.txt",
            "and under this.",
            "Hey there, this is my signature",
        ),
        (
            "email_2_1.txt",
            "Outlook with a reply",
            "Google Apps Sync Team",
        ),
        (
            "email_2_3.txt",
            "Outlook with a reply directly above line",
            "CRM",
        ),
        ("email_one_is_not_on.txt", "when I run...", "Dave Tapley"),
        ("greedy_on.txt", "the tunnel is not working.", "George"),
    ];
    let mut score = Score::new("github");
    for (name, seen, hidden) in cases {
        let got = reply::split(&read(&folder.join(name)));
        let met = got.text.contains(seen) && !got.text.contains(hidden);
        score.count(
            name,
            met,
            &got,
            &format!("with {seen:?}, without {hidden:?}"),
        );
    }
    for (name, want) in [
        ("email_BlackBerry.txt", "Here is another email"),
        ("email_iPhone.txt", "Here is another email"),
        (
            "email_multi_word_sent_from_my_mobile_device.txt",
            "Here is another email",
        ),
        ("email_2_2.txt", "Outlook with a reply directly above line"),
    ] {
        let got = reply::split(&read(&folder.join(name)));
        score.count(name, got.text.trim() == want, &got, want);
    }
    for name in [
        "email_sent_from_my_not_signature.txt",
        "email_sig_delimiter_in_middle_of_line.txt",
    ] {
        let whole = read(&folder.join(name));
        let got = reply::split(&whole);
        score.count(name, got.text.trim() == whole.trim(), &got, &whole);
    }
    score.at_least(18);
}
