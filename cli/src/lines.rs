//! The line protocol: one JSON object per line of stdin, one per line of stdout. No line stops the next one.

use std::fmt;
use std::io::{self, BufRead as _};

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::{Value, json};

/// The lines of stdin that hold something; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn stdin() -> impl Iterator<Item = io::Result<String>> {
    let lines = io::stdin().lock().split(b'\n');
    lines
        .map(|line| line.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .filter(|line| line.as_ref().map_or(true, |text| !text.trim().is_empty()))
}

/// Answers a line that cannot be done, under its id where it has one that can be read.
pub(crate) fn refusal(id: &Value, code: kontor_engine::Code, message: &str) -> Value {
    json!({ "id": id, "error": { "code": code.as_str(), "message": message } })
}

/// Answers a line that is not what it should be.
pub(crate) fn unreadable(line: &str, want: &str, e: &serde_json::Error) -> Value {
    #[derive(Deserialize)]
    struct Id {
        #[serde(default)]
        id: Value,
    }
    let id = serde_json::from_str::<Id>(line).map_or(Value::Null, |found| found.id);
    let message = format!("this line is not {want}: {e}");
    refusal(&id, kontor_engine::Code::Usage, &message)
}

/// Text that may hold half a surrogate pair, as other languages' JSON has it where bytes were no text; it becomes U+FFFD.
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(AnyText)
    }
}

struct AnyText;

impl Visitor<'_> for AnyText {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_kind_is_read() {
        for (json, want) in [
            (r#""plain č""#, Some("plain č")),
            (r#""\u010d\n""#, Some("č\n")),
            (r#""\ud83d\ude00""#, Some("😀")),
            (
                r#""half \ud83d pair""#,
                Some("half \u{fffd}\u{fffd}\u{fffd} pair"),
            ),
            ("7", None),
        ] {
            let read: Option<Text> = serde_json::from_str(json).ok();
            assert_eq!(read.map(|t| t.0).as_deref(), want, "{json}");
        }
    }

    #[test]
    fn a_refused_line_keeps_its_id() {
        for (line, id) in [
            (r#"{"id":"a","in":5}"#, json!("a")),
            (r#"{"in":5}"#, Value::Null),
            ("nonsense", Value::Null),
        ] {
            let e = serde_json::from_str::<Text>(line).err().unwrap();
            let answer = unreadable(line, "{…}", &e);
            assert_eq!(answer["id"], id, "{line}");
            assert_eq!(answer["error"]["code"], "usage", "{line}");
        }
    }
}
