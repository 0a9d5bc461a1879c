//! The beginning of a mail's text, for snippets: columns `text_…` of table `message`, and table `message_text`.
//!
//! Mostly it stands in the raw message, white space aside, as it is or encoded: then only where and how ([`Span`]) is
//! kept. Any other text (words of HTML, several parts) is compressed as if it followed the raw message's beginning: half
//! of the bytes, because some of it is found there. Either way the beginning of the message is unpacked when a snippet is
//! cut.

mod charsets;
mod coded;
mod span;
mod squeeze;

use std::borrow::Cow;

use kontor_model::{BlobId, MessageId};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::blob::RawHead;
use crate::{Error, Read, Result, Write, codec};

pub use coded::{TextEncoding, TextSource};
pub(crate) use span::Span;
use squeeze::{SNIPPET_TEXT, squeeze};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 message text",
    sql: "
CREATE TABLE message_text (
  id INTEGER PRIMARY KEY REFERENCES message(id),
  data BLOB NOT NULL                            -- a zstd frame, at most 16 KiB of text
) STRICT;
",
};

/// Yesterday's program shows the preview where the text has no row. Of the forms there are more now: see [`coded`].
pub(crate) const SPAN_MIGRATION: Migration = Migration {
    name: "2026-11-23 message text in raw",
    sql: "
ALTER TABLE message ADD COLUMN text_form INTEGER;  -- its text stands in its bytes: 0 as it is, 1 in quoted-printable; NULL: a row of message_text, or none
ALTER TABLE message ADD COLUMN text_start INTEGER; -- from this byte
ALTER TABLE message ADD COLUMN text_end INTEGER;   -- to before this one, 16384 at most
",
};

/// Above what [`squeeze`] keeps.
const LIMIT: usize = 16 * 1024;

/// How much of a raw message its text may stand in or follow, bytes.
const HEAD: usize = 16 * 1024;

/// A text made ready to be kept.
#[derive(Clone, Debug)]
pub(crate) enum KeptText {
    /// There is none.
    Nothing,
    /// It stands in the raw message.
    InRaw(Span),
    /// A zstd frame.
    Packed {
        frame: Vec<u8>,
        /// True when it follows the raw message's beginning.
        follows_raw: bool,
    },
}

impl KeptText {
    /// Makes the text of a raw message ready.
    pub(crate) fn of(text: &str, raw: &[u8], source: Option<&TextSource>) -> Result<Self> {
        let text = text.trim();
        let text = if text.len() > SNIPPET_TEXT {
            Cow::Owned(squeeze(text))
        } else {
            Cow::Borrowed(text)
        };
        if text.is_empty() {
            return Ok(Self::Nothing);
        }
        let head = raw.get(..HEAD).unwrap_or(raw);
        let squeezed = || match &text {
            Cow::Owned(squeezed) => Cow::Borrowed(squeezed.as_str()),
            Cow::Borrowed(text) => Cow::Owned(squeeze(text)),
        };
        let says = |span: &Span| {
            let said = span.read(head);
            said.is_some_and(|said| squeeze(&said) == squeezed())
        };
        // Where the parser's word does not hold (labels lie), the text is looked for all the same.
        let coded = source.and_then(|source| Span::coded(source, head));
        if let Some(span) = coded.filter(says).or_else(|| Span::find(&text, head)) {
            return Ok(Self::InRaw(span));
        }
        let text = squeezed();
        let follows_raw = codec::can_follow(head);
        let frame = if follows_raw {
            codec::compress_after(text.as_bytes(), head)?
        } else {
            codec::compress(text.as_bytes(), None)?
        };
        Ok(Self::Packed { frame, follows_raw })
    }

    /// How much memory it takes.
    pub(crate) const fn bytes(&self) -> usize {
        match self {
            Self::Nothing | Self::InRaw(_) => 0,
            Self::Packed { frame, .. } => frame.len(),
        }
    }

    /// Returns where it stands, for the row of the message.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::InRaw(span) => Some(*span),
            Self::Nothing | Self::Packed { .. } => None,
        }
    }
}

/// A text as it lies in the store: taken from the file by one thread, unpacked by any.
#[derive(Debug)]
pub(crate) enum PackedText {
    Frame {
        frame: Vec<u8>,
        follows: Option<RawHead>,
    },
    InRaw {
        raw: RawHead,
        span: Span,
    },
}

impl PackedText {
    /// Returns the text.
    pub(crate) fn unpack(&self) -> Result<String> {
        let text = match self {
            Self::Frame {
                frame,
                follows: None,
            } => codec::decompress(frame, LIMIT, None)?,
            Self::Frame {
                frame,
                follows: Some(raw),
            } => codec::decompress_after(frame, LIMIT, &raw.unpack(HEAD)?)?,
            Self::InRaw { raw, span } => {
                let text = span.read(&raw.unpack(HEAD.min(span.end.into()))?);
                let text = text.ok_or_else(|| {
                    Error::unreadable("a message's text", "it stands beyond the message's end")
                })?;
                return Ok(squeeze(&text));
            }
        };
        Ok(lossy(text))
    }
}

fn lossy(text: Vec<u8>) -> String {
    String::from_utf8(text).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// What is known of a text: the message's bytes, its own row, where it stands.
type Found = (Option<BlobId>, Option<(Vec<u8>, bool)>, Option<Span>);

fn read_found(row: &Row<'_>) -> rusqlite::Result<Found> {
    let frame = match row.get::<_, Option<Vec<u8>>>(1)? {
        Some(frame) => Some((frame, row.get(2)?)),
        None => None,
    };
    Ok((
        row.get::<_, Option<i64>>(0)?.map(BlobId),
        frame,
        Span::of_row(row.get(3)?, row.get(4)?, row.get(5)?),
    ))
}

impl Read<'_> {
    /// Returns the text snippets are cut from; `None` while the body is not here, or when it has none.
    pub(crate) fn message_text(&self, message: MessageId) -> Result<Option<PackedText>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT m.blob_id, t.data, t.follows_raw, m.text_form, m.text_start, m.text_end
                 FROM message m LEFT JOIN message_text t ON t.id = m.id WHERE m.id = ?1",
            )?
            .query_row([message.0], read_found)
            .optional()?;
        Ok(match found {
            Some((blob, Some((frame, follows_raw)), _)) => {
                let blob = blob.filter(|_| follows_raw);
                let follows = blob.map(|blob| self.raw_head(blob)).transpose()?;
                Some(PackedText::Frame { frame, follows })
            }
            Some((Some(blob), None, Some(span))) => {
                let raw = self.raw_head(blob)?;
                Some(PackedText::InRaw { raw, span })
            }
            _ => None,
        })
    }
}

impl Write<'_> {
    /// Keeps a text that does not stand in the message's bytes; where one stands is said in the message's own row.
    pub(crate) fn put_message_text(&mut self, message: MessageId, text: &KeptText) -> Result<()> {
        if let KeptText::Packed { frame, follows_raw } = text {
            self.tx
                .prepare_cached(
                    "INSERT INTO message_text (id, data, follows_raw) VALUES (?1, ?2, ?3)
                     ON CONFLICT (id) DO UPDATE SET data = excluded.data, follows_raw = excluded.follows_raw",
                )?
                .execute(params![message.0, frame, follows_raw])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kontor_model::{Endpoint, Envelope, Flags, Millis, Security, ServerSettings};
    use proptest::collection::vec;
    use proptest::{prop_assert_eq, proptest};

    use super::squeeze;
    use crate::{Digest, NewEnvelope, NewFolder, NewMail, PreparedMail, Store};

    /// A profile with one folder and these mails in it, each its bytes and its text.
    fn profile(
        dir: &std::path::Path,
        mails: Vec<(Vec<u8>, String)>,
    ) -> crate::Result<(Store, Vec<crate::Stored>)> {
        let store = Store::open(dir)?;
        let mails = (1..).zip(mails).map(|(uid, (raw, text))| {
            let head = NewEnvelope {
                uid,
                flags: Flags::default(),
                internal_date: Millis(0),
                size: 0,
                envelope: Envelope::default(),
                has_attachment: None,
            };
            let digest = Digest {
                text,
                ..Digest::default()
            };
            let body = PreparedMail::new(&raw, &head.envelope, &digest)?;
            Ok(NewMail { head, body })
        });
        let mails = mails.collect::<crate::Result<Vec<_>>>()?;
        let stored = store.write_blocking(Millis(0), move |w| {
            let imap = Endpoint {
                host: "a.example".to_owned(),
                port: 993,
                security: Security::Tls,
            };
            let settings = ServerSettings {
                imap,
                smtp: None,
                username: "a".to_owned(),
                ca_pem: None,
            };
            let account = w.add_account("a@a.example", "A", &settings)?;
            let inbox = NewFolder {
                wire: "INBOX".to_owned(),
                path: "INBOX".to_owned(),
                delimiter: None,
                role: None,
                selectable: true,
            };
            w.put_folders(account, &[inbox])?;
            let folder = w.folder_by_wire(account, "INBOX")?.unwrap().folder.id;
            w.put_mails(folder, mails, None)
        })?;
        Ok((store, stored))
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(12))]
        #[test]
        fn a_text_is_read_as_it_was_kept(
            mails in vec((
                vec("Re|č|a|be|=3D|=C4=8D|=\r\n|\r\n|\n| {1,3}|\t|\u{A0}|beseda [a-zž]{1,9}", 1..60),
                0_usize..30,
                0_usize..60,
                0_usize..400,
                0_usize..30,
            ), 1..20),
        ) {
            let mails = mails.into_iter().enumerate().map(|(n, (pieces, from, length, damage, much))| {
                // The text is a part of the mail, perhaps with a byte of the mail changed, perhaps longer than is kept.
                let times = if much == 0 { 600 } else { 1 };
                let text: String = pieces.iter().skip(from).take(length).map(String::as_str).collect();
                let text = text.replace("\r\n", "\n").repeat(times);
                let body = pieces.concat().repeat(times);
                let mut raw = format!("Message-ID: {n}\r\nSubject: {}\r\n\r\n{body}", pieces[0]).into_bytes();
                if let Some(byte) = raw.get_mut(damage) {
                    *byte ^= 0x80;
                }
                (raw, text)
            });
            let mails: Vec<(Vec<u8>, String)> = mails.collect();
            let want: Vec<String> = mails.iter().map(|(_, text)| squeeze(text)).collect();
            let dir = tempfile::tempdir().unwrap();
            let (store, stored) = profile(dir.path(), mails).unwrap();
            for (want, stored) in want.iter().zip(stored) {
                let text = store.read(|r| r.message_text(stored.message)).unwrap();
                let text = text.map(|text| text.unpack().unwrap());
                prop_assert_eq!(text.unwrap_or_default(), want.as_str());
            }
        }
    }
}
