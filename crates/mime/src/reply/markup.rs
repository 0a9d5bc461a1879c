//! HTML bodies: the visible text as lines in which quoted containers carry `>`.

use kontor_model::Address;

use super::Reply;
use super::lines::{INDENTED, MARK, SIGNED};
use super::parts;
use crate::html::scan::{Attributes, Piece, Scanner};
use crate::html::text::{self, Kind, Lines};

/// Splits an HTML body, see [`super::split_html`].
pub(super) fn split(html: &str, sender: Option<&Address>) -> Reply {
    let marked = Reader::new(html).read();
    let reply = parts::split(&marked, sender);
    let only_quotes = reply
        .text
        .lines()
        .all(|l| l.trim().is_empty() || l.starts_with('>'));
    if only_quotes {
        // Nothing new: a forward, or a mail made of a quote. The text rules know what to show of it.
        return parts::split(&crate::html::to_text(html), sender);
    }
    Reply {
        quoted: unmarked(&reply.quoted),
        ..reply
    }
}

/// Takes one level of the marks we made ourselves off again.
fn unmarked(quoted: &str) -> String {
    let lines: Vec<&str> = quoted
        .lines()
        .map(|l| {
            l.strip_prefix("> ")
                .or_else(|| l.strip_prefix('>'))
                .unwrap_or(l)
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

/// How a container bears on quoting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    /// Attribution and quote together, marked by the program: all of it is old.
    Reply,
    /// A quote; the attribution stands above.
    Quote,
    /// A block quotation nobody marked: old mail, or the author's way to set a passage apart.
    Indented,
    /// The author's signature.
    Signature,
    /// From here to the end of the body everything is old (Outlook puts the quote beside its header).
    Rest,
}

struct Open {
    name: String,
    /// Elements of the same name open inside.
    depth: u32,
    container: Container,
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    lines: Lines,
    open: Vec<Open>,
    rest: bool,
}

impl<'a> Reader<'a> {
    fn new(html: &'a str) -> Self {
        Self {
            scanner: Scanner::new(html),
            lines: Lines::with_capacity(html.len() / 4),
            open: Vec::new(),
            rest: false,
        }
    }

    fn read(mut self) -> String {
        while let Some(piece) = self.scanner.next() {
            match piece {
                Piece::Text(text) => self.lines.text(text),
                Piece::Start(name, attributes) => self.start(name, attributes),
                Piece::End(name) => self.end(name),
            }
        }
        self.lines.finish()
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        if text::head(name) {
            return;
        }
        let kind = text::kind(name);
        if kind == Kind::Silent || text::hides(attributes) {
            return text::skip(&mut self.scanner, name);
        }
        text::start(&mut self.lines, kind);
        for open in &mut self.open {
            if open.name.eq_ignore_ascii_case(name) {
                open.depth = open.depth.saturating_add(1);
            }
        }
        if self.rest || text::is_void(name) {
            if name.eq_ignore_ascii_case("hr") && !self.rest && is_reply_rule(attributes) {
                self.enter_rest();
            }
            return;
        }
        match self.container(name, attributes) {
            None => {}
            Some(Container::Rest) => self.enter_rest(),
            Some(container) => {
                if container == Container::Reply {
                    self.mark();
                }
                self.lines.block(1);
                if self.open.len() < MOST_OPEN {
                    self.open.push(Open {
                        name: name.to_owned(),
                        depth: 0,
                        container,
                    });
                    self.set_prefix();
                }
            }
        }
    }

    fn end(&mut self, name: &str) {
        let kind = text::kind(name);
        let mut closed = false;
        if let Some(last) = self.open.last()
            && last.name.eq_ignore_ascii_case(name)
            && last.depth == 0
        {
            closed = true;
            self.open.pop();
        }
        for open in &mut self.open {
            if open.name.eq_ignore_ascii_case(name) {
                open.depth = open.depth.saturating_sub(1);
            }
        }
        text::end(&mut self.lines, kind);
        if closed {
            self.lines.block(1);
            self.set_prefix();
        }
    }

    fn enter_rest(&mut self) {
        self.mark();
        self.rest = true;
        self.set_prefix();
    }

    /// Writes the line that says: what follows is old.
    fn mark(&mut self) {
        if self.open.is_empty() {
            self.lines.line(MARK);
        }
    }

    fn set_prefix(&mut self) {
        let count = |c: Container| self.open.iter().filter(|o| o.container == c).count();
        let quotes = count(Container::Reply).saturating_add(count(Container::Quote));
        let depth = quotes.saturating_add(usize::from(self.rest));
        self.lines.prefix = if depth > 0 {
            let depth = depth.saturating_add(count(Container::Indented));
            "> ".repeat(depth.min(MOST_DEPTH))
        } else if count(Container::Signature) > 0 {
            SIGNED.to_string()
        } else if count(Container::Indented) > 0 {
            INDENTED.to_string()
        } else {
            String::new()
        };
    }

    fn container(&self, name: &str, attributes: Attributes<'_>) -> Option<Container> {
        let blockquote = name.eq_ignore_ascii_case("blockquote");
        if name.eq_ignore_ascii_case("signature") {
            return Some(Container::Signature);
        }
        let mut indented = false;
        for (key, value) in attributes.iter() {
            let known = if key.eq_ignore_ascii_case("class") {
                value.split_ascii_whitespace().find_map(by_class)
            } else if key.eq_ignore_ascii_case("id") {
                by_id(value)
            } else if key.eq_ignore_ascii_case("name") {
                // The anchor old Outlook.com puts above.
                matches!(value, "_MailOriginal" | "x__MailOriginal").then_some(Container::Rest)
            } else if key.eq_ignore_ascii_case("data-signatureblock") {
                Some(Container::Signature)
            } else if blockquote && key.eq_ignore_ascii_case("style") {
                // How Gmail and Outlook on the web indent a paragraph of the author.
                indented = is_indentation(value);
                None
            } else if blockquote && key.eq_ignore_ascii_case("type") {
                value
                    .eq_ignore_ascii_case("cite")
                    .then_some(Container::Quote)
            } else if blockquote && key.eq_ignore_ascii_case("cite") {
                value.starts_with("mid:").then_some(Container::Quote)
            } else {
                None
            };
            match known {
                // Gmail gives its class to both the whole and the blockquote in it.
                Some(Container::Reply) if blockquote => return Some(Container::Quote),
                // An attribution inside a container that is old already.
                Some(Container::Reply) if !self.open.is_empty() => return None,
                Some(container) => return Some(container),
                None => {}
            }
        }
        (blockquote && !indented).then_some(Container::Indented)
    }
}

fn is_indentation(style: &str) -> bool {
    let style: String = style
        .split_whitespace()
        .collect::<String>()
        .to_ascii_lowercase();
    style.contains("border:none")
        || style.contains("border:0")
        || style.contains("border-style:none")
}

/// Deeper than this, marks tell nothing more.
const MOST_DEPTH: usize = 8;

/// Containers further in are part of the one around them: each tag asks all that are open.
const MOST_OPEN: usize = 64;

/// Classes of containers, some clients prefix them with `x_` when they quote each other.
fn by_class(class: &str) -> Option<Container> {
    let class = class.trim_start_matches("x_").trim_start_matches("m_");
    match class {
        "gmail_quote"
        | "gmail_quote_container"
        | "yahoo_quoted"
        | "protonmail_quote"
        | "tutanota_quote"
        | "zmail_extra"
        | "moz-forward-container"
        | "front-blockquote"
        | "ms-outlook-mobile-reference-message"
        | "ymail_android_signature_quote"
        | "mail-quote-collapse"
        | "airmail_ext_on_container"
        | "sh-quoted-content"
        | "skiff_quote"
        | "history_container"
        | "yj6qo"
        | "quoted-msg"
        | "hs_reply_quote" => Some(Container::Reply),
        "moz-cite-prefix" | "gmail_attr" | "moz-email-headers-table" | "airmail_on" => {
            Some(Container::Reply)
        }
        "OutlookMessageHeader" => Some(Container::Rest),
        "gmail_signature"
        | "moz-signature"
        | "protonmail_signature_block"
        | "ms-outlook-mobile-signature"
        | "yahoo_signature"
        | "ymail_android_signature"
        | "zmail_signature"
        | "tutanota_signature" => Some(Container::Signature),
        _ => None,
    }
}

fn by_id(id: &str) -> Option<Container> {
    let id = id.trim_start_matches("x_").trim_start_matches("m_");
    if id.starts_with("yahoo_quoted") || id.starts_with("ymail_quoted") {
        return Some(Container::Reply);
    }
    match id {
        "Signature"
        | "signature"
        | "ms-outlook-mobile-signature"
        | "Zm-_Id_-Sgn"
        | "AppleMailSignature" => Some(Container::Signature),
        "OLK_SRC_BODY_SECTION"
        | "reply-intro"
        | "yiv_quoted"
        | "mail-editor-reference-message-container"
        | "isReplyContent"
        | "isForwardContent"
        | "mailcontent_original"
        | "replybody1"
        | "origbody"
        | "quoteBody"
        | "divtagdefaultwrapper_quote"
        | "ms-outlook-mobile-body-separator-line" => Some(Container::Reply),
        "divRplyFwdMsg"
        | "divForwardMsg"
        | "appendonsend_quote"
        | "MAC_OUTLOOK_ATTRIBUTION_QUOTE" => Some(Container::Rest),
        _ => None,
    }
}

/// Rules that programs draw above old mail and mark as such.
fn is_reply_rule(attributes: Attributes<'_>) -> bool {
    attributes
        .get("id")
        .is_some_and(|id| matches!(id, "stopSpelling" | "zwchr" | "ecxstopSpelling"))
}
