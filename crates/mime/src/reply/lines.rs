//! What each line of a body is.

use super::attribution::{self, Strength};
use super::signature::{self, Separator};
use super::words::Field;

/// A line that only the HTML reader writes: the program itself marked what follows as quoted.
pub(super) const MARK: &str = "\u{e000}";

/// Begins lines that the program marked as signature; written by the HTML reader alone.
pub(super) const SIGNED: char = '\u{e001}';

/// Begins lines of a block quotation that no program marked as old mail; written by the HTML reader alone.
pub(super) const INDENTED: char = '\u{e002}';

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words, by whomever.
    Text,
    /// Nothing.
    Empty,
    /// Begins with `>`.
    Quote,
    /// "On … wrote:", "-----Original Message-----", one of its lines, or [`MARK`].
    Attribution,
    /// A field of a quoted header block, continuation lines included.
    Field,
    /// Signature by itself: "Sent from my iPhone", or marked as one ([`SIGNED`]).
    Signed,
    /// A separator.
    Separator(Separator),
}

/// Most lines one attribution is broken into.
const MOST_LINES: usize = 6;

/// Names every line.
pub(super) fn classify(lines: &[&str]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = lines.iter().map(|l| alone(l)).collect();
    fences(lines, &mut kinds);
    for at in 0..lines.len() {
        attributions(lines, &mut kinds, at);
    }
    blocks(lines, &mut kinds);
    indented(lines, &mut kinds);
    kinds
}

/// A block quotation is old mail when nothing of the author follows it or an attribution leads it; else it is the
/// author's way to set a passage apart.
fn indented(lines: &[&str], kinds: &mut [Kind]) {
    let is = |at: usize| lines.get(at).is_some_and(|l| l.starts_with(INDENTED));
    let mut last = true;
    for at in (0..lines.len()).rev() {
        if is(at) && last {
            if let Some(kind) = kinds.get_mut(at) {
                *kind = Kind::Quote;
            }
        } else {
            let old = matches!(
                kinds.get(at),
                Some(Kind::Quote | Kind::Empty | Kind::Attribution | Kind::Field)
            );
            last &= old;
        }
    }
    let mut led = false;
    for at in 0..lines.len() {
        match kinds.get_mut(at) {
            Some(kind) if led && is(at) => *kind = Kind::Quote,
            Some(Kind::Empty) | None => {}
            Some(kind) => led = *kind == Kind::Attribution,
        }
    }
}

/// What a line is by itself.
fn alone(line: &str) -> Kind {
    let text = line.trim().trim_start_matches(INDENTED).trim();
    if text.is_empty() {
        return Kind::Empty;
    }
    if text == MARK {
        return Kind::Attribution;
    }
    if text.starts_with(SIGNED) {
        return Kind::Signed;
    }
    if text.starts_with('>') {
        return Kind::Quote;
    }
    if let Some(separator) = signature::separator(text) {
        return Kind::Separator(separator);
    }
    if attribution::title(text) {
        return Kind::Attribution;
    }
    if signature::device(text) {
        return Kind::Signed;
    }
    Kind::Text
}

/// Lines between ``` are code, whatever they look like.
fn fences(lines: &[&str], kinds: &mut [Kind]) {
    let marks: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.trim_start().starts_with("```"))
        .map(|(at, _)| at)
        .collect();
    for pair in marks.chunks_exact(2) {
        if let [open, close] = pair {
            for kind in kinds.iter_mut().take(close.saturating_add(1)).skip(*open) {
                if *kind != Kind::Empty {
                    *kind = Kind::Text;
                }
            }
        }
    }
}

/// Finds the attribution that ends (or, dated at its beginning, stands) at this line and marks all its lines.
fn attributions(lines: &[&str], kinds: &mut [Kind], at: usize) {
    let Some(line) = lines.get(at) else { return };
    if kinds.get(at) != Some(&Kind::Text) {
        // A broken attribution may end in `> wrote:`, which looks like a quote.
        let may = kinds.get(at) == Some(&Kind::Quote) && line.len() < 24 && attribution::ends(line);
        if !may {
            return;
        }
    }
    if !attribution::ends(line) && !attribution::dated(line) {
        return;
    }
    let Some((start, strength)) = widest(lines, kinds, at) else {
        return;
    };
    if strength == Strength::Weak && !quote_follows(kinds, at) {
        return;
    }
    for kind in kinds.iter_mut().take(at.saturating_add(1)).skip(start) {
        if *kind != Kind::Empty {
            *kind = Kind::Attribution;
        }
    }
}

/// Joins the lines above, few first, and returns where the attribution that ends at `at` starts.
///
/// One that starts like an attribution (intro word or date) is preferred over one that merely reads like it.
fn widest(lines: &[&str], kinds: &[Kind], at: usize) -> Option<(usize, Strength)> {
    let mut joined = String::new();
    let mut found: Option<(usize, Strength)> = None;
    let mut blanks = 0_usize;
    for start in (at.saturating_sub(MOST_LINES.saturating_sub(1))..=at).rev() {
        let line = lines.get(start)?;
        match kinds.get(start)? {
            Kind::Empty => {
                blanks = blanks.saturating_add(1);
                if blanks > 1 {
                    break;
                }
                continue;
            }
            Kind::Text => {}
            Kind::Quote if start == at => {}
            _ => break,
        }
        joined = if joined.is_empty() {
            (*line).trim().to_owned()
        } else {
            format!("{} {joined}", line.trim())
        };
        let begins = attribution::begins(line);
        if let Some(strength) = attribution::attribution(&joined) {
            // Across an empty line only what is dated at its very beginning: that much chance there is not.
            if begins && (blanks == 0 || strength == Strength::Strong) {
                return Some((start, strength));
            }
            // "Ana Kovač <ana@hrast.si> je", then "napisala dne …": the line with the address opens it.
            let opens = start == at || line.contains('@');
            if blanks == 0 && opens && found.is_none_or(|(_, known)| strength > known) {
                found = Some((start, strength));
            }
        }
    }
    found
}

fn quote_follows(kinds: &[Kind], at: usize) -> bool {
    kinds
        .iter()
        .skip(at.saturating_add(1))
        .find(|k| **k != Kind::Empty)
        .is_some_and(|k| *k == Kind::Quote)
}

/// Marks blocks of header fields: three kinds of them, or two behind a title or a drawn line.
fn blocks(lines: &[&str], kinds: &mut [Kind]) {
    let mut at = 0_usize;
    while at < lines.len() {
        let found = matches!(kinds.get(at), Some(Kind::Text | Kind::Attribution))
            .then(|| lines.get(at).and_then(|l| attribution::field(l)))
            .flatten();
        if found.is_none() {
            at = at.saturating_add(1);
            continue;
        }
        let (end, fields) = block(lines, kinds, at);
        let led = leads(kinds, at);
        let people = fields.contains(&Field::From) || fields.contains(&Field::To);
        let enough = fields.len() >= 3 || (led && fields.len() >= 2);
        let meant = fields.contains(&Field::Date) || fields.contains(&Field::Subject) || led;
        if enough && people && meant {
            for kind in kinds.iter_mut().take(end).skip(at) {
                if *kind != Kind::Empty {
                    *kind = Kind::Field;
                }
            }
        }
        at = end.max(at.saturating_add(1));
    }
}

/// True when the line above the block (empty ones aside) announces it.
fn leads(kinds: &[Kind], at: usize) -> bool {
    kinds
        .iter()
        .take(at)
        .rev()
        .find(|k| **k != Kind::Empty)
        .is_some_and(|k| {
            matches!(
                k,
                Kind::Attribution | Kind::Separator(Separator::Underscores | Separator::Rule)
            )
        })
}

/// Longest run of continuation lines within one field (long recipient lists, broken subjects).
const MOST_CONTINUED: usize = 4;

/// Reads the block at `at`: behind its last field line, and the kinds of fields in it.
fn block(lines: &[&str], kinds: &[Kind], at: usize) -> (usize, Vec<Field>) {
    let mut fields = Vec::new();
    let mut end = at;
    let mut pending = 0_usize;
    let mut blank = false;
    for (here, line) in lines.iter().enumerate().skip(at) {
        match attribution::field(line) {
            Some(field) => {
                // One empty line between fields happens in HTML made of paragraphs; more is the end.
                if !fields.contains(&field) {
                    fields.push(field);
                }
                end = here.saturating_add(1);
                pending = 0;
                blank = false;
            }
            None if line.trim().is_empty() => {
                if blank || pending > 0 || fields.len() >= 4 {
                    break;
                }
                blank = true;
            }
            None => {
                pending = pending.saturating_add(1);
                let kind = kinds.get(here);
                if blank || pending > MOST_CONTINUED || kind == Some(&Kind::Quote) {
                    break;
                }
            }
        }
    }
    // What continues the last field is only known when it is indented or the subject is broken: left as text.
    (end, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let got: String = classify(&lines)
            .into_iter()
            .map(|k| match k {
                Kind::Text => 't',
                Kind::Empty => '.',
                Kind::Quote => 'q',
                Kind::Attribution => 'b',
                Kind::Field => 'h',
                Kind::Signed => 'd',
                Kind::Separator(Separator::Signature) => 's',
                Kind::Separator(_) => '-',
            })
            .collect();
        assert_eq!(got, want, "lines of {text:?}");
    }

    #[test]
    fn kinds_of_lines() {
        check("Hi\n\n-- \nAna", "t.st");
        check(
            "Hi\nOn Mon, Feb 1, 2016 at 6:32 PM, Jeff <info@x.org>\nwrote:\n\n> a",
            "tbb.q",
        );
        check(
            "Ok\n2016-10-24 15:36 GMT+02:00 Foo bar <\ninfo@foo.bar>:\n\n> a",
            "tbb.q",
        );
        check(
            "a\nLe 4 janv. 2016 19:03, \"N\"\n<i@d.org>\na écrit :\n> x",
            "tbbbq",
        );
        check("From: a\nSent: b\nTo: c\nSubject: d\n\nx", "hhhh.t");
        check("From: a\nTo: b, c,\n  d\nSubject: e", "hhhh");
        check("Za: to\nni nič", "tt");
        check("____________\nFrom: a\nSent: b\n\nx", "-hh.t");
        check("```\n# a\n####\n```\nb", "ttttt");
        check(
            "On this day\n\nI wrote something\n\nOn 28 Jan 2016, at 19:04, X wrote:\n> y",
            "t.t.bq",
        );
        check("Thu 31 Mar 2016 at 11:16\n\nAna wrote:\n> y", "b.bq");
        check("Ana je napisal/a:\n\n> a\nBor je napisal/a:\nb", "b.qtt");
    }
}
