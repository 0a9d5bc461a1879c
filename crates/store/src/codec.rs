//! Compression, the same for raw messages and for the text snippets are cut from.

use std::cell::RefCell;
use std::io;
use std::thread::LocalKey;

use zstd::bulk::Compressor;
use zstd::zstd_safe::{self, CCtx, CParameter, DCtx, DictAttachPref};

use crate::dictionary::Dictionary;
use crate::{Error, Result};

/// Level 2 takes a fifth to two thirds more time for three hundredths fewer bytes.
const LEVEL: i32 = 1;

/// For text that follows the message it stands in: it is found there or it is not.
const TEXT_LEVEL: i32 = 1;

/// For large pieces, which are attachments in base64: no level finds anything in them, and what they have in common with
/// other mails is not worth looking for: they follow nothing, whatever their blob says.
const LARGE_LEVEL: i32 = 1;

/// From so many bytes on a piece is large.
const LARGE: usize = 96 << 10;

/// Every zstd dictionary of the trained kind begins so. Bytes we let a frame follow must not: they are plain text to us.
const TRAINED: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];

/// A context and the id of the dictionary it has taken in.
type Slot = RefCell<Option<(i64, Compressor<'static>)>>;

/// No dictionary. Real ones have ids above zero.
const NONE: i64 = 0;

/// A frame's first block with its headers is no longer than this, bytes (RFC 8878 §3.1.1).
pub(crate) const BLOCK: usize = (128 << 10) + 64;

thread_local! {
    // A context is a few hundred KiB and costs more to set up than a mail costs to compress: one a thread and purpose.
    static PACK_MAIL: Slot = const { RefCell::new(None) };
    static PACK_LARGE: Slot = const { RefCell::new(None) };
    // Text follows another message each time: a dictionary made ready for many uses would be one for a single use.
    static PACK_TEXT: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    // Unpacking looks into what came before where it lies: nothing is made ready.
    static UNPACK: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

/// Compresses a piece of a mail into one zstd frame.
pub(crate) fn compress(bytes: &[u8], follows: Option<&Dictionary>) -> Result<Vec<u8>> {
    if bytes.len() >= LARGE {
        return pack(&PACK_LARGE, LARGE_LEVEL, (NONE, &[]), bytes);
    }
    pack(&PACK_MAIL, LEVEL, name(follows), bytes)
}

/// Compresses text into one frame that follows `before`.
pub(crate) fn compress_after(bytes: &[u8], before: &[u8]) -> Result<Vec<u8>> {
    compress_after_at(TEXT_LEVEL, bytes, before)
}

/// As [`compress_after`], at another level of zstd.
pub(crate) fn compress_after_at(level: i32, bytes: &[u8], before: &[u8]) -> Result<Vec<u8>> {
    PACK_TEXT.with_borrow_mut(|context| {
        let mut frame = Vec::with_capacity(zstd_safe::compress_bound(bytes.len()));
        context
            .get_or_insert_with(CCtx::create)
            .compress_using_dict(&mut frame, bytes, before, level)
            .map_err(broken_frame)?;
        Ok(frame)
    })
}

/// Decompresses one frame of a mail, of at most `limit` bytes.
pub(crate) fn decompress(
    frame: &[u8],
    limit: usize,
    follows: Option<&Dictionary>,
) -> Result<Vec<u8>> {
    decompress_after(frame, limit, name(follows).1)
}

/// Decompresses no more than the first `length` bytes of a frame of a mail; of the frame the first [`BLOCK`] will do.
pub(crate) fn decompress_head(
    frame: &[u8],
    length: usize,
    follows: Option<&Dictionary>,
) -> Result<Vec<u8>> {
    let (_, before) = name(follows);
    let unpacked = zstd::stream::read::Decoder::with_ref_prefix(frame, before).map_err(broken)?;
    let mut out = Vec::with_capacity(length);
    let most = u64::try_from(length).unwrap_or(u64::MAX);
    io::Read::read_to_end(&mut io::Read::take(unpacked, most), &mut out).map_err(broken)?;
    Ok(out)
}

/// Decompresses one frame, of at most `limit` bytes, that follows `before`.
pub(crate) fn decompress_after(frame: &[u8], limit: usize, before: &[u8]) -> Result<Vec<u8>> {
    UNPACK.with_borrow_mut(|context| {
        let mut out = Vec::with_capacity(limit);
        context
            .get_or_insert_with(DCtx::create)
            .decompress_using_dict(&mut out, frame, before)
            .map_err(broken_frame)?;
        Ok(out)
    })
}

/// Returns the part of a mail a frame may follow: zstd must not take it for a dictionary of its own kind.
pub(crate) fn can_follow(raw: &[u8]) -> bool {
    !raw.is_empty() && !raw.starts_with(&TRAINED)
}

fn name(follows: Option<&Dictionary>) -> (i64, &[u8]) {
    follows.map_or((NONE, &[]), |d| (d.id, d.data.as_slice()))
}

fn broken(e: io::Error) -> Error {
    Error::unreadable("a message", e)
}

fn broken_frame(code: usize) -> Error {
    broken(io::Error::other(zstd_safe::get_error_name(code)))
}

fn pack(
    slot: &'static LocalKey<Slot>,
    level: i32,
    (id, before): (i64, &[u8]),
    bytes: &[u8],
) -> Result<Vec<u8>> {
    slot.with_borrow_mut(|slot| {
        let (held, mut compressor) = match slot.take() {
            Some(held) => held,
            None => (NONE, Compressor::new(level).map_err(broken)?),
        };
        if held != id {
            compressor.set_dictionary(level, before).map_err(broken)?;
            // Looked into where it lies: for pieces above 8 KiB zstd would copy its tables each time.
            compressor
                .set_parameter(CParameter::ForceAttachDict(DictAttachPref::ForceAttach))
                .map_err(broken)?;
        }
        let out = compressor.compress(bytes).map_err(broken);
        *slot = Some((id, compressor));
        out
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn dictionary(id: i64, data: &[u8]) -> Dictionary {
        Dictionary {
            id,
            data: data.to_vec(),
        }
    }

    #[test]
    fn contexts_change_dictionaries() {
        let a = dictionary(1, &b"Received: from a.example by b.example ".repeat(50));
        let b = dictionary(2, &b"Subject: something else altogether ".repeat(50));
        let mail = b"Received: from a.example by b.example with ESMTP";
        for follows in [None, Some(&a), Some(&b), None, Some(&a)] {
            let frame = compress(mail, follows).unwrap();
            assert_eq!(
                decompress(&frame, 1000, follows).unwrap(),
                mail,
                "what is packed is unpacked, after {follows:?}"
            );
        }
        let (with, without) = (compress(mail, Some(&a)), compress(mail, None));
        assert!(
            with.unwrap().len() < without.unwrap().len(),
            "a dictionary saves bytes"
        );
    }

    #[test]
    fn a_large_piece_follows_nothing_and_is_read_all_the_same() {
        let a = dictionary(1, &b"Received: from a.example by b.example ".repeat(50));
        let mail = b"Received: from a.example by b.example with ESMTP".repeat(LARGE / 40);
        let frame = compress(&mail, Some(&a)).unwrap();
        assert_eq!(
            decompress(&frame, mail.len(), Some(&a)).unwrap(),
            mail,
            "its blob names a dictionary for the other pieces"
        );
        assert_eq!(
            decompress_head(&frame, 100, Some(&a)).unwrap(),
            mail[..100],
            "the beginning too"
        );
    }

    #[rstest]
    #[case::text(b"From: a", true)]
    #[case::nothing(b"", false)]
    #[case::looks_trained(&[0x37, 0xA4, 0x30, 0xEC, 1, 2, 3], false)]
    fn not_everything_can_be_followed(#[case] raw: &[u8], #[case] want: bool) {
        assert_eq!(can_follow(raw), want, "{raw:?}");
    }
}
