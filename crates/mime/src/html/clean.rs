//! Our own reading of a mail's HTML: what stays, what goes, what is remembered of it.
//!
//! Walks the tree and writes new markup from allow lists; nothing is copied. The gate behind it (`ammonia`) decides
//! again, so this room may think about mail (images, links, style sheets, the body's own colours) rather than attacks.

mod special;

use html5ever::tendril::StrTendril;
use html5ever::{LocalName, ns};

use super::css::Cleaner;
use super::dom::{self, Data, Id, Tree};
use super::found::{self, decide, note_remote};
use super::images::{self, Fate};
use super::{Options, Sanitised, tags};

/// Deeper than this, elements are left out and their content kept: engines stop nesting at about twice of it.
const MOST_DEPTH: usize = 250;

/// So many links around a text hear of it, the innermost first, where a click goes: links never lie in each other but by
/// tricks, and text remembered once for each of hundreds fills the memory.
const MOST_LINKS: usize = 8;

/// What the reading found, besides the markup.
pub(crate) type Found = Sanitised;

/// Cleans a document; the markup is in `html`, the style sheets in front.
///
/// `None` when the markup is too large or too deep to be read.
pub(crate) fn clean(html: &str, options: &Options) -> Option<Found> {
    let tree = Tree::parse(html)?;
    let mut walk = Walk {
        tree: &tree,
        options,
        found: Found::default(),
        body: String::with_capacity(html.len()),
        css: String::new(),
        links: Vec::new(),
        fresh_pre: false,
    };
    walk.run();
    Some(walk.finish())
}

/// What becomes of an element.
enum Verdict {
    /// Written, with its content.
    Keep,
    /// Its content only.
    Unwrap,
    /// Nothing of it.
    Drop,
}

enum Step {
    Enter(Id, usize),
    Close(LocalName),
    CloseLink(LocalName),
}

/// A link whose text is still being read.
struct OpenLink {
    text: String,
    href: String,
    /// Where in the markup the mark of a lying link goes.
    mark_at: usize,
}

struct Walk<'t> {
    tree: &'t Tree,
    options: &'t Options,
    found: Found,
    body: String,
    css: String,
    links: Vec<OpenLink>,
    /// Directly behind `<pre>`, where a parser swallows a line break.
    fresh_pre: bool,
}

impl Walk<'_> {
    fn run(&mut self) {
        let mut stack = vec![Step::Enter(0, 0)];
        while let Some(step) = stack.pop() {
            match step {
                Step::Close(name) => self.close(&name),
                Step::CloseLink(name) => {
                    self.close_link();
                    self.close(&name);
                }
                Step::Enter(id, depth) => self.enter(id, depth, &mut stack),
            }
        }
    }

    fn enter(&mut self, id: Id, depth: usize, stack: &mut Vec<Step>) {
        let Some(node) = self.tree.node(id) else {
            return;
        };
        let mut inner = depth;
        match &node.data {
            Data::Other => return,
            Data::Text(text) => return self.text(text),
            Data::Root => {}
            Data::Element(name, attributes) => {
                let verdict = if name.ns == ns!(html) {
                    self.element(id, &name.local, attributes, depth)
                } else {
                    self.foreign(&name.local, attributes)
                };
                match verdict {
                    Verdict::Drop => return,
                    Verdict::Unwrap => {}
                    Verdict::Keep => {
                        inner = depth.saturating_add(1);
                        let link = &*name.local == "a";
                        let written = if &*name.local == "body" || &*name.local == "html" {
                            LocalName::from("div")
                        } else {
                            name.local.clone()
                        };
                        if dom::is_void(&written) {
                            return;
                        }
                        stack.push(if link {
                            Step::CloseLink(written)
                        } else {
                            Step::Close(written)
                        });
                    }
                }
            }
        }
        stack.extend(node.children.iter().rev().map(|c| Step::Enter(*c, inner)));
    }

    fn text(&mut self, text: &StrTendril) {
        let mut text: &str = text;
        if std::mem::take(&mut self.fresh_pre) {
            text = text.trim_start_matches('\n');
        }
        let open = self.links.iter_mut().rev().filter(|l| !l.href.is_empty());
        for link in open.take(MOST_LINKS) {
            link.text.push_str(text);
        }
        dom::escape_text(text, &mut self.body);
    }

    fn close(&mut self, name: &LocalName) {
        self.body.push_str("</");
        self.body.push_str(name);
        self.body.push('>');
        self.fresh_pre = false;
    }

    /// SVG and MathML show their text and nothing else.
    fn foreign(&mut self, name: &LocalName, attributes: &[(LocalName, StrTendril)]) -> Verdict {
        self.resources(attributes);
        let lower = name.to_ascii_lowercase();
        if matches!(&*lower, "svg" | "math") {
            self.remove(&lower);
        }
        match &*lower {
            "script" | "style" | "metadata" | "defs" | "symbol" | "title" | "desc"
            | "annotation" => Verdict::Drop,
            _ => Verdict::Unwrap,
        }
    }

    fn element(
        &mut self,
        id: Id,
        name: &LocalName,
        attributes: &[(LocalName, StrTendril)],
        depth: usize,
    ) -> Verdict {
        for (key, _) in attributes {
            if key.starts_with("on") && key.len() > 3 {
                self.remove(&format!("event handler {}", word(key)));
            }
        }
        match &**name {
            "html" => return self.wrapper(attributes, &["lang", "dir"]),
            "body" => {
                return self.wrapper(
                    attributes,
                    &[
                        "lang",
                        "dir",
                        "style",
                        "class",
                        "id",
                        "bgcolor",
                        "text",
                        "background",
                    ],
                );
            }
            "style" => {
                self.style_sheet(id, attributes);
                return Verdict::Drop;
            }
            "img" | "image" => return self.image(attributes),
            "a" | "area" => return self.link(name, attributes),
            "meta" => {
                if attributes
                    .iter()
                    .any(|(k, v)| &**k == "http-equiv" && v.trim().eq_ignore_ascii_case("refresh"))
                {
                    self.remove("redirection");
                }
                return Verdict::Drop;
            }
            _ => {}
        }
        if tags::is_allowed(name) {
            if depth > MOST_DEPTH {
                return Verdict::Unwrap;
            }
            self.open(name, attributes, "");
            self.fresh_pre = &**name == "pre";
            return Verdict::Keep;
        }
        self.resources(attributes);
        if tags::is_silent(name) {
            if !tags::is_quiet(name) {
                self.remove(&word(name));
            }
            return Verdict::Drop;
        }
        if tags::is_active(name) {
            self.remove(&word(name));
        }
        Verdict::Unwrap
    }

    /// The body's own colours and classes live on in an element around everything.
    fn wrapper(&mut self, attributes: &[(LocalName, StrTendril)], wanted: &[&str]) -> Verdict {
        let mut kept: Vec<(LocalName, StrTendril)> = Vec::new();
        let mut style = String::new();
        for (key, value) in attributes.iter().filter(|(k, _)| wanted.contains(&&**k)) {
            match &**key {
                "bgcolor" => style = format!("{style};background-color:{}", colour(value)),
                "text" => style = format!("{style};color:{}", colour(value)),
                "style" => {}
                _ => kept.push((key.clone(), value.clone())),
            }
        }
        if let Some((_, own)) = attributes
            .iter()
            .find(|(k, _)| &**k == "style" && wanted.contains(&"style"))
        {
            style = format!("{style};{own}");
        }
        let style = style.trim_start_matches(';');
        if !style.is_empty() {
            kept.push((LocalName::from("style"), StrTendril::from(style)));
        }
        if kept.is_empty() {
            return Verdict::Unwrap;
        }
        let before = self.body.len();
        self.open(&LocalName::from("div"), &kept, "");
        // Nothing of it was allowed: no empty shell.
        if self.body.get(before..) == Some("<div>") {
            self.body.truncate(before);
            return Verdict::Unwrap;
        }
        Verdict::Keep
    }

    fn open(&mut self, name: &LocalName, attributes: &[(LocalName, StrTendril)], more: &str) {
        self.fresh_pre = false;
        self.body.push('<');
        self.body.push_str(name);
        for (key, value) in attributes {
            if let Some(value) = self.attribute(name, key, value) {
                self.put(key, &value);
            }
        }
        self.body.push_str(more);
        self.body.push('>');
    }

    fn put(&mut self, key: &str, value: &str) {
        self.body.push(' ');
        self.body.push_str(key);
        self.body.push_str("=\"");
        dom::escape_attribute(value, &mut self.body);
        self.body.push('"');
    }

    fn attribute(&mut self, element: &str, key: &str, value: &str) -> Option<String> {
        match key {
            "style" => {
                let clean = self.inline_style(value);
                (!clean.is_empty()).then_some(clean)
            }
            "background" if tags::has_background(element) => self.show(value),
            _ if tags::attribute_is_allowed(element, key) => Some(value.to_owned()),
            _ => {
                if tags::is_resource(key) {
                    self.resource(value);
                }
                None
            }
        }
    }

    fn inline_style(&mut self, css: &str) -> String {
        self.with_css(|cleaner| cleaner.declarations(css))
    }

    fn style_sheet(&mut self, id: Id, attributes: &[(LocalName, StrTendril)]) {
        let source = self.tree.text(id);
        let media = attributes
            .iter()
            .find(|(k, _)| &**k == "media")
            .map(|(_, v)| v.to_string());
        let clean = self.with_css(|cleaner| {
            let sheet = cleaner.sheet(&source);
            match media.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
                None => sheet,
                Some(query) => match cleaner.media(query) {
                    Some(query) if !sheet.is_empty() => format!("@media {query}{{\n{sheet}}}\n"),
                    _ => String::new(),
                },
            }
        });
        self.css.push_str(&clean);
    }

    fn with_css(&mut self, run: impl FnOnce(&mut Cleaner<'_>) -> String) -> String {
        let options = self.options;
        let found = &mut self.found;
        let mut ask = |url: &str| decide(url, options, found);
        let mut cleaner = Cleaner::new(&mut ask);
        let clean = run(&mut cleaner);
        let removed = std::mem::take(&mut cleaner.removed);
        for what in removed {
            self.remove(&what);
        }
        clean
    }

    /// The address to show an image from, noting it either way.
    fn show(&mut self, address: &str) -> Option<String> {
        decide(address, self.options, &mut self.found)
    }

    /// Notes what an element that is left out would have fetched.
    fn resources(&mut self, attributes: &[(LocalName, StrTendril)]) {
        for (key, value) in attributes {
            if tags::is_resource(key) {
                self.resource(value);
            }
        }
    }

    fn resource(&mut self, value: &str) {
        for candidate in std::iter::once(value).chain(images::candidates(value)) {
            if let Fate::Remote(url) = images::judge(candidate, self.options)
                && !candidate.trim().contains(char::is_whitespace)
            {
                note_remote(&mut self.found, url);
            }
        }
    }

    fn remove(&mut self, what: &str) {
        if self.found.removed.len() < found::MOST_REMOVED
            && !self.found.removed.iter().any(|r| r == what)
        {
            self.found.removed.push(what.to_owned());
        }
    }

    fn finish(mut self) -> Found {
        let css = self.css.trim();
        let body = self.body.trim();
        self.found.html = if css.is_empty() {
            body.to_owned()
        } else {
            format!("<style>{css}</style>{body}")
        };
        self.found
    }
}

/// A colour of an old attribute as CSS: `fff` without `#` is common.
fn colour(value: &str) -> String {
    let value = value.trim();
    let hex = matches!(value.len(), 3 | 6) && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        format!("#{value}")
    } else {
        value.to_owned()
    }
}

/// A foreign name, cut to what a sentence can hold.
fn word(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(24).collect()
}
