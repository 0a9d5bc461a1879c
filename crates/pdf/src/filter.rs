//! Unpacking streams (ISO 32000-1, 7.4): those that text comes in. Pictures have others, and are not read.

use flate2::{Decompress, FlushDecompress, Status};

use crate::lexer::{digit, is_space};
use crate::object::{Dict, Object};
use crate::work::Work;

/// One stream unpacks to no more, bytes; the rest of it is left.
const MOST: usize = 16 << 20;
/// Ways of packing one stream, one around the other.
const CHAIN: usize = 3;
/// Unpacked at once, bytes.
const ROOM: usize = 64 << 10;

/// Unpacks a stream by what its dictionary says; `None` where it says something else, or it is too much.
pub(crate) fn unpack(dict: &Dict, packed: &[u8], work: &Work) -> Option<Vec<u8>> {
    let filter = dict.get(b"Filter".as_slice());
    let names = match filter.or_else(|| dict.get(b"F".as_slice())) {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Array(names)) => names.iter().collect(),
        Some(one) => vec![one],
    };
    if names.len() > CHAIN || is_predicted(dict) {
        return None;
    }
    work.bytes(packed.len())?;
    let mut bytes = packed.get(..MOST.min(packed.len()))?.to_vec();
    for name in names {
        bytes = match name.name()? {
            b"FlateDecode" | b"Fl" => inflate(&bytes, work)?,
            b"ASCIIHexDecode" | b"AHx" => hex(&bytes),
            b"ASCII85Decode" | b"A85" => base85(&bytes),
            _ => return None,
        };
        work.bytes(bytes.len())?;
    }
    Some(bytes)
}

/// Rows told by how they differ from the row above: tables and pictures, not text.
fn is_predicted(dict: &Dict) -> bool {
    let told = |params: &Object| match params {
        Object::Dict(params) => params
            .get(b"Predictor".as_slice())
            .and_then(Object::number)
            .is_some_and(|n| n > 1.0),
        _ => false,
    };
    match dict.get(b"DecodeParms".as_slice()) {
        Some(Object::Array(all)) => all.iter().any(told),
        Some(params) => told(params),
        None => false,
    }
}

/// What comes out before the end, or before the first fault: the rest of a damaged page is still a page.
fn inflate(packed: &[u8], work: &Work) -> Option<Vec<u8>> {
    let zlib = packed.first().is_some_and(|b| b & 0x0f == 8);
    let out = inflate_as(packed, zlib, work)?;
    if out.is_empty() && zlib {
        // A broken head: what stands behind it is deflate all the same.
        return inflate_as(packed.get(2..).unwrap_or_default(), false, work);
    }
    Some(out)
}

fn inflate_as(packed: &[u8], zlib: bool, work: &Work) -> Option<Vec<u8>> {
    let mut inflate = Decompress::new(zlib);
    let mut out = Vec::new();
    let mut room = vec![0_u8; ROOM];
    while out.len() < MOST {
        let from = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        let before = (inflate.total_in(), inflate.total_out());
        let input = packed.get(from..).unwrap_or_default();
        let status = inflate.decompress(input, &mut room, FlushDecompress::None);
        let came = inflate.total_out().saturating_sub(before.1);
        let came = usize::try_from(came).unwrap_or_default();
        work.bytes(came)?;
        out.extend_from_slice(room.get(..came).unwrap_or_default());
        let stuck = before == (inflate.total_in(), inflate.total_out());
        if stuck || !matches!(status, Ok(Status::Ok | Status::BufError)) {
            break;
        }
    }
    Some(out)
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let until = bytes.split(|b| *b == b'>').next().unwrap_or_default();
    let digits: Vec<u8> = until.iter().filter_map(|b| digit(*b)).collect();
    let byte = |pair: &[u8]| match pair {
        [high, low] => high << 4 | low,
        [high] => high << 4,
        _ => 0,
    };
    digits.chunks(2).map(byte).collect()
}

fn base85(bytes: &[u8]) -> Vec<u8> {
    let until = bytes.split(|b| *b == b'~').next().unwrap_or_default();
    let mut out = Vec::with_capacity(until.len());
    let mut group: Vec<u32> = Vec::with_capacity(5);
    for byte in until.iter().filter(|b| !is_space(**b)) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte.wrapping_sub(b'!'))),
            _ => {}
        }
        if group.len() == 5 {
            out.extend(number85(&group).to_be_bytes());
            group.clear();
        }
    }
    if let Some(kept) = group.len().checked_sub(1) {
        group.resize(5, 84);
        out.extend(number85(&group).to_be_bytes().into_iter().take(kept));
    }
    out
}

fn number85(group: &[u32]) -> u32 {
    let add = |sum: u32, digit: &u32| sum.wrapping_mul(85).wrapping_add(*digit);
    group.iter().fold(0, add)
}
