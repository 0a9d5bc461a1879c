//! Does a BODYSTRUCTURE (RFC 3501 §7.4.2) show an attachment?
//!
//! The answer shall be the one the whole message gives once it is here (an attachment that is not inline), so that the
//! paper clip of a list does not come and go.

use crate::scan::Value;

/// True when a part is an attachment that is not inline; `None` when this is no body structure at all.
pub(crate) fn has_attachment(structure: &Value<'_>) -> Option<bool> {
    let members = structure.list()?;
    if members.is_empty() {
        return None;
    }
    Some(walk(members, ""))
}

fn walk(members: &[Value<'_>], parent: &str) -> bool {
    if members.first().is_some_and(|m| m.list().is_some()) {
        let children = members.iter().map_while(Value::list);
        let subtype = members
            .iter()
            .find_map(Value::bytes)
            .map(|s| String::from_utf8_lossy(s).to_ascii_lowercase())
            .unwrap_or_default();
        return children.into_iter().any(|c| walk(c, &subtype));
    }
    Leaf::read(members).is_some_and(|leaf| leaf.is_attachment(parent))
}

/// What is known of a part that holds no parts.
struct Leaf {
    kind: String,
    subtype: String,
    named: bool,
    has_id: bool,
    disposition: String,
}

impl Leaf {
    /// Reads type, subtype, parameters, id, …; the disposition is found by its shape, since what stands before it differs
    /// from type to type and servers leave things out.
    fn read(members: &[Value<'_>]) -> Option<Self> {
        let lower = |v: &Value<'_>| {
            v.bytes()
                .map(|b| String::from_utf8_lossy(b).to_ascii_lowercase())
        };
        let kind = lower(members.first()?)?;
        let subtype = members.get(1).and_then(lower).unwrap_or_default();
        let mut leaf = Self {
            kind,
            subtype,
            named: members.get(2).is_some_and(|p| parameter(p, "name")),
            has_id: members.get(3).is_some_and(|id| id.bytes().is_some()),
            disposition: String::new(),
        };
        for member in members.iter().skip(7) {
            let Some([what, parameters, ..]) = member.list() else {
                continue;
            };
            let Some(word) = lower(what) else { continue };
            if matches!(word.as_str(), "attachment" | "inline") {
                leaf.named |= parameter(parameters, "filename");
                leaf.disposition = word;
                break;
            }
        }
        Some(leaf)
    }

    fn is_attachment(&self, parent: &str) -> bool {
        match self.disposition.as_str() {
            "attachment" => return true,
            "inline" => return false,
            _ => {}
        }
        match self.kind.as_str() {
            "text"
                if matches!(
                    self.subtype.as_str(),
                    "" | "plain" | "html" | "calendar" | "enriched"
                ) =>
            {
                self.named
            }
            // A picture the HTML part shows.
            "image" | "audio" | "video" if self.has_id && parent == "related" => false,
            // What a report says of itself (RFC 6522) is not a file somebody sent.
            "message" if parent == "report" => false,
            "text" => self.named || parent != "report",
            _ => !(self.has_id && parent == "related"),
        }
    }
}

/// True when a parameter list (name, value, name, value, …) has this name, RFC 2231 forms (`name*0*`) included.
fn parameter(list: &Value<'_>, name: &str) -> bool {
    list.list().unwrap_or_default().chunks(2).any(|pair| {
        let Some([key, value]) = pair.first_chunk() else {
            return false;
        };
        let key = key.bytes().unwrap_or_default();
        let stem = key.split(|b| *b == b'*').next().unwrap_or_default();
        stem.eq_ignore_ascii_case(name.as_bytes()) && value.bytes().is_some_and(|v| !v.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Scan;
    use rstest::rstest;

    const TEXT: &str =
        r#"("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" 10 1 NIL NIL NIL NIL)"#;
    const HTML: &str = r#"("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "8BIT" 10 1 NIL NIL NIL NIL)"#;
    const PDF: &str = r#"("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" 10 NIL ("ATTACHMENT" ("FILENAME" "a.pdf")) NIL NIL)"#;
    const CID: &str = r#"("IMAGE" "PNG" NIL "<a@b>" NIL "BASE64" 10 NIL NIL NIL NIL)"#;

    #[rstest]
    #[case::plain(TEXT.to_owned(), Some(false))]
    #[case::alternative(format!(r#"({TEXT}{HTML} "ALTERNATIVE" ("BOUNDARY" "x") NIL NIL NIL)"#), Some(false))]
    #[case::mixed(format!(r#"({TEXT}{PDF} "MIXED" ("BOUNDARY" "x") NIL NIL NIL)"#), Some(true))]
    #[case::related(format!(r#"({HTML}{CID} "RELATED" NIL NIL NIL NIL)"#), Some(false))]
    #[case::picture_beside_text(format!(r#"({TEXT}{CID} "MIXED" NIL NIL NIL NIL)"#), Some(true))]
    #[case::inline_picture(r#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 10 NIL ("INLINE" ("FILENAME" "x.png")) NIL)"#.to_owned(), Some(false))]
    #[case::no_disposition_at_all(r#"("APPLICATION" "PDF" ("NAME" "a.pdf") NIL NIL "BASE64" 10)"#.to_owned(), Some(true))]
    #[case::named_text(r#"("TEXT" "PLAIN" ("NAME*0*" "utf-8''a.txt") NIL NIL "8BIT" 10 1)"#.to_owned(), Some(true))]
    #[case::forwarded(format!(r#"({TEXT}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 99 ("d" "s" NIL NIL NIL NIL NIL NIL NIL NIL) {TEXT} 9 NIL NIL NIL NIL) "MIXED" NIL NIL NIL NIL)"#), Some(true))]
    #[case::report(format!(r#"({TEXT}("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 99 NIL NIL NIL NIL)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 99 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {TEXT} 9) "REPORT" NIL NIL NIL NIL)"#), Some(false))]
    #[case::short(r#"("TEXT" NIL)"#.to_owned(), Some(false))]
    #[case::empty("()".to_owned(), None)]
    #[case::nil("NIL".to_owned(), None)]
    fn paper_clip(#[case] raw: String, #[case] want: Option<bool>) {
        let value = Scan::new(raw.as_bytes()).value().expect("a value");
        let got = has_attachment(&value);
        assert_eq!(got, want, "{raw}");
    }
}
