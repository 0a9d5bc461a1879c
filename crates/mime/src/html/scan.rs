//! A cursor over HTML source: tags and the text between them, without a tree and without allocating.
//!
//! It follows the tokenizer of the HTML standard where mail makes a difference (comments and conditional comments,
//! raw text elements, quoted attributes) and is deliberately blind to tree construction: search, previews and reply
//! text need speed, the sanitiser has a real tree.

/// One piece of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text as written, entities not decoded.
    Text(&'a str),
    /// A start tag: name and attributes as written.
    Start(&'a str, Attributes<'a>),
    /// An end tag.
    End(&'a str),
}

/// Elements whose content is not markup (HTML standard, raw text and RCDATA elements).
const RAW: [&str; 8] = [
    "script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp",
];

/// Walks over source, piece by piece.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    source: &'a str,
    at: usize,
    raw: Option<&'static str>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            at: 0,
            raw: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by).min(self.source.len());
    }

    /// Takes the content of a raw text element: everything up to its end tag, or to the end of the source.
    fn raw_text(&mut self, name: &str) -> &'a str {
        let rest = self.rest();
        let mut from = 0_usize;
        while let Some(found) = rest.get(from..).and_then(|r| r.find("</")) {
            let start = from.saturating_add(found);
            let after = start.saturating_add(2);
            let end = after.saturating_add(name.len());
            let matches = rest
                .get(after..end)
                .is_some_and(|n| n.eq_ignore_ascii_case(name));
            let closes = rest.as_bytes().get(end).is_none_or(|b| ends_name(*b));
            if matches && closes {
                self.advance(start);
                return rest.get(..start).unwrap_or("");
            }
            from = after;
        }
        self.advance(rest.len());
        rest
    }

    /// Reads what starts with `<`; `None` when it is not markup but a bare `<`.
    fn markup(&mut self, rest: &'a str) -> Option<Option<Piece<'a>>> {
        let bytes = rest.as_bytes();
        match bytes.get(1) {
            Some(b'!') => {
                self.comment(rest);
                Some(None)
            }
            Some(b'?') => {
                self.skip_past(rest, ">");
                Some(None)
            }
            Some(b'/') => match bytes.get(2) {
                Some(b) if b.is_ascii_alphabetic() => {
                    let name = tag_name(rest.get(2..).unwrap_or(""));
                    let body = rest.get(2_usize.saturating_add(name.len())..).unwrap_or("");
                    let len = Attributes(body).end();
                    self.advance(name.len().saturating_add(len).saturating_add(2));
                    Some(Some(Piece::End(name)))
                }
                Some(_) => {
                    self.skip_past(rest, ">");
                    Some(None)
                }
                None => None,
            },
            Some(b) if b.is_ascii_alphabetic() => Some(Some(self.start_tag(rest))),
            _ => None,
        }
    }

    fn start_tag(&mut self, rest: &'a str) -> Piece<'a> {
        let name = tag_name(rest.get(1..).unwrap_or(""));
        let body = rest.get(1_usize.saturating_add(name.len())..).unwrap_or("");
        let len = Attributes(body).end();
        let attributes = Attributes(body.get(..len).unwrap_or(""));
        self.advance(name.len().saturating_add(len).saturating_add(1));
        self.raw = RAW.iter().find(|r| r.eq_ignore_ascii_case(name)).copied();
        Piece::Start(name, attributes)
    }

    fn comment(&mut self, rest: &'a str) {
        if let Some(body) = rest.strip_prefix("<!--") {
            // `<!-->` and `<!--->` are whole comments.
            if body.starts_with('>') {
                return self.advance(5);
            }
            if body.starts_with("->") {
                return self.advance(6);
            }
            self.advance(comment_len(body).saturating_add(4));
        } else {
            self.skip_past(rest, ">");
        }
    }

    fn skip_past(&mut self, rest: &str, end: &str) {
        let len = rest
            .find(end)
            .map_or(rest.len(), |at| at.saturating_add(end.len()));
        self.advance(len);
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(name) = self.raw.take() {
            let text = self.raw_text(name);
            if !text.is_empty() {
                return Some(Piece::Text(text));
            }
        }
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if rest.starts_with('<') {
                match self.markup(rest) {
                    Some(Some(piece)) => return Some(piece),
                    Some(None) => continue,
                    None => {
                        self.advance(1);
                        return rest.get(..1).map(Piece::Text);
                    }
                }
            }
            let len = rest.find('<').unwrap_or(rest.len());
            self.advance(len);
            return rest.get(..len).map(Piece::Text);
        }
    }
}

/// The attributes of a tag as written, from behind the name to behind the `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    /// Returns the first attribute of that name, entities not decoded.
    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// True when there is nothing to read: the common case, worth a shortcut.
    pub(crate) fn is_empty(self) -> bool {
        self.0.len() <= 1
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (found, after) = next_attribute(rest);
            rest = after;
            found
        })
    }

    /// Length up to and with the closing `>`.
    fn end(self) -> usize {
        // Most tags have no quotes and few have a `>` in one: look before walking.
        match self.0.find(['>', '"', '\'']) {
            None => return self.0.len(),
            Some(at) if self.0.as_bytes().get(at) == Some(&b'>') => return at.saturating_add(1),
            Some(_) => {}
        }
        let mut rest = self.0;
        loop {
            let (found, after) = next_attribute(rest);
            rest = after;
            if found.is_none() {
                let left = self.0.len().saturating_sub(rest.len());
                return left.saturating_add(1).min(self.0.len());
            }
        }
    }
}

/// Counts the attributes of a tag from its name on, up to `most`, and the bytes looked at.
pub(crate) fn count_attributes(tag: &str, most: usize) -> (usize, usize) {
    let mut rest = tag.get(tag_name(tag).len()..).unwrap_or("");
    let mut count = 0_usize;
    while count < most {
        let (found, after) = next_attribute(rest);
        rest = after;
        if found.is_none() {
            break;
        }
        count = count.saturating_add(1);
    }
    (count, tag.len().saturating_sub(rest.len()))
}

/// Reads one attribute; `None` at `>` or at the end, with the rest from there.
fn next_attribute(source: &str) -> (Option<(&str, &str)>, &str) {
    let rest = source.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if rest.is_empty() || rest.starts_with('>') {
        return (None, rest);
    }
    // A name may begin with `=` (an error the standard keeps as a name).
    let name_end = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '='))
        .map_or(rest.len(), |(at, _)| at);
    let (name, after) = rest.split_at_checked(name_end).unwrap_or((rest, ""));
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
        return (Some((name, "")), after);
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return match inner.split_once(quote) {
                Some((v, after)) => (Some((name, v)), after),
                None => (Some((name, inner)), ""),
            };
        }
    }
    let end = value
        .find(|c: char| c.is_ascii_whitespace() || c == '>')
        .unwrap_or(value.len());
    let (value, after) = value.split_at_checked(end).unwrap_or((value, ""));
    (Some((name, value)), after)
}

/// Length of a comment from behind its `<!--`: up to and with the first `-->` or `--!>`, found in one pass, since a mail
/// may be made of nothing but comments.
fn comment_len(body: &str) -> usize {
    let mut from = 0_usize;
    while let Some(found) = body.get(from..).and_then(|b| b.find("--")) {
        let dashes = from.saturating_add(found);
        let behind = dashes.saturating_add(2);
        let rest = body.get(behind..).unwrap_or("");
        for end in [">", "!>"] {
            if rest.starts_with(end) {
                return behind.saturating_add(end.len());
            }
        }
        from = dashes.saturating_add(1);
    }
    body.len()
}

fn ends_name(b: u8) -> bool {
    b.is_ascii_whitespace() || b == b'/' || b == b'>'
}

fn tag_name(source: &str) -> &str {
    let end = source.bytes().position(ends_name).unwrap_or(source.len());
    source.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, want: &[&str]) {
        let got: Vec<String> = Scanner::new(source)
            .map(|piece| match piece {
                Piece::Text(t) => format!("t:{t}"),
                Piece::Start(n, a) => {
                    let a: Vec<String> = a.iter().map(|(k, v)| format!(" {k}={v}")).collect();
                    format!("<{n}{}", a.concat())
                }
                Piece::End(n) => format!("/{n}"),
            })
            .collect();
        assert_eq!(got, want, "pieces of {source:?}");
    }

    #[test]
    fn tags_text_and_attributes() {
        check("a<b>c</b>", &["t:a", "<b", "t:c", "/b"]);
        check(
            "<p a=1 b='x>y' C=\"d\" e>z",
            &["<p a=1 b=x>y C=d e=", "t:z"],
        );
        check("<br/>x", &["<br", "t:x"]);
        check("1 < 2 <3", &["t:1 ", "t:<", "t: 2 ", "t:<", "t:3"]);
        check("<a href=x/y>z", &["<a href=x/y", "t:z"]);
    }

    #[test]
    fn comments_are_silent() {
        check("a<!-- <b> -->c", &["t:a", "t:c"]);
        check("a<!--[if mso]><p><![endif]-->c", &["t:a", "t:c"]);
        check("a<![if !mso]>b<![endif]>", &["t:a", "t:b"]);
        check("a<!-->b", &["t:a", "t:b"]);
        check("a<!--- b --- c --!>d<!-- -- -->e", &["t:a", "t:d", "t:e"]);
        check("a<!-- never closed --", &["t:a"]);
        check("<?xml x?>b</>c", &["t:b", "t:c"]);
    }

    #[test]
    fn raw_text_is_one_piece() {
        check(
            "<style>a<b{}</p></STYLE >c",
            &["<style", "t:a<b{}</p>", "/STYLE", "t:c"],
        );
        check("<title>x", &["<title", "t:x"]);
    }

    #[test]
    fn broken_ends() {
        check("<", &["t:<"]);
        check("</", &["t:<", "t:/"]);
        check("<a href=\"x", &["<a href=x"]);
        check("<a b", &["<a b="]);
        check("č<š>", &["t:č", "t:<", "t:š>"]);
    }
}
