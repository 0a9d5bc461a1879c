//! The visible text of HTML, in one pass: what search indexes, previews show and replies quote.

use super::entity;
use super::scan::{Attributes, Piece, Scanner};

/// How an element bears on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Flows with its neighbours.
    Inline,
    /// Stands on lines of its own.
    Block,
    /// A block with an empty line before and after.
    Paragraph,
    /// A table cell: apart from its neighbours on the same line.
    Cell,
    /// A line break.
    Break,
    /// Keeps its white space.
    Pre,
    /// Shows nothing of its content.
    Silent,
}

/// Looks an element up by name, any case.
pub(crate) fn kind(name: &str) -> Kind {
    // Lower case in place: names longer than this are not in the table.
    let mut buffer = [0_u8; 12];
    let Some(lower) = buffer.get_mut(..name.len()) else {
        return Kind::Inline;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"br" => Kind::Break,
        b"td" | b"th" => Kind::Cell,
        b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul" | b"ol" | b"dl" => {
            Kind::Paragraph
        }
        b"pre" | b"listing" | b"plaintext" | b"xmp" => Kind::Pre,
        b"div" | b"tr" | b"table" | b"tbody" | b"thead" | b"tfoot" | b"li" | b"blockquote"
        | b"center" | b"hr" | b"body" | b"html" | b"section" | b"article" | b"header"
        | b"footer" | b"aside" | b"nav" | b"main" | b"address" | b"figure" | b"figcaption"
        | b"form" | b"fieldset" | b"legend" | b"dd" | b"dt" | b"dir" | b"menu" | b"details"
        | b"summary" | b"caption" | b"option" | b"hgroup" | b"dialog" => Kind::Block,
        b"script" | b"style" | b"title" | b"template" | b"iframe" | b"noembed" | b"noframes"
        | b"svg" | b"object" | b"audio" | b"video" | b"canvas" | b"select" | b"head" => {
            Kind::Silent
        }
        _ => Kind::Inline,
    }
}

/// Elements without content.
pub(crate) fn is_void(name: &str) -> bool {
    [
        "br", "img", "hr", "input", "meta", "link", "col", "area", "base", "wbr", "embed", "param",
        "source", "track",
    ]
    .iter()
    .any(|v| v.eq_ignore_ascii_case(name))
}

/// True when the tag hides its content: `hidden`, `display: none`, `visibility: hidden`.
///
/// Style sheets are not asked: that would need a cascade, and mail hides its preview line inline because Gmail
/// drops style sheets.
pub(crate) fn hides(attributes: Attributes<'_>) -> bool {
    if attributes.is_empty() {
        return false;
    }
    attributes.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("hidden")
            || (name.eq_ignore_ascii_case("style") && style_hides(value))
    })
}

fn style_hides(style: &str) -> bool {
    style.split(';').any(|declaration| {
        declaration.split_once(':').is_some_and(|(name, value)| {
            let value = value.split('!').next().unwrap_or("").trim();
            let name = name.trim();
            (name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
                || (name.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden"))
        })
    })
}

/// Lines of text as they come together.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) out: String,
    breaks: u8,
    space: bool,
    pre: u32,
    /// Written before every line, for quoted passages.
    pub(crate) prefix: String,
}

/// More line breaks in a row than this are layout, not text: one empty line.
const MOST_BREAKS: u8 = 2;

impl Lines {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Asks for at least `n` line breaks before the next text.
    pub(crate) fn block(&mut self, n: u8) {
        self.breaks = self.breaks.max(n);
        self.space = false;
    }

    /// A line break of its own.
    pub(crate) fn line_break(&mut self) {
        self.breaks = self.breaks.saturating_add(1);
        self.space = false;
    }

    /// At least one space before the next text on this line.
    pub(crate) fn cell(&mut self) {
        self.space = true;
    }

    pub(crate) fn enter_pre(&mut self) {
        self.pre = self.pre.saturating_add(1);
    }

    pub(crate) fn leave_pre(&mut self) {
        self.pre = self.pre.saturating_sub(1);
    }

    /// Writes what is due before a visible character.
    fn flush(&mut self) {
        if self.breaks > 0 {
            if !self.out.is_empty() {
                let most = if self.pre > 0 { u8::MAX } else { MOST_BREAKS };
                for nth in 0..self.breaks.min(most) {
                    self.out.push('\n');
                    if nth.saturating_add(1) < self.breaks.min(most) {
                        self.out.push_str(self.prefix.trim_end());
                    }
                }
            }
            self.breaks = 0;
            self.space = false;
            self.out.push_str(&self.prefix);
        } else if self.space {
            self.space = false;
            if !self.out.is_empty() {
                self.out.push(' ');
            }
        }
        if self.out.is_empty() {
            self.out.push_str(&self.prefix);
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '\u{a0}' | '\u{2007}' | '\u{202f}' if self.pre == 0 => self.space = true,
            // Fillers of preview lines and hyphenation marks: invisible.
            '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{34f}' => {}
            // Marks the reply reader writes between lines, see `reply`: no text may forge them.
            '\u{e000}'..='\u{e002}' => {}
            // Joiners mean something inside a word only.
            '\u{200c}' | '\u{200d}' if self.space || self.breaks > 0 || self.out.is_empty() => {}
            '\n' if self.pre > 0 => self.line_break(),
            '\r' if self.pre > 0 => {}
            c if c.is_ascii_whitespace() && self.pre == 0 => self.space = true,
            c => {
                self.flush();
                self.out.push(c);
            }
        }
    }

    /// Writes a line as it is.
    pub(crate) fn line(&mut self, line: &str) {
        self.block(1);
        self.flush();
        self.out.push_str(line);
        self.block(1);
    }

    /// Adds text as written in the source.
    pub(crate) fn text(&mut self, source: &str) {
        let mut rest = source;
        while !rest.is_empty() {
            // A run of ordinary characters is copied whole.
            let run = rest
                .bytes()
                .position(|b| STOPS.get(usize::from(b)).is_some_and(|s| *s))
                .unwrap_or(rest.len());
            if run > 0 {
                let (plain, after) = rest.split_at_checked(run).unwrap_or((rest, ""));
                self.flush();
                self.out.push_str(plain);
                rest = after;
                continue;
            }
            if rest.starts_with('&')
                && let Some((first, second, len)) = entity::decode(rest)
            {
                self.character(first);
                if let Some(second) = second {
                    self.character(second);
                }
                rest = rest.get(len..).unwrap_or("");
                continue;
            }
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                self.character(c);
            }
            rest = chars.as_str();
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

/// Bytes that end a run of plain text: white space, `&`, and first bytes of characters treated apart.
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let special = [
        b'\t', b'\n', 0x0c, b'\r', b' ', b'&', 0xc2, 0xcd, 0xe2, 0xee, 0xef,
    ];
    let mut n = 0;
    while n < special.len() {
        #[allow(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "evaluated by the compiler"
        )]
        {
            stops[special[n] as usize] = true;
            n += 1;
        }
    }
    stops
};

/// Skips an element whose start tag has just been read.
///
/// Counts elements of the same name; a paragraph also ends at the next block, a cell or row at the next one, since
/// mail leaves those open.
pub(crate) fn skip(scanner: &mut Scanner<'_>, name: &str) {
    if is_void(name) {
        return;
    }
    let closes_itself = ["p", "li", "td", "th", "tr", "dd", "dt", "option"]
        .iter()
        .any(|n| n.eq_ignore_ascii_case(name));
    let mut depth = 0_u32;
    let mut tables = 0_u32;
    loop {
        let before = scanner.clone();
        match scanner.next() {
            None => return,
            Some(Piece::Text(_)) => {}
            Some(Piece::Start(n, _)) => {
                if closes_itself && tables == 0 && ends_implied(name, n) {
                    *scanner = before;
                    return;
                }
                if n.eq_ignore_ascii_case(name) {
                    depth = depth.saturating_add(1);
                }
                if is_nest(n) {
                    tables = tables.saturating_add(1);
                }
            }
            Some(Piece::End(n)) => {
                if n.eq_ignore_ascii_case(name) && (!closes_itself || tables == 0) {
                    if depth == 0 {
                        return;
                    }
                    depth = depth.saturating_sub(1);
                }
                if is_nest(n) {
                    if tables == 0 && closes_itself {
                        // The list or table around it ends: so does the element.
                        *scanner = before;
                        return;
                    }
                    tables = tables.saturating_sub(1);
                }
            }
        }
    }
}

fn is_nest(name: &str) -> bool {
    ["table", "ul", "ol", "dl"]
        .iter()
        .any(|n| n.eq_ignore_ascii_case(name))
}

fn ends_implied(open: &str, next: &str) -> bool {
    if open.eq_ignore_ascii_case("p") {
        return !matches!(kind(next), Kind::Inline | Kind::Break | Kind::Silent);
    }
    if open.eq_ignore_ascii_case(next) {
        return true;
    }
    let cell = |n: &str| matches!(kind(n), Kind::Cell);
    cell(open) && (cell(next) || next.eq_ignore_ascii_case("tr"))
}

/// See [`super::to_text`].
pub(crate) fn extract(html: &str) -> String {
    let mut lines = Lines::with_capacity(html.len() / 4);
    let mut scanner = Scanner::new(html);
    while let Some(piece) = scanner.next() {
        match piece {
            Piece::Text(text) => lines.text(text),
            Piece::Start(name, attributes) => {
                let kind = kind(name);
                if head(name) {
                    continue;
                }
                if kind == Kind::Silent || hides(attributes) {
                    skip(&mut scanner, name);
                } else {
                    start(&mut lines, kind);
                }
            }
            Piece::End(name) => end(&mut lines, kind(name)),
        }
    }
    lines.finish()
}

/// `head` is not skipped as a whole: mail often forgets to close it.
pub(crate) fn head(name: &str) -> bool {
    name.eq_ignore_ascii_case("head")
}

pub(crate) fn start(lines: &mut Lines, kind: Kind) {
    match kind {
        Kind::Inline | Kind::Silent => {}
        Kind::Block => lines.block(1),
        Kind::Paragraph => lines.block(2),
        Kind::Cell => lines.cell(),
        Kind::Break => lines.line_break(),
        Kind::Pre => {
            lines.block(2);
            lines.enter_pre();
        }
    }
}

pub(crate) fn end(lines: &mut Lines, kind: Kind) {
    match kind {
        Kind::Inline | Kind::Silent | Kind::Break => {}
        Kind::Block => lines.block(1),
        Kind::Paragraph => lines.block(2),
        Kind::Cell => lines.cell(),
        Kind::Pre => {
            lines.leave_pre();
            lines.block(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_text() {
        for (html, want) in [
            (
                "<p>Spoštovani,</p><p>hvala za <b>ponudbo</b>.</p>",
                "Spoštovani,\n\nhvala za ponudbo.",
            ),
            ("<div>a</div><div>b<br></div><div>c</div>", "a\nb\nc"),
            ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
            ("a<br><br><br><br>b", "a\n\nb"),
            (
                "<table><tr><td>Vijak</td><td>12</td></tr><tr><td>Matica</td><td>3</td></tr></table>",
                "Vijak 12\nMatica 3",
            ),
            (
                "<html><head><title>T</title><style>p{}</style></head><body>x<script>1<2</script>y",
                "xy",
            ),
            (
                "<div style='display: none !important'>skrito<div>tudi</div></div>vidno",
                "vidno",
            ),
            (
                "<div hidden>a</div><span style=\"VISIBILITY:hidden\">b</span>c",
                "c",
            ),
            ("<p style=display:none>skrito<div>vidno</div>", "vidno"),
            ("<table><tr><td style='display:none'>a<td>b</table>", "b"),
            ("<img style='display:none' src=x>po sliki", "po sliki"),
            (
                "&#269;ebela &amp; med&nbsp;&nbsp;5&euro;",
                "čebela & med 5€",
            ),
            ("  a \n\t b  ", "a b"),
            ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
            ("<a href='https://x.si'>tukaj</a>", "tukaj"),
            (
                "pre\u{200b}header\u{200c}&zwnj;&nbsp;&zwnj;&nbsp;x",
                "preheader\u{200c}\u{200c} x",
            ),
            ("<!--[if mso]><p>Outlook</p><![endif]-->x", "x"),
            ("1 < 2", "1 < 2"),
            ("", ""),
            ("<ul><li>ena<li>dve</ul>", "ena\ndve"),
        ] {
            assert_eq!(extract(html), want, "visible text of {html:?}");
        }
    }
}
