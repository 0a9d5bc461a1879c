//! Reads sanitised markup again and names everything in it that could run, fetch or pretend.

use std::cell::RefCell;

use ammonia::url::Url;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

/// What may be in the markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remote {
    /// Nothing that fetches.
    None,
    /// Images by http and https.
    Images,
}

const ELEMENTS: &[&str] = &[
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "link",
    "meta",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "option",
    "svg",
    "math",
    "audio",
    "video",
    "source",
    "track",
    "template",
    "noscript",
    "portal",
    "dialog",
    "canvas",
    "marquee",
    "isindex",
    "keygen",
    "xml",
    "html",
    "head",
    "body",
    "title",
    "plaintext",
    "xmp",
    "param",
    "image",
    "picture",
    "foreignobject",
    "animate",
    "set",
    "slot",
    "bgsound",
    "layer",
    "listing",
];

const ATTRIBUTES: &[&str] = &[
    "srcdoc",
    "srcset",
    "action",
    "formaction",
    "ping",
    "poster",
    "data",
    "code",
    "codebase",
    "classid",
    "archive",
    "manifest",
    "dynsrc",
    "lowsrc",
    "xlink:href",
    "http-equiv",
    "content",
    "is",
    "autofocus",
    "contenteditable",
    "sandbox",
    "download",
    "referrerpolicy",
    "integrity",
    "nonce",
    "slot",
    "popovertarget",
    "longdesc",
    "profile",
    "cite",
    "imagesrcset",
    "form",
];

const STYLES: &[&str] = &[
    "expression",
    "javascript:",
    "vbscript:",
    "behavior",
    "-moz-binding",
    "@import",
    "@font-face",
    "image-set",
    "cross-fade",
    "element(",
    "paint(",
    "-o-link",
    "progid",
    "src(",
    "attr(",
    "env(",
];

struct Reader {
    remote: Remote,
    problems: RefCell<Vec<String>>,
    in_style: RefCell<bool>,
}

impl Reader {
    fn problem(&self, what: String) {
        self.problems.borrow_mut().push(what);
    }

    fn style(&self, css: &str) {
        let lower = css.to_ascii_lowercase();
        for word in STYLES {
            if lower.contains(word) {
                self.problem(format!("style says {word}: {css:?}"));
            }
        }
        // Escapes may stand in strings and names; what they spell is looked at too.
        let plain = lower.replace('\\', "");
        for (at, _) in plain.match_indices("url(") {
            let address = plain
                .get(at..)
                .unwrap_or("")
                .trim_start_matches("url(")
                .trim_start_matches(['"', '\'']);
            let allowed = self.remote == Remote::Images && address.starts_with("http");
            if !allowed && !address.starts_with("data:image/") {
                let address: String = address.chars().take(40).collect();
                self.problem(format!("style fetches {address:?}"));
            }
        }
    }

    fn tag(&self, tag: &Tag) {
        let name = &*tag.name;
        if ELEMENTS.contains(&name) {
            self.problem(format!("element {name}"));
        }
        for attribute in &tag.attrs {
            let key = &*attribute.name.local;
            let value = &*attribute.value;
            if key.starts_with("on") || ATTRIBUTES.contains(&key) {
                self.problem(format!("attribute {key} of {name}"));
            }
            match key {
                "style" => self.style(value),
                "src" | "background" => self.image(value),
                "href" => self.link(value),
                "target" if value != "_blank" => self.problem(format!("target {value:?}")),
                _ => {}
            }
        }
        if name == "a" && tag.attrs.iter().any(|a| &*a.name.local == "href") {
            let rel = tag
                .attrs
                .iter()
                .find(|a| &*a.name.local == "rel")
                .map(|a| a.value.to_string());
            if rel.as_deref() != Some("noopener noreferrer nofollow") {
                self.problem(format!("a link with rel {rel:?}"));
            }
        }
    }

    fn image(&self, value: &str) {
        let raster = [
            "data:image/png",
            "data:image/gif",
            "data:image/jp",
            "data:image/webp",
            "data:image/bmp",
            "data:image/x-icon",
            "data:image/avif",
        ];
        let lower = value.to_ascii_lowercase();
        let remote = lower.starts_with("http://") || lower.starts_with("https://");
        let ok = raster.iter().any(|r| lower.starts_with(r))
            || (remote && self.remote == Remote::Images);
        if !ok {
            self.problem(format!("image from {value:?}"));
        }
    }

    fn link(&self, value: &str) {
        let scheme = Url::parse(value)
            .map(|u| u.scheme().to_owned())
            .unwrap_or_default();
        if !matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel") {
            self.problem(format!("link to {value:?}"));
        }
    }
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let style = &*tag.name == "style";
                if tag.kind == TagKind::StartTag {
                    self.tag(&tag);
                    *self.in_style.borrow_mut() = style;
                    if style {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                } else if style {
                    *self.in_style.borrow_mut() = false;
                }
            }
            Token::CharacterTokens(text) if *self.in_style.borrow() => self.style(&text),
            Token::CommentToken(text) => self.problem(format!("comment {text:?}")),
            Token::DoctypeToken(_) => self.problem("doctype".to_owned()),
            Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Everything dangerous in `html`, in words; empty when it is safe.
pub(crate) fn problems(html: &str, remote: Remote) -> Vec<String> {
    let reader = Reader {
        remote,
        problems: RefCell::new(Vec::new()),
        in_style: RefCell::new(false),
    };
    let tokenizer = Tokenizer::new(reader, Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.problems.into_inner()
}
