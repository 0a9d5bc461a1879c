//! Commands as they are written: text, quoted names, literals.

use std::borrow::Cow;

/// A piece of a command.
#[derive(Clone, Debug)]
pub(crate) enum Piece<'a> {
    Text(Vec<u8>),
    Literal(Cow<'a, [u8]>),
}

/// A command without its tag and line end.
#[derive(Clone)]
pub(crate) struct Command<'a> {
    pub(crate) pieces: Vec<Piece<'a>>,
}

impl std::fmt::Debug for Command<'_> {
    /// Prints the first word only: the rest may be a password or somebody's mail.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = match self.pieces.first() {
            Some(Piece::Text(t)) => t.split(|b| *b == b' ').next().unwrap_or_default(),
            _ => &[],
        };
        f.write_str(&String::from_utf8_lossy(first))
    }
}

impl<'a> Command<'a> {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            pieces: vec![Piece::Text(text.into().into_bytes())],
        }
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.push(text.as_bytes());
        self
    }

    /// Adds a string: quoted where that can carry it, else as a literal.
    pub(crate) fn string(mut self, value: &'a str) -> Self {
        if value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            self.push(format!("\"{escaped}\"").as_bytes());
            self
        } else {
            self.literal(value.as_bytes())
        }
    }

    pub(crate) fn literal(mut self, bytes: &'a [u8]) -> Self {
        self.pieces.push(Piece::Literal(Cow::Borrowed(bytes)));
        self
    }

    fn push(&mut self, bytes: &[u8]) {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.extend_from_slice(bytes);
        } else {
            self.pieces.push(Piece::Text(bytes.to_vec()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("INBOX", "SELECT \"INBOX\"")]
    #[case::escapes(r#"a "q" \b"#, r#"SELECT "a \"q\" \\b""#)]
    #[case::line_end("a\r\nb", "SELECT {a\r\nb}")]
    #[case::eight_bit("Koš", "SELECT {Koš}")]
    fn strings_cannot_break_out(#[case] name: &str, #[case] want: &str) {
        let command = Command::new("SELECT ").string(name);
        let got: Vec<u8> = command
            .pieces
            .iter()
            .flat_map(|p| match p {
                Piece::Text(t) => t.clone(),
                Piece::Literal(l) => [b"{", &**l, b"}"].concat(),
            })
            .collect();
        assert_eq!(String::from_utf8_lossy(&got), want);
    }

    #[test]
    fn passwords_are_not_printed() {
        assert_eq!(
            format!(
                "{:?}",
                Command::new("LOGIN ")
                    .string("me")
                    .text(" ")
                    .string("secret")
            ),
            "LOGIN"
        );
    }
}
