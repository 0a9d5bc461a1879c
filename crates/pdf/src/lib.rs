//! The text of a PDF that a program wrote: invoices, offers, order confirmations. For finding numbers in, not for reading.
//!
//! Bytes come from strangers. All that is done for a file is counted ([`work::Work`]), every byte looked at and every byte
//! unpacked; when it comes to too much the reading ends with what was found. Nothing calls itself deeper than a small
//! number of times. What is encrypted, a scan, or no PDF has no text. Why this is our own: docs/adr/0016.
//!
//! Architecture invariant: nothing is read or written here; a PDF is never drawn, and no script or link of it is followed.

mod cmap;
mod file;
mod filter;
mod font;
mod lexer;
mod matrix;
mod object;
mod page;
mod pages;
mod work;

use file::File;
use page::Shown;

/// Raised when more is found than before: whoever keeps what was found reads again.
pub const READER: u32 = 1;
/// Larger files have no text here, bytes.
pub const MOST_BYTES: u64 = 20 << 20;
/// Text kept, bytes: some two hundred pages of prose.
pub const MOST_TEXT: usize = 256 << 10;
/// Pages read; papers have their numbers on the first.
const PAGES: usize = 20;

/// Reads the text of the first 20 pages, a line for each line as far as the PDF tells, at most 256 KiB; `None` where there
/// is none to read. Takes up to a second of a processor: not for a thread that others wait for.
#[must_use]
pub fn text(bytes: &[u8]) -> Option<String> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return None;
    }
    let file = File::open(bytes)?;
    let mut shown = Shown::new(&file);
    for page in pages::pages(&file, PAGES) {
        shown.page(&page);
        if shown.is_full() {
            break;
        }
    }
    let text = shown.into_text();
    (!text.trim().is_empty()).then_some(text)
}
