//! Which lines belong to the author: the rules, in order.
//!
//! A body is read once for the first place from which everything is old mail (`cut`), then for what came before the
//! author's words (answers below the quote), then for the signature. Quotes between the author's paragraphs stay in
//! the text: without them the answers make no sense.

use kontor_model::Address;

use super::Reply;
use super::lines::{INDENTED, Kind, MARK, SIGNED, classify};
use super::signature::{self, Separator};

/// Lines of text in the longest signature that is still one below a quote.
const LONGEST_SIGNATURE: usize = 15;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Text,
    Quoted,
    Signature,
    /// Separators and marks: shown in no part.
    Dropped,
}

/// See [`super::split`] and [`super::split_by`].
pub(super) fn split(text: &str, sender: Option<&Address>) -> Reply {
    let lines: Vec<&str> = text.split('\n').map(|l| l.trim_end_matches('\r')).collect();
    let kinds = classify(&lines);
    let mut body = Body {
        fates: vec![Fate::Text; lines.len()],
        lines,
        kinds,
    };
    body.run(sender);
    body.collect()
}

struct Body<'a> {
    lines: Vec<&'a str>,
    kinds: Vec<Kind>,
    fates: Vec<Fate>,
}

impl Body<'_> {
    fn run(&mut self, sender: Option<&Address>) {
        let (start, end) = match self.first_cut() {
            Some(cut) => {
                self.mark(cut, self.lines.len(), Fate::Quoted);
                (0, cut)
            }
            None => (self.behind_leading_mail(), self.lines.len()),
        };
        self.trailing(start, end);
        self.signature(start, end, sender);
        // Quotes that only a signature stood behind.
        self.trailing(start, end);
        self.markers(start, end);
    }

    fn kind(&self, at: usize) -> Kind {
        self.kinds.get(at).copied().unwrap_or(Kind::Empty)
    }

    fn mark(&mut self, from: usize, to: usize, fate: Fate) {
        for f in self.fates.iter_mut().take(to).skip(from) {
            *f = fate;
        }
    }

    /// The author wrote something in these lines.
    fn has_text(&self, from: usize, to: usize) -> bool {
        self.kinds
            .iter()
            .take(to)
            .skip(from)
            .any(|k| *k == Kind::Text)
    }

    fn next_written(&self, from: usize) -> Option<usize> {
        (from..self.lines.len()).find(|at| self.kind(*at) != Kind::Empty)
    }

    /// The first line from which everything is old mail, when the author wrote something above it.
    fn first_cut(&self) -> Option<usize> {
        let mut at = self.kinds.iter().position(|k| *k == Kind::Text)?;
        // Up to here quotes are known to have more of the author's words behind them.
        let mut answered = 0;
        while at < self.lines.len() {
            match self.kind(at) {
                Kind::Field => return Some(self.with_rule(at)),
                Kind::Attribution => {
                    let behind = self.behind_attribution(at);
                    match self.next_written(behind).map(|n| self.kind(n)) {
                        Some(Kind::Quote) => {
                            if behind >= answered {
                                answered = self.behind_quotes(behind);
                                if self.only_signature(answered) {
                                    return Some(self.with_rule(at));
                                }
                            }
                            at = behind;
                            continue;
                        }
                        _ => return Some(self.with_rule(at)),
                    }
                }
                Kind::Text | Kind::Empty | Kind::Quote | Kind::Signed | Kind::Separator(_) => {}
            }
            at = at.saturating_add(1);
        }
        None
    }

    /// Behind the lines of the attribution at `at`.
    fn behind_attribution(&self, at: usize) -> usize {
        (at..self.lines.len())
            .find(|n| !matches!(self.kind(*n), Kind::Attribution | Kind::Empty))
            .unwrap_or(self.lines.len())
    }

    /// Takes a drawn line directly above along.
    fn with_rule(&self, at: usize) -> usize {
        let above = (0..at).rev().find(|n| self.kind(*n) != Kind::Empty);
        match above {
            Some(n)
                if matches!(
                    self.kind(n),
                    Kind::Separator(Separator::Underscores | Separator::Rule)
                ) =>
            {
                n
            }
            _ => at,
        }
    }

    /// Behind the run of quotes at `from`.
    fn behind_quotes(&self, from: usize) -> usize {
        (from..self.lines.len())
            .find(|n| {
                !matches!(
                    self.kind(*n),
                    Kind::Quote | Kind::Empty | Kind::Attribution | Kind::Field
                )
            })
            .unwrap_or(self.lines.len())
    }

    /// From `behind` a run of quotes on stands nothing of the author but a signature (or one seen in the quotes).
    fn only_signature(&self, behind: usize) -> bool {
        let quotes_again = (behind..self.lines.len()).any(|n| self.kind(n) == Kind::Quote);
        if quotes_again {
            return false;
        }
        let first = self.kind(behind);
        if matches!(
            first,
            Kind::Separator(Separator::Signature | Separator::Underscores)
        ) {
            return !self.text_behind_signature(behind);
        }
        let texts: Vec<&str> = (behind..self.lines.len())
            .filter(|n| self.kind(*n) == Kind::Text)
            .filter_map(|n| self.lines.get(n))
            .map(|l| l.trim())
            .collect();
        // A program that puts the signature below the quote: its lines were seen before.
        let seen = |line: &str| {
            self.lines
                .iter()
                .take(behind)
                .any(|l| l.trim_start_matches(['>', ' ']).trim() == line)
        };
        texts.is_empty() || (texts.len() <= 8 && texts.iter().all(|t| seen(t)))
    }

    /// A signature is short, and where the program marked it, it ends with the mark.
    fn text_behind_signature(&self, from: usize) -> bool {
        let marked = |n: &usize| self.lines.get(*n).is_some_and(|l| l.starts_with(SIGNED));
        let last = (from..self.lines.len()).rev().find(marked);
        let written = (last.unwrap_or(from)..self.lines.len())
            .filter(|n| self.kind(*n) == Kind::Text)
            .count();
        written > if last.is_some() { 0 } else { LONGEST_SIGNATURE }
    }

    /// Skips old mail the author answered below, or forwarded without a word; returns where the author's part begins.
    fn behind_leading_mail(&mut self) -> usize {
        let Some(first) = self.next_written(0) else {
            return 0;
        };
        match self.kind(first) {
            Kind::Attribution | Kind::Field => {}
            Kind::Separator(_)
                if matches!(
                    self.next_written(first.saturating_add(1))
                        .map(|n| self.kind(n)),
                    Some(Kind::Attribution | Kind::Field)
                ) => {}
            _ => return 0,
        }
        let head_end = (first..self.lines.len())
            .find(|n| matches!(self.kind(*n), Kind::Text | Kind::Quote | Kind::Signed))
            .unwrap_or(self.lines.len());
        let quotes_end = (head_end..self.lines.len())
            .find(|n| matches!(self.kind(*n), Kind::Text | Kind::Signed))
            .unwrap_or(self.lines.len());
        let quoted = (head_end..quotes_end).any(|n| self.kind(n) == Kind::Quote);
        let quotes_later = (quotes_end..self.lines.len()).any(|n| self.kind(n) == Kind::Quote);
        // Quotes all in one piece are the mail that is answered; in several they are what each answer is about.
        let until = if quoted && !quotes_later {
            quotes_end
        } else {
            head_end
        };
        self.mark(first, until, Fate::Quoted);
        until
    }

    /// Quotes at the end of the author's part are old mail, when the author wrote something above.
    fn trailing(&mut self, start: usize, end: usize) {
        let own = |n: &usize| self.fates.get(*n) == Some(&Fate::Text);
        let last = (start..end).rev().filter(own).find(|n| {
            !matches!(
                self.kind(*n),
                Kind::Quote | Kind::Empty | Kind::Attribution | Kind::Field
            )
        });
        let Some(last) = last else { return };
        let behind: Vec<usize> = (last.saturating_add(1)..end).filter(own).collect();
        if self.has_text(start, end) && behind.iter().any(|n| self.kind(*n) == Kind::Quote) {
            for n in behind {
                self.mark(n, n.saturating_add(1), Fate::Quoted);
            }
        }
    }

    fn signature(&mut self, start: usize, end: usize, sender: Option<&Address>) {
        let own: Vec<usize> = (start..end)
            .filter(|n| self.fates.get(*n) == Some(&Fate::Text))
            .collect();
        let Some(until) = own.last().map(|n| n.saturating_add(1)) else {
            return;
        };
        // Where the program marked the signature, it ends with the mark.
        let marked = |n: &usize| self.lines.get(*n).is_some_and(|l| l.starts_with(SIGNED));
        let until = own
            .iter()
            .rev()
            .find(|n| marked(n))
            .map_or(until, |n| n.saturating_add(1));
        let last_text = (start..until).rev().find(|n| self.kind(*n) == Kind::Text);
        let mut begin = until;
        for at in own.into_iter().filter(|n| *n < until) {
            match self.kind(at) {
                Kind::Signed => self.mark(at, at.saturating_add(1), Fate::Signature),
                // Drawn lines end the text above a footer or nothing, `--` always.
                Kind::Separator(separator)
                    if separator == Separator::Signature
                        || last_text.is_none_or(|last| last < at)
                        || (separator == Separator::Underscores && self.is_footer(at, until)) =>
                {
                    begin = at;
                    break;
                }
                _ => {}
            }
        }
        // Quotes behind a separator: it separates something else.
        if begin < until
            && self.has_text(start, begin)
            && !(begin..until).any(|n| self.kind(n) == Kind::Quote)
        {
            let dropped = matches!(self.kind(begin), Kind::Separator(Separator::Signature));
            self.mark(begin, until, Fate::Signature);
            if dropped {
                self.mark(begin, begin.saturating_add(1), Fate::Dropped);
            }
        } else {
            begin = until;
        }
        if let Some(sender) = sender {
            let from: Vec<&str> = self.lines.iter().take(begin).skip(start).copied().collect();
            if let Some(closing) = signature::closing_block(&from, sender) {
                let at = start.saturating_add(closing);
                for n in at..begin {
                    if self.fates.get(n) == Some(&Fate::Text) {
                        self.mark(n, n.saturating_add(1), Fate::Signature);
                    }
                }
            }
        }
    }

    /// The lines from behind `at` to `until` are a mailing list's or a company's footer.
    fn is_footer(&self, at: usize, until: usize) -> bool {
        let lines = self.lines.iter().take(until).skip(at.saturating_add(1));
        signature::is_footer(lines.copied())
    }

    /// Attribution lines and header fields left between the author's words go to the quotes.
    fn markers(&mut self, start: usize, end: usize) {
        if !self.has_text(start, end) {
            return;
        }
        for at in start..end {
            if matches!(self.kind(at), Kind::Attribution | Kind::Field) {
                self.mark(at, at.saturating_add(1), Fate::Quoted);
            }
        }
    }

    fn collect(&self) -> Reply {
        let part = |fate: Fate| {
            let mut out = String::new();
            for (line, f) in self.lines.iter().zip(&self.fates) {
                if *f == fate && line.trim() != MARK {
                    out.push_str(line.trim_start_matches([SIGNED, INDENTED]));
                    out.push('\n');
                }
            }
            out.trim().to_owned()
        };
        Reply {
            text: part(Fate::Text),
            quoted: part(Fate::Quoted),
            signature: part(Fate::Signature),
        }
    }
}
