//! Invariants of DESIGN.md section 2 that show in the text of the code.

use std::path::Path;

/// Words that may stand in some rooms only. Tests and comments may say anything.
struct Rule {
    /// Any of these, as written.
    words: &'static [&'static str],
    /// Where the rule holds: path prefixes, and the extensions of code.
    within: &'static [&'static str],
    /// Where it does not.
    except: &'static [&'static str],
    why: &'static str,
}

const PURE: &[&str] = &["crates/model/", "crates/mime/", "crates/protocol/"];

const RULES: &[Rule] = &[
    Rule {
        words: &["tauri::", "tauri_specta::"],
        within: &["crates/", "cli/", "server/"],
        except: &[],
        why: "only src-tauri knows Tauri",
    },
    Rule {
        words: &[
            "INSERT INTO ",
            "INSERT OR ",
            "DELETE FROM ",
            "CREATE TABLE ",
            "CREATE INDEX ",
            "SELECT count(",
            "REPLACE INTO ",
        ],
        within: &["crates/", "cli/", "src-tauri/"],
        except: &["crates/store/", "crates/testkit/", "crates/sqlite/"],
        why: "only store and server hold SQL",
    },
    Rule {
        words: &[
            "tokio::spawn",
            "tokio::task::spawn(",
            "tokio::task::spawn_local",
        ],
        within: &["crates/", "cli/", "src-tauri/"],
        except: &["crates/engine/"],
        why: "only engine and server start tasks, so that shutdown can wait for them",
    },
    Rule {
        words: &[
            "std::fs",
            "std::process",
            "std::env",
            "TcpStream",
            "UdpSocket",
            "ToSocketAddrs",
            "tokio::",
        ],
        within: PURE,
        except: &[],
        why: "model, mime and protocol never touch disk or network",
    },
    Rule {
        words: &[
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
        ],
        within: PURE,
        except: &[],
        why: "model, mime and protocol have no clock: time comes in",
    },
    Rule {
        words: &[
            "@tauri-apps/api",
            "/bindings\"",
            "/bindings.ts\"",
            "/bindings'",
        ],
        within: &["ui/src/"],
        except: &["ui/src/api/"],
        why: "only ui/src/api talks to the Rust side (types may be imported by `import type`)",
    },
];

/// Violations in one source file, as `path:line: word: why`.
pub(super) fn problems(path: &str, text: &str) -> Vec<String> {
    if is_test(path) {
        return Vec::new();
    }
    let rules: Vec<&Rule> = RULES
        .iter()
        .filter(|r| starts(path, r.within) && !starts(path, r.except))
        .collect();
    let mut problems = Vec::new();
    let mut types_only = false;
    for (n, line) in (1_u32..).zip(text.lines()) {
        // Unit tests stand at the end of a file.
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        // An import may stretch over lines; its first word tells whether only types come in.
        if line.starts_with("import ") || line.starts_with("export ") {
            types_only = line.starts_with("import type ");
        }
        for rule in &rules {
            let found = rule
                .words
                .iter()
                .filter(|word| says(line, word, types_only));
            problems
                .extend(found.map(|word| format!("{path}:{n}: `{}`: {}", word.trim(), rule.why)));
        }
    }
    problems
}

/// True when the line's code says the word; for modules of the window, when it imports more than types from there.
fn says(line: &str, word: &str, types_only: bool) -> bool {
    if word.starts_with(['@', '/']) {
        return line.contains(word) && !types_only && !line.trim_start().starts_with("//");
    }
    line.split("//").next().unwrap_or_default().contains(word)
}

fn starts(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|p| path.starts_with(p))
}

/// Test code by its place: `tests/`, `foo_tests.rs`, `tests.rs`, `x.test.ts`.
fn is_test(path: &str) -> bool {
    let stem = Path::new(path)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    ["/tests/", "/benches/", "/examples/"]
        .iter()
        .any(|d| path.contains(d))
        || stem == "tests"
        || stem.ends_with("_tests")
        || stem.ends_with(".test")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, want: Option<&str>) {
        let got = problems(path, text);
        match want {
            None => assert!(got.is_empty(), "{path}: {got:?}"),
            Some(start) => assert!(
                got.first().is_some_and(|p| p.starts_with(start)),
                "{path} {text:?}: {got:?}"
            ),
        }
    }

    #[test]
    fn words_stay_in_their_rooms() {
        check(
            "crates/engine/src/lib.rs",
            "use tauri::App;",
            Some("crates/engine/src/lib.rs:1: `tauri::`"),
        );
        check("src-tauri/src/lib.rs", "use tauri::App;", None);
        check(
            "crates/mail/src/x.rs",
            "a();\nq(\"DELETE FROM t\")",
            Some("crates/mail/src/x.rs:2"),
        );
        check("crates/store/src/x.rs", "q(\"DELETE FROM t\")", None);
        check(
            "crates/mail-imap/src/x.rs",
            "format!(\"SELECT {folder}\")",
            None,
        );
        check(
            "crates/mail-imap/src/x.rs",
            "tokio::spawn(f)",
            Some("crates/mail-imap"),
        );
        check("crates/engine/src/x.rs", "tokio::spawn(f)", None);
        check(
            "crates/mime/src/x.rs",
            "std::fs::read(p)",
            Some("crates/mime"),
        );
        check(
            "crates/model/src/x.rs",
            "let now = SystemTime::now();",
            Some("crates/model"),
        );
        check(
            "ui/src/mail/List.tsx",
            "import { commands } from \"../api/bindings\";",
            Some("ui/src/mail"),
        );
        check(
            "ui/src/api/queries.ts",
            "import { commands } from \"./bindings\";",
            None,
        );
    }

    #[test]
    fn tests_and_comments_may_say_anything() {
        check(
            "crates/mime/src/x.rs",
            "// unlike std::fs\nfn a() {}\n#[cfg(test)]\nmod tests { use std::fs; }",
            None,
        );
        check("crates/mime/tests/corpus.rs", "use std::fs;", None);
        check(
            "ui/src/mail/List.test.tsx",
            "import \"@tauri-apps/api/mocks\";",
            None,
        );
    }
}
