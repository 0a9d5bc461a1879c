//! Compression, the same for raw messages and for the text snippets are cut from.

use std::cell::RefCell;
use std::io;
use std::thread::LocalKey;

use zstd::bulk::{Compressor, Decompressor};

use crate::dictionary::Dictionary;
use crate::{Error, Result};

/// zstd's own default: twice as fast as level 5 for two hundredths more bytes on mail.
const LEVEL: i32 = 3;

/// Every zstd dictionary of the trained kind begins so. Bytes we let a frame follow must not: they are plain text to us.
const TRAINED: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];

/// A context and the id of the dictionary it has taken in.
type Slot<T> = RefCell<Option<(i64, T)>>;

/// No dictionary. Real ones have ids above zero.
const NONE: i64 = 0;

/// A dictionary for one frame only.
const ONCE: i64 = -1;

thread_local! {
    // A context is a few hundred KiB and costs more to set up than a mail costs to compress: one a thread and purpose.
    static PACK_MAIL: Slot<Compressor<'static>> = const { RefCell::new(None) };
    static PACK_TEXT: Slot<Compressor<'static>> = const { RefCell::new(None) };
    static UNPACK_MAIL: Slot<Decompressor<'static>> = const { RefCell::new(None) };
    static UNPACK_TEXT: Slot<Decompressor<'static>> = const { RefCell::new(None) };
}

/// Compresses a piece of a mail into one zstd frame.
pub(crate) fn compress(bytes: &[u8], follows: Option<&Dictionary>) -> Result<Vec<u8>> {
    let (id, before) = name(follows);
    pack(&PACK_MAIL, id, before, bytes)
}

/// Compresses text into one frame that follows `before`.
pub(crate) fn compress_after(bytes: &[u8], before: &[u8]) -> Result<Vec<u8>> {
    pack(&PACK_TEXT, ONCE, before, bytes)
}

/// Decompresses one frame of a mail, of at most `limit` bytes.
pub(crate) fn decompress(
    frame: &[u8],
    limit: usize,
    follows: Option<&Dictionary>,
) -> Result<Vec<u8>> {
    let (id, before) = name(follows);
    unpack(&UNPACK_MAIL, id, before, (frame, limit))
}

/// Decompresses no more than the first `length` bytes of a frame of a mail.
pub(crate) fn decompress_head(
    frame: impl io::Read,
    length: usize,
    follows: Option<&Dictionary>,
) -> Result<Vec<u8>> {
    let (_, before) = name(follows);
    let frame = io::BufReader::with_capacity(length, frame);
    let unpacked = zstd::stream::read::Decoder::with_dictionary(frame, before).map_err(broken)?;
    let mut out = Vec::with_capacity(length);
    let most = u64::try_from(length).unwrap_or(u64::MAX);
    io::Read::read_to_end(&mut io::Read::take(unpacked, most), &mut out).map_err(broken)?;
    Ok(out)
}

/// Decompresses text that follows `before`.
pub(crate) fn decompress_after(frame: &[u8], limit: usize, before: &[u8]) -> Result<Vec<u8>> {
    unpack(&UNPACK_TEXT, ONCE, before, (frame, limit))
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

fn pack(
    slot: &'static LocalKey<Slot<Compressor<'static>>>,
    id: i64,
    before: &[u8],
    bytes: &[u8],
) -> Result<Vec<u8>> {
    slot.with_borrow_mut(|slot| {
        let (held, mut compressor) = match slot.take() {
            Some(held) => held,
            None => (NONE, Compressor::new(LEVEL).map_err(broken)?),
        };
        if held != id || id == ONCE {
            compressor.set_dictionary(LEVEL, before).map_err(broken)?;
        }
        let out = compressor.compress(bytes).map_err(broken);
        *slot = Some((id, compressor));
        out
    })
}

fn unpack(
    slot: &'static LocalKey<Slot<Decompressor<'static>>>,
    id: i64,
    before: &[u8],
    (frame, limit): (&[u8], usize),
) -> Result<Vec<u8>> {
    slot.with_borrow_mut(|slot| {
        let (held, mut decompressor) = match slot.take() {
            Some(held) => held,
            None => (NONE, Decompressor::new().map_err(broken)?),
        };
        if held != id || id == ONCE {
            decompressor.set_dictionary(before).map_err(broken)?;
        }
        let out = decompressor.decompress(frame, limit).map_err(broken);
        *slot = Some((id, decompressor));
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

    #[rstest]
    #[case::text(b"From: a", true)]
    #[case::nothing(b"", false)]
    #[case::looks_trained(&[0x37, 0xA4, 0x30, 0xEC, 1, 2, 3], false)]
    fn not_everything_can_be_followed(#[case] raw: &[u8], #[case] want: bool) {
        assert_eq!(can_follow(raw), want, "{raw:?}");
    }
}
