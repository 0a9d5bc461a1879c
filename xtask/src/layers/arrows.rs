//! Which room may name which: the plan of DESIGN.md section 2 as data, held against the manifests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Each package of the workspace and the rooms it stands on. Whatever can be reached over several arrows may be named
/// directly, too; nothing else may.
const ARROWS: &[(&str, &[&str])] = &[
    ("kontor", &["kontor-engine"]),
    ("kontor-cli", &["kontor-engine"]),
    (
        "kontor-engine",
        &[
            "kontor-mail-imap",
            "kontor-mail-graph",
            "kontor-mail-gmail",
            "kontor-crm",
            "kontor-collab",
            "kontor-draft",
            "kontor-pdf",
            "kontor-server",
        ],
    ),
    ("kontor-mail-imap", &["kontor-auth", "kontor-mail"]),
    ("kontor-mail-graph", &["kontor-auth", "kontor-mail"]),
    ("kontor-mail-gmail", &["kontor-auth", "kontor-mail"]),
    ("kontor-mail", &["kontor-mime", "kontor-store"]),
    ("kontor-crm", &["kontor-store"]),
    ("kontor-draft", &["kontor-mime"]),
    ("kontor-collab", &["kontor-protocol", "kontor-store"]),
    ("kontor-store", &["kontor-sqlite", "kontor-model"]),
    ("kontor-protocol", &["kontor-model"]),
    ("kontor-mime", &["kontor-model"]),
    ("kontor-auth", &["kontor-model"]),
    (
        "kontor-server",
        &[
            "kontor-protocol",
            "kontor-sqlite",
            "kontor-metakocka",
            "kontor-outreach",
        ],
    ),
    ("kontor-model", &[]),
    ("kontor-pdf", &[]),
    ("kontor-sqlite", &[]),
    ("kontor-metakocka", &[]),
    ("kontor-outreach", &[]),
    ("kontor-simulators", &["kontor-testkit"]),
    ("kontor-testkit", &[]),
    ("e2e", &["kontor-testkit", "kontor-simulators"]),
    ("xtask", &["kontor-testkit"]),
];

/// Rooms for tests: any package may name them as a dev-dependency.
const DEV_ONLY: &[&str] = &["kontor-testkit", "kontor-simulators"];

/// Foreign crates that belong to single rooms.
const KEPT: &[(&str, &[&str])] = &[
    ("tauri", &["kontor"]),
    ("tauri-build", &["kontor"]),
    ("tauri-specta", &["kontor"]),
    (
        "rusqlite",
        &["kontor-sqlite", "kontor-store", "kontor-server"],
    ),
    ("sqlx", &["kontor-server"]),
    ("async-imap", &["kontor-mail-imap"]),
    ("lettre", &["kontor-mail-imap"]),
    ("keyring", &["kontor-auth"]),
    ("ammonia", &["kontor-mime"]),
    ("mail-parser", &["kontor-mime"]),
    ("axum", &["kontor-server", "kontor-simulators"]),
    ("loro", &["kontor-collab", "kontor-server"]),
];

/// Violations in the answer of `cargo metadata --no-deps`.
pub(super) fn problems(metadata: &Value) -> Vec<String> {
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut problems = Vec::new();
    for package in packages {
        let name = text(package, "name");
        let Some(reachable) = reachable(name) else {
            problems.push(format!("{name}: not in the plan of the house (xtask/src/layers/arrows.rs, DESIGN.md section 2)"));
            continue;
        };
        for dependency in package
            .get("dependencies")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let on = text(dependency, "name");
            let dev = text(dependency, "kind") == "dev";
            let why = refused(name, on, dev, &reachable).or_else(|| doors(dependency, on, dev));
            if let Some(why) = why {
                problems.push(format!("{name} → {on}: {why}"));
            }
        }
    }
    problems
}

/// The app hosts the server's core and nothing that opens a port.
fn doors(dependency: &Value, on: &str, dev: bool) -> Option<String> {
    let yes = |name: &str| dependency.get(name).and_then(Value::as_bool) == Some(true);
    let features = dependency.get("features").and_then(Value::as_array);
    let serves = features.is_some_and(|all| all.iter().any(|f| f.as_str() == Some("serve")));
    let opens = serves || yes("uses_default_features");
    (on == "kontor-server" && !dev && opens)
        .then(|| "its feature \"serve\" only as a dev-dependency".into())
}

fn refused(name: &str, on: &str, dev: bool, reachable: &BTreeSet<&str>) -> Option<String> {
    if let Some((_, rooms)) = KEPT.iter().find(|(kept, _)| *kept == on) {
        let free = rooms.contains(&name) || dev;
        return (!free).then(|| format!("only {} may name it", rooms.join(", ")));
    }
    let ours = ARROWS.iter().any(|(room, _)| *room == on);
    if !ours || reachable.contains(on) || (dev && DEV_ONLY.contains(&on)) {
        return None;
    }
    Some(if DEV_ONLY.contains(&on) {
        "only as a dev-dependency".into()
    } else {
        "no arrow leads there".into()
    })
}

/// Everything below a package; `None` when the plan does not know it.
fn reachable(name: &str) -> Option<BTreeSet<&'static str>> {
    let arrows: BTreeMap<&str, &[&'static str]> = ARROWS.iter().copied().collect();
    let mut open: Vec<&str> = arrows.get(name)?.to_vec();
    let mut found = BTreeSet::new();
    while let Some(room) = open.pop() {
        if found.insert(room) {
            open.extend(arrows.get(room).into_iter().flat_map(|a| a.iter()));
        }
    }
    Some(found)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(package: &str, on: &str, kind: Option<&str>, want: Option<&str>) {
        let metadata =
            json!({"packages": [{"name": package, "dependencies": [{"name": on, "kind": kind}]}]});
        let got = problems(&metadata);
        match want {
            None => assert!(got.is_empty(), "{package} may name {on}: {got:?}"),
            Some(why) => assert!(
                got.iter().any(|p| p.contains(why)),
                "{package} → {on} {kind:?}: {got:?}"
            ),
        }
    }

    #[test]
    fn arrows_lead_down_only() {
        check("kontor", "kontor-engine", None, None);
        check("kontor", "kontor-model", None, None);
        check("kontor-engine", "kontor-sqlite", None, None);
        check("kontor-model", "kontor-store", None, Some("no arrow"));
        check("kontor-mime", "kontor-store", None, Some("no arrow"));
        check(
            "kontor-mail-imap",
            "kontor-engine",
            Some("dev"),
            Some("no arrow"),
        );
    }

    #[test]
    fn test_rooms_stay_in_tests() {
        check("kontor-engine", "kontor-testkit", Some("dev"), None);
        check(
            "kontor-engine",
            "kontor-testkit",
            None,
            Some("dev-dependency"),
        );
        check("xtask", "kontor-testkit", None, None);
    }

    #[test]
    fn foreign_crates_have_their_rooms() {
        check("kontor", "tauri", None, None);
        check("kontor-engine", "tauri", None, Some("only kontor"));
        check("kontor-mail", "rusqlite", None, Some("only kontor-sqlite"));
        check("kontor-cli", "rusqlite", Some("dev"), None);
        check("kontor-engine", "serde", None, None);
        check("kontor-new", "serde", None, Some("not in the plan"));
    }

    #[test]
    fn the_server_inside_has_no_doors() {
        let check = |kind: Option<&str>, features: &[&str], default: bool, fits: bool| {
            let on = json!({
                "name": "kontor-server", "kind": kind, "features": features, "uses_default_features": default,
            });
            let metadata = json!({"packages": [{"name": "kontor-engine", "dependencies": [on]}]});
            let got = problems(&metadata);
            assert_eq!(
                got.is_empty(),
                fits,
                "{kind:?} {features:?} {default}: {got:?}"
            );
        };
        check(None, &[], false, true);
        check(None, &["serve"], false, false);
        check(None, &[], true, false);
        check(Some("dev"), &["serve"], false, true);
    }

    #[test]
    fn the_plan_has_no_circles() {
        for (name, _) in ARROWS {
            assert!(
                !reachable(name).unwrap().contains(name),
                "{name} stands on itself"
            );
        }
    }
}
