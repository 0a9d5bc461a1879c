//! A plain tree of a parsed HTML document, for the sanitiser and the page.
//!
//! Nodes lie in one list, so that no depth of nesting can overflow the stack, neither in walking nor in dropping.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::interface::{Attribute, ExpandedName, QualName};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{LocalName, ParseOpts, local_name, ns, parse_document};

use super::scan;

/// Number of a node in its [`Tree`].
pub(crate) type Id = usize;

/// Larger trees are not read: hostile markup can make a tree quadratic in its source.
const MOST_NODES: usize = 400_000;

/// Deeper trees are not read either: the parser's time grows with the square of the depth. Engines stop at 512.
const MOST_DEPTH: u32 = 512;

/// Tags with more attributes are not read: the parser compares each attribute with all before it.
const MOST_ATTRIBUTES: usize = 1000;

/// Source is fed in pieces of this many bytes, to look at the tree in between.
const PIECE: usize = 4 * 1024;

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// The document, or the content of a template.
    Root,
    /// An element; attributes as written, names in lower case.
    Element(Rc<QualName>, Vec<(LocalName, StrTendril)>),
    /// Text, entities decoded.
    Text(StrTendril),
    /// Comments, declarations: never shown.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) children: Vec<Id>,
    parent: Option<Id>,
    depth: u32,
}

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    deepest: u32,
}

impl Tree {
    /// Reads a document as a browser without scripting does; `None` when it is too large or too deep to be honest.
    pub(crate) fn parse(source: &str) -> Option<Self> {
        if has_endless_tag(source) {
            return None;
        }
        let opts = ParseOpts {
            tree_builder: TreeBuilderOpts {
                scripting_enabled: false,
                ..TreeBuilderOpts::default()
            },
            ..ParseOpts::default()
        };
        let sink = Sink(RefCell::new(Self {
            nodes: vec![Node {
                data: Data::Root,
                children: Vec::new(),
                parent: None,
                depth: 0,
            }],
            deepest: 0,
        }));
        let mut parser = parse_document(sink, opts);
        let mut rest = source;
        while !rest.is_empty() {
            let mut end = PIECE.min(rest.len());
            while !rest.is_char_boundary(end) {
                end = end.saturating_add(1);
            }
            let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            parser.process(StrTendril::from(piece));
            rest = after;
            let tree = parser.tokenizer.sink.sink.0.borrow();
            if tree.nodes.len() > MOST_NODES || tree.deepest > MOST_DEPTH {
                return None;
            }
        }
        Some(parser.finish())
    }

    pub(crate) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(crate) fn node_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(id)
    }

    pub(crate) fn children(&self, id: Id) -> &[Id] {
        self.nodes.get(id).map_or(&[], |n| &n.children)
    }

    /// All text below a node.
    pub(crate) fn text(&self, id: Id) -> String {
        let mut out = String::new();
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            if let Some(node) = self.node(id) {
                if let Data::Text(text) = &node.data {
                    out.push_str(text);
                }
                stack.extend(node.children.iter().rev());
            }
        }
        out
    }

    fn add(&mut self, data: Data) -> Id {
        let id = self.nodes.len();
        self.nodes.push(Node {
            data,
            children: Vec::new(),
            parent: None,
            depth: 0,
        });
        id
    }

    fn detach(&mut self, id: Id) {
        let parent = self.nodes.get_mut(id).and_then(|n| n.parent.take());
        if let Some(parent) = parent.and_then(|p| self.nodes.get_mut(p)) {
            // What moves was mostly added last.
            if let Some(at) = parent.children.iter().rposition(|c| *c == id) {
                parent.children.remove(at);
            }
        }
    }

    /// Puts a child under `parent` at `at`, joining text with the text before it.
    fn insert(&mut self, parent: Id, at: usize, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendText(text) => {
                let before = at
                    .checked_sub(1)
                    .and_then(|n| self.children(parent).get(n).copied());
                if let Some(Node {
                    data: Data::Text(known),
                    ..
                }) = before.and_then(|b| self.nodes.get_mut(b))
                {
                    known.push_tendril(&text);
                    return;
                }
                self.add(Data::Text(text))
            }
            NodeOrText::AppendNode(handle) => {
                self.detach(handle.id);
                handle.id
            }
        };
        let depth = self
            .nodes
            .get(parent)
            .map_or(0, |p| p.depth)
            .saturating_add(1);
        self.deepest = self.deepest.max(depth);
        if let Some(node) = self.nodes.get_mut(id) {
            node.parent = Some(parent);
            node.depth = depth;
        }
        if let Some(parent) = self.nodes.get_mut(parent) {
            let at = at.min(parent.children.len());
            parent.children.insert(at, id);
        }
    }
}

/// A node as the tree builder holds it.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Option<Rc<QualName>>,
}

struct Sink(RefCell<Tree>);

impl Sink {
    fn plain(&self, data: Data) -> Handle {
        Handle {
            id: self.0.borrow_mut().add(data),
            name: None,
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Tree {
        self.0.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: 0, name: None }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        static NONE: (html5ever::Namespace, LocalName) = (ns!(), local_name!(""));
        target.name.as_ref().map_or(
            ExpandedName {
                ns: &NONE.0,
                local: &NONE.1,
            },
            |n| n.expanded(),
        )
    }

    fn create_element(
        &self,
        name: QualName,
        attrs: Vec<Attribute>,
        _flags: ElementFlags,
    ) -> Handle {
        let name = Rc::new(name);
        let attrs = attrs.into_iter().map(|a| (a.name.local, a.value)).collect();
        let id = self
            .0
            .borrow_mut()
            .add(Data::Element(Rc::clone(&name), attrs));
        Handle {
            id,
            name: Some(name),
        }
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        self.plain(Data::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Handle {
        self.plain(Data::Other)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let mut tree = self.0.borrow_mut();
        let at = tree.children(parent.id).len();
        tree.insert(parent.id, at, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        prev_element: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let has_parent = self
            .0
            .borrow()
            .node(element.id)
            .is_some_and(|n| n.parent.is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(
        &self,
        _name: StrTendril,
        _public: StrTendril,
        _system: StrTendril,
    ) {
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        // A tree of its own that nobody looks at: templates show nothing.
        let _ = target;
        self.plain(Data::Root)
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let mut tree = self.0.borrow_mut();
        if let NodeOrText::AppendNode(node) = &new_node {
            tree.detach(node.id);
        }
        let Some(parent) = tree.node(sibling.id).and_then(|n| n.parent) else {
            return;
        };
        let at = tree
            .children(parent)
            .iter()
            .rposition(|c| *c == sibling.id)
            .unwrap_or(0);
        tree.insert(parent, at, new_node);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        if let Some(Node {
            data: Data::Element(_, known),
            ..
        }) = self.0.borrow_mut().node_mut(target.id)
        {
            for attr in attrs {
                if known.len() < MOST_ATTRIBUTES
                    && !known.iter().any(|(n, _)| *n == attr.name.local)
                {
                    known.push((attr.name.local, attr.value));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.0.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut tree = self.0.borrow_mut();
        let moved = tree
            .node_mut(node.id)
            .map(|n| std::mem::take(&mut n.children))
            .unwrap_or_default();
        for id in &moved {
            if let Some(child) = tree.node_mut(*id) {
                child.parent = Some(new_parent.id);
            }
        }
        if let Some(parent) = tree.node_mut(new_parent.id) {
            parent.children.extend(moved);
        }
    }
}

/// True when a tag has more attributes than any honest one, wherever a tag may begin.
///
/// Looks behind each `<` whether or not it opens a tag there, so that no comment or raw text hides one; a source that
/// makes this look at the same bytes again and again is no honest one either.
fn has_endless_tag(source: &str) -> bool {
    let mut budget = source.len().saturating_mul(16).saturating_add(PIECE);
    for (at, _) in source.match_indices('<') {
        let behind = source.get(at.saturating_add(1)..).unwrap_or("");
        if !behind.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (count, len) = scan::count_attributes(behind, MOST_ATTRIBUTES);
        let Some(left) = budget.checked_sub(len) else {
            return true;
        };
        budget = left;
        if count >= MOST_ATTRIBUTES {
            return true;
        }
    }
    false
}

/// Elements that have no content and no end tag.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(name, "area" | "br" | "col" | "hr" | "img" | "wbr")
}

/// Writes text so that it reads back as text.
pub(crate) fn escape_text(text: &str, out: &mut String) {
    escape(text, out, false);
}

/// Writes an attribute value, to stand between double quotes.
pub(crate) fn escape_attribute(value: &str, out: &mut String) {
    escape(value, out, true);
}

fn escape(text: &str, out: &mut String, quotes: bool) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\u{a0}']) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let mut chars = special.chars();
        match chars.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') if quotes => out.push_str("&quot;"),
            Some('\u{a0}') => out.push_str("&nbsp;"),
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_browser() {
        let tree = Tree::parse("<p>a<b>c</p>d<table>x<tr><td>y</table>").expect("small and flat");
        assert_eq!(
            tree.text(0),
            "acdxy",
            "foster parents put x before the table"
        );
    }

    #[test]
    fn hostile_trees_are_refused() {
        assert!(Tree::parse(&"<div>".repeat(60_000)).is_none(), "too deep");
        let open: String = (0..200).map(|n| format!("<b id={n}>")).collect();
        let quadratic = format!("<p>{open}{}", "</p><p>x".repeat(8_000));
        assert!(Tree::parse(&quadratic).is_none(), "too large");
        assert!(
            Tree::parse(&"<div><p>a</p></div>".repeat(10_000)).is_some(),
            "long is fine"
        );
        let attributes: String = (0..20_000).map(|n| format!(" a{n}")).collect();
        for hidden in ["", "<!--", "<svg><title>", "<p title='"] {
            assert!(
                Tree::parse(&format!("{hidden}<p{attributes}>")).is_none(),
                "too many attributes behind {hidden:?}"
            );
        }
        let again: String = (0..20_000).map(|n| format!("<html a{n}>")).collect();
        assert!(
            Tree::parse(&again).is_some(),
            "attributes of html, one by one"
        );
        assert!(
            Tree::parse(&"<a=".repeat(100_000)).is_none(),
            "one tag that could begin anywhere"
        );
    }
}
