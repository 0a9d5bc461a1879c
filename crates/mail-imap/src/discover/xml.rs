//! A small tree of a small XML file. Made for answers of strangers: no DTD, no entities of their own, bounded.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// Provider files are a few kilobytes; the largest of the ISPDB has 60.
const BYTES: usize = 256 << 10;
/// Deeper than any of the two formats goes.
const DEPTH: usize = 24;
/// More elements than any real file has.
const ELEMENTS: usize = 10_000;

/// An element with its own text (trimmed), attributes and children. Names carry no namespace prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
}

impl Element {
    /// Children of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first such child's text, empty when there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.as_str())
    }

    /// An attribute's value, empty when there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    }
}

/// Reads the root element. `None` for anything that is not one whole, bounded XML document without a DTD.
pub(super) fn read(bytes: &[u8]) -> Option<Element> {
    if bytes.len() > BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let mut open: Vec<Element> = Vec::new();
    let mut count = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                count = count.saturating_add(1);
                if open.len() >= DEPTH || count > ELEMENTS {
                    return None;
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                count = count.saturating_add(1);
                let element = element(&start)?;
                match open.last_mut() {
                    Some(parent) if count <= ELEMENTS => parent.children.push(element),
                    Some(_) => return None,
                    None => return Some(element),
                }
            }
            Event::End(_) => {
                let mut done = open.pop()?;
                done.text = done.text.trim().to_owned();
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => return Some(done),
                }
            }
            Event::Text(piece) => append(&mut open, &piece.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(piece) => append(&mut open, &piece.into_inner()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => predefined(&reference.into_inner())?.to_owned(),
                };
                append(&mut open, &character);
            }
            // A DTD can define entities that grow without end or read files: no provider needs one.
            Event::DocType(_) | Event::Eof => return None,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn element(start: &BytesStart<'_>) -> Option<Element> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = local(attribute.key.local_name().as_ref());
        // Only the five predefined entities and character references are resolved; others end the reading.
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        attributes.push((key, value.into_owned()));
    }
    Some(Element {
        name: local(start.local_name().as_ref()),
        attributes,
        ..Element::default()
    })
}

fn local(name: &str) -> String {
    name.to_owned()
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn predefined(name: &str) -> Option<&'static str> {
    match name {
        "lt" => Some("<"),
        "gt" => Some(">"),
        "amp" => Some("&"),
        "apos" => Some("'"),
        "quot" => Some("\""),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::read;

    #[test]
    fn a_tree_is_read() {
        let root = read(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- c --><x:a t=\"1 &amp; 2\"> p<b>q &lt;&#x17e;</b><![CDATA[<r>]]><b/></x:a>").unwrap();
        assert_eq!(
            (root.name.as_str(), root.attribute("t")),
            ("a", "1 & 2"),
            "names without prefix, entities resolved"
        );
        assert_eq!(root.text, "p<r>", "own text only, CDATA as it is");
        assert_eq!(root.text_of("b"), "q <ž", "character references too");
        assert_eq!(root.all("b").count(), 2, "empty elements count");
    }

    #[rstest]
    #[case::dtd("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]
    #[case::dtd_alone("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>")]
    #[case::own_entity("<a>&x;</a>")]
    #[case::own_entity_in_attribute("<a b=\"&x;\"/>")]
    #[case::not_closed("<a><b></b>")]
    #[case::crossed("<a><b></a></b>")]
    #[case::html("<html><body><br></body></html>")]
    #[case::nothing("")]
    #[case::words("not found")]
    fn what_is_refused(#[case] text: &str) {
        assert_eq!(
            read(text.as_bytes()),
            None,
            "only whole documents without tricks"
        );
    }

    #[test]
    fn bombs_are_refused() {
        assert_eq!(read("<a>".repeat(30).as_bytes()), None, "too deep");
        assert_eq!(
            read(format!("<r>{}</r>", "<a/>".repeat(20_000)).as_bytes()),
            None,
            "too many"
        );
        assert_eq!(
            read(format!("<r>{}</r>", " ".repeat(300_000)).as_bytes()),
            None,
            "too large"
        );
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(read(&bytes));
        }

        #[test]
        fn nearly_xml_never_panics(pieces in proptest::collection::vec(prop_oneof![
            Just("<a>"), Just("</a>"), Just("<a b='"), Just("'/>"), Just("&amp;"), Just("&#x"), Just("&#99999999;"), Just("<!["), Just("]]>"),
            Just("<!--"), Just("-->"), Just("<?"), Just("?>"), Just("<!DOCTYPE"), Just(">"), Just("č"), Just(" ")], 0..60)) {
            drop(read(pieces.concat().as_bytes()));
        }
    }
}
