//! The sanitiser against published attacks, ways to fetch, and honest mail.

#[path = "html_support/check.rs"]
mod check;

use std::fs;
use std::path::{Path, PathBuf};

use check::{Remote, problems};
use kontor_mime::html::{self, Options, Sanitised};
use serde_json::Value;

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
    say(&format!("not run: no corpora at {}", folder.display()));
    None
}

#[expect(
    clippy::print_stderr,
    reason = "a test that was not run, or a count, must be said aloud"
)]
fn say(line: &str) {
    eprintln!("{line}");
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

fn kept() -> Options {
    Options {
        remote: html::Remote::Kept,
        ..Options::default()
    }
}

/// Sanitises both ways and returns what is wrong with the answers.
fn faults(source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (options, remote) in [(Options::default(), Remote::None), (kept(), Remote::Images)] {
        let answer = html::sanitise(source, &options);
        faults.extend(problems(&answer.html, remote));
        let again = html::sanitise(&answer.html, &options).html;
        if again != answer.html {
            faults.push(format!(
                "a second pass changes {:?} to {again:?}",
                answer.html
            ));
        }
    }
    faults
}

/// Runs every payload and fails with all that is wrong.
fn check(source: &str, payloads: impl IntoIterator<Item = String>) {
    let mut bad = Vec::new();
    let mut count = 0_usize;
    for payload in payloads {
        count = count.saturating_add(1);
        let faults = faults(&payload);
        if !faults.is_empty() {
            bad.push(format!("{payload:?}\n  {}", faults.join("\n  ")));
        }
    }
    say(&format!("{source}: {count} payloads, {} bad", bad.len()));
    assert!(count > 0, "{source} has payloads");
    assert!(bad.is_empty(), "{source}:\n{}", bad.join("\n"));
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_default()
}

#[test]
fn dompurify() {
    let Some(folder) = corpora("html-sanitize/dompurify") else {
        return;
    };
    let vectors = json(&folder.join("expect.part.json"));
    let vectors = vectors.as_array().cloned().unwrap_or_default();
    let payload = |v: &Value| {
        v.get("payload")
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    check("dompurify", vectors.iter().map(payload));
    // Visible words that DOMPurify keeps are kept.
    let mut lost = Vec::new();
    for vector in &vectors {
        let wanted: Vec<String> = match vector.get("expected") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many
                .iter()
                .filter_map(|m| m.as_str().map(str::to_owned))
                .collect(),
            _ => continue,
        };
        let words = |html: &str| -> Vec<String> {
            html::to_text(html)
                .split_whitespace()
                .map(str::to_owned)
                .collect()
        };
        let got = words(&html::sanitise(&payload(vector), &Options::default()).html).concat();
        let kept = wanted
            .iter()
            .any(|w| words(w).iter().all(|word| got.contains(word.as_str())));
        if !kept {
            lost.push(format!(
                "{:?}: {got:?} instead of {wanted:?}",
                payload(vector)
            ));
        }
    }
    say(&format!(
        "dompurify: words lost in {} of {}",
        lost.len(),
        vectors.len()
    ));
    assert!(lost.len() <= 2, "words lost:\n{}", lost.join("\n"));
}

#[test]
fn h5sc() {
    let Some(folder) = corpora("html-sanitize/h5sc") else {
        return;
    };
    let items = json(&folder.join("items.part.json"));
    let mut payloads = Vec::new();
    collect_strings(&items, &mut payloads);
    check("h5sc", payloads);
}

fn collect_strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(s) if s.contains(['<', '&', '(']) => out.push(s.clone()),
        Value::Array(a) => a.iter().for_each(|v| collect_strings(v, out)),
        Value::Object(o) => o.values().for_each(|v| collect_strings(v, out)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn loofah() {
    let Some(folder) = corpora("html-sanitize/loofah") else {
        return;
    };
    // Not quite JSON: read line by line.
    let tests = read(&folder.join("testdata_sanitizer_tests1.dat"));
    let inputs = tests.lines().filter_map(|l| {
        let value = l
            .trim()
            .strip_prefix("\"input\":")?
            .trim()
            .trim_end_matches(',');
        serde_json::from_str::<String>(value).ok()
    });
    check("loofah", inputs);
    let word = read(&folder.join("msword.html"));
    check("loofah msword", [word.clone()]);
    let clean = html::sanitise(&word, &Options::default());
    let squeezed = |t: String| t.split_whitespace().collect::<String>();
    assert_eq!(
        squeezed(html::to_text(&clean.html)),
        squeezed(html::to_text(&word)),
        "Word mail keeps every word"
    );
}

#[test]
fn owasp() {
    let Some(folder) = corpora("html-sanitize/owasp-cheatsheet") else {
        return;
    };
    let page = read(&folder.join("XSS_Filter_Evasion_Cheat_Sheet.md"));
    let blocks = page
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|b| b.split_once('\n').map_or(b, |(_, code)| code).to_owned());
    check("owasp", blocks);
}

#[test]
fn payloads_all_the_things() {
    let Some(folder) = corpora("html-sanitize/payloadsallthethings") else {
        return;
    };
    let mut lines = Vec::new();
    for name in ["RSNAKE_XSS.txt", "MarioXSSVectors.txt", "XSS_Polyglots.txt"] {
        let text = read(&folder.join("XSS Injection/Intruders").join(name));
        lines.extend(
            text.lines()
                .filter(|l| !l.trim().is_empty())
                .map(str::to_owned),
        );
    }
    check("payloadsallthethings", lines);
    let page = read(&folder.join("CSS Injection/README.md"));
    let css: Vec<String> = page
        .split("```")
        .skip(1)
        .step_by(2)
        .flat_map(|b| {
            let code = b.split_once('\n').map_or(b, |(_, code)| code);
            [
                code.to_owned(),
                format!("<style>{code}</style><p class=x>a</p>"),
                format!("<p style='{code}'>a</p>"),
            ]
        })
        .collect();
    check("css injection", css);
}

#[test]
fn httpleaks() {
    let Some(folder) = corpora("remote-content/httpleaks") else {
        return;
    };
    let page = read(&folder.join("leak.part.html"));
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    lines.push(page);
    for line in &lines {
        let clean = html::sanitise(line, &Options::default());
        let rest = without_links(&clean.html);
        assert!(
            !rest.contains("leaking.via"),
            "an address is left in {:?}",
            clean.html
        );
    }
    check("httpleaks", lines);
}

/// Markup without the targets of links, which may stay.
fn without_links(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split("<a ") {
        match piece.split_once('>') {
            Some((_, rest)) if !out.is_empty() => out.push_str(rest),
            _ => out.push_str(piece),
        }
        out.push(' ');
    }
    html_text_removed(&out)
}

/// Only tags and style sheets fetch; words may name an address.
fn html_text_removed(html: &str) -> String {
    let sheets = html
        .split("</style>")
        .next()
        .filter(|_| html.contains("</style>"))
        .unwrap_or("");
    let tags: String = html
        .split('<')
        .skip(1)
        .filter_map(|t| t.split('>').next())
        .collect();
    format!("{sheets}{tags}")
}

#[test]
fn nylas_remote() {
    let Some(folder) = corpora("remote-content/nylas-mail") else {
        return;
    };
    let before = read(&folder.join("remove-tracking-pixels/spec/fixtures/a-before.txt"));
    let clean = html::sanitise(&before, &kept());
    assert!(
        clean.trackers.iter().any(|t| t == "Salesloft"),
        "the pixel is named: {:?}",
        clean.trackers
    );
    assert!(
        !clean.html.contains("salesloft"),
        "and gone, remote images allowed or not"
    );
    for name in ["linkedin", "table-body"] {
        let source = read(&folder.join(format!(
            "message-autoload-images/spec/fixtures/{name}-in.html"
        )));
        let clean = html::sanitise(&source, &Options::default());
        assert_eq!(
            problems(&clean.html, Remote::None),
            Vec::<String>::new(),
            "{name} fetches nothing"
        );
        assert!(
            !clean.remote.is_empty(),
            "{name} had remote images: {:?}",
            clean.removed
        );
        let shown = html::sanitise(&source, &kept());
        let left = clean
            .remote
            .iter()
            .filter(|u| shown.html.contains(&u.replace('&', "&amp;")))
            .count();
        let counted = clean.trackers.len();
        say(&format!(
            "{name}: {} remote, {left} shown when allowed, trackers {:?}",
            clean.remote.len(),
            clean.trackers
        ));
        assert!(
            left.saturating_add(counted) >= clean.remote.len().saturating_sub(2),
            "{name}: what is allowed is shown"
        );
    }
}

fn html_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            html_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "html") {
            out.push(path);
        }
    }
    out.sort();
}

#[test]
fn honest_mail() {
    let Some(folder) = corpora("html-render") else {
        return;
    };
    let mut files = Vec::new();
    html_files(&folder, &mut files);
    let mut lost = Vec::new();
    for file in &files {
        let source = read(file);
        let clean: Sanitised = html::sanitise(&source, &kept());
        assert_eq!(
            problems(&clean.html, Remote::Images),
            Vec::<String>::new(),
            "{}",
            file.display()
        );
        let words = |t: &str| {
            html::to_text(t)
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let got = words(&clean.html);
        let missing: Vec<String> = words(&source)
            .into_iter()
            .filter(|w| !got.contains(w))
            .collect();
        if !missing.is_empty() {
            lost.push(format!("{}: {missing:?}", file.display()));
        }
        for tag in ["<table", "<td", "<th", "<h1", "<li"] {
            let count = |t: &str| {
                t.to_ascii_lowercase()
                    .split("<!--")
                    .map(|p| p.split_once("-->").map_or(p, |(_, r)| r))
                    .collect::<String>()
                    .matches(tag)
                    .count()
            };
            // Source may hold tags in comments and forms; never fewer in the answer than half.
            assert!(
                count(&clean.html).saturating_mul(2) >= count(&source),
                "{}: {tag} is kept",
                file.display()
            );
        }
    }
    say(&format!("html-render: {} files", files.len()));
    assert!(lost.is_empty(), "words are kept:\n{}", lost.join("\n"));
}
