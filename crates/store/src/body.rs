//! A message made ready for the store on any thread, so that the writer only writes.

use std::sync::Arc;

use kontor_model::Envelope;
use sha2::{Digest as _, Sha256};

use crate::dictionary::Dictionary;
use crate::fold::fold_into;
use crate::search::{Postings, address_token};
use crate::{Result, Store, blob, codec, message_text};

/// How much text is kept for snippets, bytes. A match further down is found all the same; its snippet is the preview.
const SNIPPET_TEXT: usize = 12 * 1024;

/// Characters of a preview.
const PREVIEW: usize = 160;

/// What the parser found in a body: plain values, because the store parses no mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// All text that search finds: text parts and the visible text of HTML parts.
    pub text: String,
    /// Names of attachments, inline ones included.
    pub attachments: Vec<String>,
    /// True when an attachment is not inline.
    pub has_attachment: bool,
    /// The first words of what the author wrote.
    pub preview: String,
}

/// Raw bytes, hashed and compressed.
#[derive(Clone, Debug)]
pub struct PreparedRaw {
    pub(crate) hash: [u8; 32],
    pub(crate) size: u64,
    pub(crate) chunks: Vec<Vec<u8>>,
    /// What the chunks follow.
    pub(crate) dictionary: Option<Arc<Dictionary>>,
}

/// A raw message, hashed, compressed and folded.
#[derive(Clone, Debug)]
pub struct PreparedMail {
    pub(crate) raw: PreparedRaw,
    pub(crate) index: Postings,
    /// Compressed text for snippets; empty when there is none.
    pub(crate) text: Vec<u8>,
    /// True when the text's frame follows the raw message's beginning.
    pub(crate) text_follows_raw: bool,
    pub(crate) has_attachment: bool,
    pub(crate) preview: String,
}

impl PreparedRaw {
    /// Prepares bytes that are not searched: a message on its way out.
    ///
    /// # Errors
    /// When memory for the compressor is lacking.
    pub fn new(raw: &[u8]) -> Result<Self> {
        Self::following(raw, None)
    }

    fn following(raw: &[u8], dictionary: Option<Arc<Dictionary>>) -> Result<Self> {
        let pack = |chunk| codec::compress(chunk, dictionary.as_deref());
        let chunks = if raw.is_empty() {
            vec![pack(raw)?]
        } else {
            raw.chunks(blob::CHUNK).map(pack).collect::<Result<_>>()?
        };
        Ok(Self {
            hash: hash(raw),
            size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            chunks,
            dictionary,
        })
    }
}

impl Store {
    /// Prepares a message, compressed by what it has in common with the profile's other mails. Costs CPU: call it on a
    /// worker, not on the writer's thread.
    ///
    /// # Errors
    /// When memory for the compressor is lacking, or the store cannot be read.
    pub fn prepare(
        &self,
        raw: &[u8],
        envelope: &Envelope,
        digest: &Digest,
    ) -> Result<PreparedMail> {
        PreparedMail::following(raw, envelope, digest, self.dictionary_for(raw)?)
    }
}

impl PreparedMail {
    /// Prepares a message by itself, for no store in particular; takes more room than [`Store::prepare`].
    ///
    /// # Errors
    /// When memory for the compressor is lacking.
    pub fn new(raw: &[u8], envelope: &Envelope, digest: &Digest) -> Result<Self> {
        Self::following(raw, envelope, digest, None)
    }

    fn following(
        raw: &[u8],
        envelope: &Envelope,
        digest: &Digest,
        dictionary: Option<Arc<Dictionary>>,
    ) -> Result<Self> {
        let text = squeeze(&digest.text);
        // Most of the text stands in the message as it is: what is left to say is where.
        let head = message_text::head(raw);
        let text_follows_raw = codec::can_follow(head);
        Ok(Self {
            raw: PreparedRaw::following(raw, dictionary)?,
            index: postings(envelope, digest),
            text: match (text.as_bytes(), text_follows_raw) {
                ([], _) => Vec::new(),
                (text, true) => codec::compress_after(text, head)?,
                (text, false) => codec::compress(text, None)?,
            },
            text_follows_raw,
            has_attachment: digest.has_attachment,
            preview: digest.preview.chars().take(PREVIEW).collect(),
        })
    }

    /// Returns how many bytes it holds until it is written.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        [self.stored_bytes(), self.text.len(), self.index.bytes()]
            .iter()
            .sum()
    }

    /// Returns how many compressed bytes it will take.
    #[must_use]
    pub fn stored_bytes(&self) -> usize {
        self.raw.chunks.iter().map(Vec::len).sum()
    }
}

/// Returns what raw messages are told apart by.
pub(crate) fn hash(raw: &[u8]) -> [u8; 32] {
    Sha256::digest(raw).into()
}

/// All that is searched: subject, sender, recipients, body and names of attachments, folded and taken apart.
fn postings(envelope: &Envelope, digest: &Digest) -> Postings {
    let mut columns = <[String; 5]>::default();
    let [subject, sender, recipients, body, attachments] = &mut columns;
    fold_into(&envelope.subject, subject);
    for (people, column) in [
        (vec![&envelope.from], sender),
        (vec![&envelope.to, &envelope.cc], recipients),
    ] {
        for person in people.into_iter().flatten() {
            fold_into(&person.name, column);
            fold_into(&person.address, column);
            if !person.address.is_empty() {
                if !column.is_empty() {
                    column.push(' ');
                }
                column.push_str(&address_token(&person.key()));
            }
        }
    }
    fold_into(&digest.text, body);
    for name in &digest.attachments {
        fold_into(name, attachments);
    }
    Postings::of(columns.each_ref().map(String::as_str))
}

/// Cuts text for snippets: white space to one space, whole words, at most [`SNIPPET_TEXT`] bytes.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(SNIPPET_TEXT));
    let mut rest = text.trim_start();
    while !rest.is_empty() && out.len() < SNIPPET_TEXT {
        let (words, next) = spaced_words(rest);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(words);
        rest = next;
    }
    if out.len() > SNIPPET_TEXT {
        let room = out.as_bytes().get(..=SNIPPET_TEXT).unwrap_or_default();
        let end = room.iter().rposition(|byte| *byte == b' ');
        out.truncate(end.unwrap_or(0));
    }
    out
}

/// Splits off the words a text begins with that have one space between, no more of them than are wanted; what is left
/// begins with a word.
fn spaced_words(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut at = 0_usize;
    while at <= SNIPPET_TEXT
        && let Some(byte) = bytes.get(at)
    {
        let length = match byte {
            b' ' if bytes
                .get(at.saturating_add(1))
                .is_some_and(u8::is_ascii_graphic) =>
            {
                1
            }
            0x21..=0x7F => 1,
            _ => match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if !c.is_whitespace() => c.len_utf8(),
                _ => break,
            },
        };
        at = at.saturating_add(length);
    }
    let (words, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    (words, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{SNIPPET_TEXT, squeeze};

    /// Word by word, as many as fit.
    fn word_by_word(text: &str) -> String {
        let mut out = String::new();
        for word in text.split_whitespace() {
            let space = usize::from(!out.is_empty());
            if [out.len(), space, word.len()].iter().sum::<usize>() > SNIPPET_TEXT {
                break;
            }
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(word);
        }
        out
    }

    proptest! {
        #[test]
        fn white_space_becomes_one_space(text in "([a-zč\u{1}]{0,6}[ \\t\\r\\n\u{B}\u{85}\u{A0}\u{2003}]{0,3}){0,40}") {
            prop_assert_eq!(squeeze(&text), word_by_word(&text), "{:?}", text);
        }

        #[test]
        fn a_long_text_ends_with_a_whole_word(word in "[ač]{1,9}", last in 0_usize..20, gap in "[ ]{1,2}|\n") {
            for length in [SNIPPET_TEXT, SNIPPET_TEXT.saturating_add(last), SNIPPET_TEXT.saturating_sub(last)] {
                let mut text = String::new();
                while text.len() < length {
                    text.push_str(&word);
                    text.push_str(&gap);
                }
                text.push_str(&"a".repeat(last));
                prop_assert_eq!(squeeze(&text), word_by_word(&text), "{:?} {}", word, length);
            }
            let endless = "č".repeat(SNIPPET_TEXT);
            prop_assert_eq!(squeeze(&endless), "", "no word fits");
        }
    }
}
