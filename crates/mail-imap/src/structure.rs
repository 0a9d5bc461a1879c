//! Does a BODYSTRUCTURE (RFC 3501 §7.4.2) show an attachment?
//!
//! The rules are those by which `kontor-mime` judges the whole message once it is here: an attachment that is not
//! inline. Else the paper clip of a list would come and go.

use crate::scan::Value;

/// True when a part is an attachment that is not inline. `None` when that cannot be seen from outside: this is no body
/// structure, or all there is hides in a winmail.dat.
pub(crate) fn has_attachment(structure: &Value<'_>) -> Option<bool> {
    let members = structure.list()?;
    if members.is_empty() {
        return None;
    }
    let mut seen = Seen::default();
    seen.part(members, Parent::Message, 0);
    if !seen.attachment && seen.packed {
        return None;
    }
    Some(seen.attachment)
}

/// What a part lies in, as far as that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parent {
    Message,
    Mixed,
    Alternative,
    Related,
    Report,
    Signed,
    Encrypted,
}

impl Parent {
    fn of(subtype: &Value<'_>) -> Self {
        match subtype {
            s if s.is("alternative") => Self::Alternative,
            s if s.is("related") => Self::Related,
            s if s.is("report") => Self::Report,
            s if s.is("signed") => Self::Signed,
            s if s.is("encrypted") => Self::Encrypted,
            _ => Self::Mixed,
        }
    }
}

#[derive(Debug, Default)]
struct Seen {
    /// The first plain text and the first HTML are what is read.
    text: bool,
    html: bool,
    attachment: bool,
    /// A winmail.dat.
    packed: bool,
}

impl Seen {
    fn part(&mut self, members: &[Value<'_>], parent: Parent, index: usize) {
        if members.first().is_some_and(|m| m.list().is_some()) {
            let subtype = members.iter().find(|m| m.list().is_none());
            let inside = subtype.map_or(Parent::Mixed, Parent::of);
            for (n, child) in members.iter().map_while(Value::list).enumerate() {
                self.part(child, inside, n);
            }
            return;
        }
        let Some(leaf) = Leaf::read(members) else {
            return;
        };
        if leaf.is_shown(index) {
            let seen = match () {
                () if leaf.is("text", "html") => Some(&mut self.html),
                () if leaf.is("text", "plain") => Some(&mut self.text),
                () => None,
            };
            if let Some(first @ false) = seen {
                *first = true;
                return;
            }
        }
        if leaf.is("application", "ms-tnef") || leaf.is("application", "vnd.ms-tnef") {
            self.packed = true;
        } else {
            self.attachment |= !leaf.is_inline(parent, index);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disposition {
    None,
    Inline,
    Attachment,
}

/// A part that holds no parts, or a message whose parts are its own affair.
#[derive(Debug)]
struct Leaf<'a, 'v> {
    kind: &'a Value<'v>,
    subtype: &'a Value<'v>,
    named: bool,
    has_id: bool,
    disposition: Disposition,
}

impl<'a, 'v> Leaf<'a, 'v> {
    fn read(members: &'a [Value<'v>]) -> Option<Self> {
        let kind = members.first()?;
        let subtype = members.get(1).unwrap_or(&Value::Nil);
        let mut leaf = Self {
            kind,
            subtype,
            named: members.get(2).is_some_and(|p| parameter(p, "name")),
            has_id: members.get(3).is_some_and(|id| id.bytes().is_some()),
            disposition: Disposition::None,
        };
        // Text has its lines before the common tail, a message its envelope, structure and lines.
        let usual = match () {
            () if kind.is("text") => 9,
            () if members.get(8).is_some_and(|m| m.list().is_some()) && kind.is("message") => 11,
            () => 8,
        };
        let found = members
            .get(usual)
            .filter(|m| m.list().is_some())
            .or_else(|| {
                // Servers that leave something out.
                let known = |m: &&Value<'_>| {
                    let word = m.list().and_then(<[_]>::first);
                    word.is_some_and(|w| w.is("attachment") || w.is("inline"))
                };
                members.get(7..).unwrap_or_default().iter().find(known)
            });
        if let Some([word, rest @ ..]) = found.and_then(Value::list) {
            leaf.named |= rest.first().is_some_and(|p| parameter(p, "filename"));
            leaf.disposition = match word.bytes() {
                None | Some([]) => Disposition::None,
                Some(w) if w.eq_ignore_ascii_case(b"inline") => Disposition::Inline,
                Some(_) => Disposition::Attachment,
            };
        }
        Some(leaf)
    }

    fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.is(kind) && self.subtype.is(subtype)
    }

    /// True when a text part is read, not opened. The first part may have a name: some mailers name the body.
    fn is_shown(&self, index: usize) -> bool {
        match self.disposition {
            Disposition::Attachment => false,
            Disposition::Inline => true,
            Disposition::None => index == 0 || !self.named,
        }
    }

    /// True when a part is shown with the body or is machinery.
    fn is_inline(&self, parent: Parent, index: usize) -> bool {
        let picture_or_text = ["image", "text", "message"].iter().any(|k| self.kind.is(k));
        let related = parent == Parent::Related && self.has_id;
        match self.disposition {
            Disposition::Attachment => false,
            Disposition::Inline => picture_or_text || related,
            Disposition::None => match parent {
                Parent::Related => related,
                Parent::Alternative | Parent::Report => true,
                Parent::Signed => index > 0,
                Parent::Encrypted => self.is("application", "pgp-encrypted"),
                Parent::Message | Parent::Mixed => self.kind.is("text") && !self.named,
            },
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
    #[case::named_body(r#"("TEXT" "PLAIN" ("NAME*0*" "utf-8''a.txt") NIL NIL "8BIT" 10 1)"#.to_owned(), Some(false))]
    #[case::named_text(format!(r#"({TEXT}("TEXT" "PLAIN" ("NAME*0*" "utf-8''a.txt") NIL NIL "8BIT" 10 1) "MIXED")"#), Some(true))]
    #[case::inline_pdf(format!(r#"({TEXT}("APPLICATION" "PDF" NIL NIL NIL "BASE64" 10 NIL ("INLINE" ("FILENAME" "a.pdf")) NIL) "MIXED")"#), Some(true))]
    #[case::unknown_disposition(format!(r#"({TEXT}("TEXT" "CSV" NIL NIL NIL "8BIT" 10 1 NIL ("x-file" NIL) NIL) "MIXED")"#), Some(true))]
    #[case::winmail(format!(r#"({TEXT}("APPLICATION" "MS-TNEF" ("NAME" "winmail.dat") NIL NIL "BASE64" 10 NIL ("ATTACHMENT" NIL) NIL) "MIXED")"#), None)]
    #[case::signature(format!(r#"({TEXT}("APPLICATION" "PGP-SIGNATURE" ("NAME" "s.asc") NIL NIL "7BIT" 10 NIL NIL NIL) "SIGNED")"#), Some(false))]
    #[case::attached_message(format!(r#"({TEXT}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 99 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {PDF} 9 NIL ("INLINE" NIL) NIL) "MIXED")"#), Some(false))]
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
