//! A message made ready for the store on any thread, so that the writer only writes.

use std::sync::Arc;

use kontor_model::Envelope;
use sha2::{Digest as _, Sha256};

use crate::dictionary::Dictionary;
use crate::fold::fold_into;
use crate::message_text::{KeptText, TextSource};
use crate::search::{Postings, address_token};
use crate::{Result, Store, blob, codec};

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
    /// Where `text` begins in the raw bytes, as far as the parser knows; looked at before it is believed.
    pub source: Option<TextSource>,
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
    /// For snippets.
    pub(crate) text: KeptText,
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
        Ok(Self {
            raw: PreparedRaw::following(raw, dictionary)?,
            index: postings(envelope, digest),
            text: KeptText::of(&digest.text, raw, digest.source.as_ref())?,
            has_attachment: digest.has_attachment,
            preview: digest.preview.chars().take(PREVIEW).collect(),
        })
    }

    /// Returns how many bytes it holds until it is written.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        [self.stored_bytes(), self.text.bytes(), self.index.bytes()]
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
