//! Reads the thread files: `== subject`, `@ place`, `-- who > whom | when | options`, then the words.

use super::letter::File;

/// One story as it stands in a file, braces unfilled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pub(crate) subject: String,
    /// The words of the `@` line.
    pub(crate) place: Vec<String>,
    pub(crate) turns: Vec<Turn>,
}

/// One mail of a story.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turn {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) cc: Vec<String>,
    /// Days from today (0 or less) and minutes after midnight.
    pub(crate) when: Option<(i64, i64)>,
    pub(crate) words: Vec<String>,
    pub(crate) images: u64,
    pub(crate) files: Vec<File>,
    pub(crate) body: String,
}

impl Turn {
    /// True when the option stands there: `unread`, `html`, …
    pub(crate) fn is(&self, option: &str) -> bool {
        self.words.iter().any(|w| w == option)
    }

    /// True for mail that leaves our house.
    pub(crate) fn outgoing(&self) -> bool {
        self.from == "me" || self.from.starts_with("me=")
    }
}

/// All stories of a file, in order.
pub(crate) fn parse(text: &str) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with("# ") && *l != "#") {
        if let Some(subject) = line.strip_prefix("== ") {
            scripts.push(Script {
                subject: subject.to_owned(),
                ..Script::default()
            });
            continue;
        }
        let Some(script) = scripts.last_mut() else {
            continue;
        };
        if let Some(place) = line.strip_prefix("@ ") {
            script.place = place.split(' ').map(str::to_owned).collect();
        } else if let Some(head) = line.strip_prefix("-- ") {
            script.turns.push(turn(head));
        } else if let Some(turn) = script.turns.last_mut() {
            turn.body.push_str(line);
            turn.body.push('\n');
        }
    }
    for turn in scripts.iter_mut().flat_map(|s| &mut s.turns) {
        turn.body = turn.body.trim().to_owned();
    }
    scripts
}

fn turn(head: &str) -> Turn {
    let mut fields = head.split('|').map(str::trim);
    let who = fields.next().unwrap_or_default();
    let rest: Vec<&str> = fields.collect();
    let mut turn = Turn::default();
    let (from, to) = who.split_once('>').unwrap_or((who, ""));
    from.trim().clone_into(&mut turn.from);
    for name in to.split(',').map(str::trim).filter(|n| !n.is_empty()) {
        match name.strip_prefix("cc ") {
            Some(copy) => turn.cc.push(copy.to_owned()),
            None => turn.to.push(name.to_owned()),
        }
    }
    turn.when = rest.first().and_then(|w| when(w));
    for word in rest
        .last()
        .unwrap_or(&"")
        .split(' ')
        .filter(|w| !w.is_empty())
    {
        match word.split_once('=') {
            Some(("images", n)) => turn.images = n.parse().unwrap_or(0),
            Some(("file", file)) => {
                let (name, size) = file.rsplit_once(':').unwrap_or((file, "10"));
                turn.files.push(File {
                    name: name.to_owned(),
                    kilobytes: size.parse().unwrap_or(10),
                });
            }
            _ => turn.words.push(word.to_owned()),
        }
    }
    turn
}

/// `-7 10:24`.
fn when(text: &str) -> Option<(i64, i64)> {
    let (days, clock) = text.split_once(' ')?;
    let (hours, minutes) = clock.split_once(':')?;
    let hours: i64 = hours.parse().ok()?;
    Some((
        days.parse().ok()?,
        hours
            .saturating_mul(60)
            .saturating_add(minutes.parse().ok()?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_read() {
        let text = "# note\n== A: b\n@ prodaja INBOX\n-- tomaz > prodaja, cc nina | -1 09:42 | unread html images=3 file=Č.pdf:18\nHi\n\n| a |\n\n-- me > them | html\nYes\n";
        let scripts = parse(text);
        assert_eq!(scripts.len(), 1, "one story");
        let turn = &scripts[0].turns[0];
        assert_eq!(
            (turn.to[0].as_str(), turn.cc[0].as_str(), turn.when),
            ("prodaja", "nina", Some((-1, 582))),
            "head"
        );
        assert!(
            turn.is("unread") && turn.is("html") && turn.images == 3,
            "options: {turn:?}"
        );
        assert_eq!(
            turn.files,
            [File {
                name: "Č.pdf".into(),
                kilobytes: 18
            }],
            "files"
        );
        assert_eq!(turn.body, "Hi\n\n| a |", "words, trimmed");
        assert!(
            scripts[0].turns[1].outgoing() && scripts[0].turns[1].is("html"),
            "short head"
        );
    }
}
