//! Where the objects of a file are. The table at a file's end (7.5.4) is not asked: it may be damaged or lie, and finding
//! every object by looking costs one pass. Of several with one number the last counts, as in files that were added to.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use memchr::memmem::{self, Finder};

use crate::filter;
use crate::lexer::{Lexer, is_space};
use crate::object::{Dict, Object};
use crate::work::Work;

/// Where the head of a PDF may begin: programs put bytes before it.
const HEAD: usize = 1024;
/// Objects of one file.
const OBJECTS: usize = 200_000;
/// Objects in one stream of objects.
const PACKED: usize = 20_000;
/// Streams of objects.
const STREAMS: usize = 5000;
/// What is said of a stream stands within so many bytes before it.
const SAID: usize = 4096;
/// A reference to a reference to a reference.
const LINKS: usize = 8;
/// Places looked at for the catalogue.
const ROOTS: usize = 16;

/// A file that was looked through.
#[derive(Debug)]
pub(crate) struct File<'a> {
    bytes: &'a [u8],
    places: BTreeMap<u32, Place>,
    /// Streams of objects, unpacked when first wanted.
    packed: Vec<Packed>,
    pub(crate) work: Work,
}

/// Where an object stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the file.
    At(usize),
    /// In a stream of objects, at so many bytes.
    In(usize, usize),
}

#[derive(Debug)]
struct Packed {
    /// Where in the file.
    at: usize,
    bytes: OnceCell<Vec<u8>>,
}

/// A stream's dictionary and its packed bytes.
pub(crate) struct Stream<'a> {
    pub(crate) dict: Dict,
    bytes: &'a [u8],
}

impl<'a> File<'a> {
    /// Looks through a file; `None` when it is no PDF, is encrypted, or is too much.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let work = Work::new();
        let head = bytes.get(..HEAD.min(bytes.len()))?;
        memmem::find(head, b"%PDF-")?;
        // The passes below leap from word to word.
        work.bytes(bytes.len())?;
        if is_encrypted(bytes) {
            return None;
        }
        let mut file = Self {
            bytes,
            places: BTreeMap::new(),
            packed: Vec::new(),
            work,
        };
        file.look_through();
        file.look_into_packed();
        Some(file)
    }

    /// The catalogue, by what the file says of it; the last that is one.
    pub(crate) fn catalog(&self) -> Option<Dict> {
        let roots = memmem::rfind_iter(self.bytes, b"/Root").take(ROOTS);
        for root in roots {
            let mut lexer = Lexer::new(self.bytes, root.saturating_add(5), &self.work);
            let number = lexer.value().and_then(|number| number.count());
            let number = number.and_then(|n| u32::try_from(n).ok());
            if let Some(Object::Dict(dict)) = number.and_then(|n| self.object(n))
                && dict.contains_key(b"Pages".as_slice())
            {
                return Some(dict);
            }
        }
        None
    }

    /// The numbers of all objects.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.places.keys().copied()
    }

    /// An object by its number, of a stream the dictionary.
    pub(crate) fn object(&self, number: u32) -> Option<Object> {
        match self.places.get(&number)? {
            Place::At(at) => Lexer::new(self.bytes, *at, &self.work).value(),
            Place::In(stream, at) => {
                let bytes = self.packed.get(*stream)?.bytes.get()?;
                Lexer::new(bytes, *at, &self.work).value()
            }
        }
    }

    /// What a value is, where it refers to another one; a copy, which is work.
    pub(crate) fn follow(&self, value: &Object) -> Option<Object> {
        let Object::Ref(number) = value else {
            self.work.take(value.weight())?;
            return Some(value.clone());
        };
        let mut value = self.object(*number)?;
        for _ in 0..LINKS {
            match value {
                Object::Ref(number) => value = self.object(number)?,
                other => return Some(other),
            }
        }
        None
    }

    /// An entry of a dictionary, followed.
    pub(crate) fn get(&self, dict: &Dict, key: &str) -> Option<Object> {
        self.follow(dict.get(key.as_bytes())?)
    }

    /// An entry that is a dictionary.
    pub(crate) fn dict(&self, dict: &Dict, key: &str) -> Option<Dict> {
        match self.get(dict, key)? {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A stream by its number.
    pub(crate) fn stream(&self, number: u32) -> Option<Stream<'a>> {
        match self.places.get(&number)? {
            Place::At(at) => self.stream_at(*at),
            // A stream is never within another one (7.5.7).
            Place::In(..) => None,
        }
    }

    /// A stream's bytes, unpacked.
    pub(crate) fn unpack(&self, stream: &Stream<'_>) -> Option<Vec<u8>> {
        let mut dict = stream.dict.clone();
        for key in ["Filter", "DecodeParms"] {
            if let Some(value) = self.get(&stream.dict, key) {
                dict.insert(key.as_bytes().to_vec(), value);
            }
        }
        filter::unpack(&dict, stream.bytes, &self.work)
    }

    fn stream_at(&self, at: usize) -> Option<Stream<'a>> {
        let mut lexer = Lexer::new(self.bytes, at, &self.work);
        let Object::Dict(dict) = lexer.value()? else {
            return None;
        };
        if lexer.value()? != Object::Word(b"stream".to_vec()) {
            return None;
        }
        let rest = self.bytes.get(lexer.at..)?;
        let data = match rest {
            [b'\r', b'\n', data @ ..] | [b'\r' | b'\n', data @ ..] => data,
            data => data,
        };
        let bytes = self.said_length(&dict, data);
        let bytes = bytes.or_else(|| {
            let end = memmem::find(data, b"endstream").unwrap_or(data.len());
            self.work.bytes(end)?;
            data.get(..end)
        })?;
        Some(Stream { dict, bytes })
    }

    /// The bytes as long as the dictionary says, where that is where the stream ends.
    fn said_length(&self, dict: &Dict, data: &'a [u8]) -> Option<&'a [u8]> {
        let length = match dict.get(b"Length".as_slice())? {
            // Not followed on: a length that is told by what it is the length of would go round.
            Object::Ref(number) => match self.places.get(number)? {
                Place::At(at) => Lexer::new(self.bytes, *at, &self.work).value()?.count()?,
                Place::In(..) => self.object(*number)?.count()?,
            },
            length => length.count()?,
        };
        let (bytes, behind) = data.split_at_checked(length)?;
        let word = behind.iter().take(8).position(|b| !is_space(*b))?;
        let ends = behind.get(word..)?.starts_with(b"endstream");
        ends.then_some(bytes)
    }

    /// Notes every `12 0 obj`. What stands in streams is passed over.
    fn look_through(&mut self) {
        let (objects, streams) = (Finder::new(b"obj"), Finder::new(b"stream"));
        let ends = Finder::new(b"endstream");
        let mut next_object = find(&objects, self.bytes, 0);
        let mut next_stream = find(&streams, self.bytes, 0);
        // Behind the last end nothing is looked for again.
        let mut any_end = true;
        let mut last = None;
        while let Some(at) = next_object {
            match next_stream {
                Some(stream) if stream < at => {
                    let mut from = stream.saturating_add(6);
                    if any_end && begins_stream(self.bytes, stream) {
                        self.note_packed(last, stream);
                        let end = find(&ends, self.bytes, from);
                        any_end = end.is_some();
                        from = end.map_or(from, |end| end.saturating_add(9));
                    }
                    next_stream = find(&streams, self.bytes, from);
                    if from > at {
                        next_object = find(&objects, self.bytes, from);
                    }
                }
                _ => {
                    if let Some(number) = number_before(self.bytes, at) {
                        last = Some(at.saturating_add(3));
                        self.places.insert(number, Place::At(at.saturating_add(3)));
                    }
                    if self.places.len() >= OBJECTS {
                        return;
                    }
                    next_object = find(&objects, self.bytes, at.saturating_add(3));
                }
            }
        }
    }

    fn note_packed(&mut self, object: Option<usize>, stream: usize) {
        let Some(at) = object else { return };
        let said = self.bytes.get(at.max(stream.saturating_sub(SAID))..stream);
        if self.packed.len() < STREAMS
            && said.is_some_and(|said| memmem::find(said, b"/ObjStm").is_some())
        {
            let bytes = OnceCell::new();
            self.packed.push(Packed { at, bytes });
        }
    }

    /// Notes what stands in streams of objects (7.5.7), unless it stands in the file behind them.
    fn look_into_packed(&mut self) {
        for n in 0..self.packed.len() {
            let Some((at, numbers)) = self.open_packed(n) else {
                continue;
            };
            for (number, offset) in numbers {
                let newer = match self.places.get(&number) {
                    Some(Place::At(other)) => *other > at,
                    Some(Place::In(..)) | None => false,
                };
                if !newer && self.places.len() < OBJECTS {
                    self.places.insert(number, Place::In(n, offset));
                }
            }
        }
    }

    /// Unpacks a stream of objects: their numbers and where they begin.
    fn open_packed(&self, n: usize) -> Option<(usize, Vec<(u32, usize)>)> {
        let packed = self.packed.get(n)?;
        let stream = self.stream_at(packed.at)?;
        let count = self.get(&stream.dict, "N")?.count()?.min(PACKED);
        let first = self.get(&stream.dict, "First")?.count()?;
        let bytes = packed
            .bytes
            .get_or_init(|| self.unpack(&stream).unwrap_or_default());
        let mut lexer = Lexer::new(bytes, 0, &self.work);
        let mut numbers = Vec::new();
        for _ in 0..count {
            let (Some(number), Some(offset)) = (lexer.value(), lexer.value()) else {
                break;
            };
            let number = number.count().and_then(|n| u32::try_from(n).ok());
            if let Some((number, offset)) = number.zip(offset.count()) {
                numbers.push((number, first.saturating_add(offset)));
            }
        }
        Some((packed.at, numbers))
    }
}

fn find(finder: &Finder<'_>, bytes: &[u8], from: usize) -> Option<usize> {
    let at = finder.find(bytes.get(from..)?)?;
    Some(from.saturating_add(at))
}

/// `/Encrypt 12 0 R` or `/Encrypt <<`: wherever a file says so it means it.
fn is_encrypted(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"/Encrypt").any(|at| {
        let behind = bytes.get(at.saturating_add(8)..).unwrap_or_default();
        let next = behind.iter().find(|b| !is_space(**b));
        next.is_some_and(|b| b.is_ascii_digit() || *b == b'<')
    })
}

/// The word `stream` behind a dictionary, and not in `endstream`.
fn begins_stream(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    let behind = bytes.get(at.saturating_add(6));
    let last = before.iter().rev().find(|b| !is_space(**b));
    last == Some(&b'>') && behind.is_some_and(|b| is_space(*b))
}

/// The number of `12 0 obj`, by where `obj` stands.
fn number_before(bytes: &[u8], at: usize) -> Option<u32> {
    /// Digits and spaces before `obj`.
    const HEAD: usize = 32;
    let head = bytes.get(at.saturating_sub(HEAD)..at)?;
    let mut words = head
        .rsplit(|b| is_space(*b))
        .filter(|word| !word.is_empty());
    if !head.last().is_some_and(|b| is_space(*b)) {
        return None;
    }
    let generation = words.next()?;
    let number = words.next()?;
    // Glued to what stands before: `endobj12 0 obj`.
    let digits = number
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let number = number.get(number.len().saturating_sub(digits)..)?;
    let is_number = generation.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(number)
        .ok()
        .filter(|_| is_number)?
        .parse()
        .ok()
}
