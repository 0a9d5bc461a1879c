//! Compression, the same for raw messages and for the text snippets are cut from.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use crate::{Error, Result};

/// zstd's own default: twice as fast as level 5 for two hundredths more bytes on mail.
const LEVEL: i32 = 3;

thread_local! {
    // A context is a few hundred KiB and costs more to set up than a mail costs to compress: one a thread.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses into one zstd frame.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let mut compressor = match slot.take() {
            Some(c) => c,
            None => Compressor::new(LEVEL).map_err(|e| Error::unreadable("a message", e))?,
        };
        let out = compressor
            .compress(bytes)
            .map_err(|e| Error::unreadable("a message", e));
        *slot = Some(compressor);
        out
    })
}

/// Decompresses one frame of at most `limit` bytes.
pub(crate) fn decompress(frame: &[u8], limit: usize) -> Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|slot| {
        let mut decompressor = match slot.take() {
            Some(d) => d,
            None => Decompressor::new().map_err(|e| Error::unreadable("a message", e))?,
        };
        let out = decompressor
            .decompress(frame, limit)
            .map_err(|e| Error::unreadable("a message", e));
        *slot = Some(decompressor);
        out
    })
}
