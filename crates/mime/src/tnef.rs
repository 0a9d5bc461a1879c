//! winmail.dat: the form Outlook wraps a message in when it takes the reader for another Outlook (\[MS-OXTNEF\]).
//!
//! Only what a reader misses is read: the body and the files. Every read is checked; what is cut off is left out.

mod rtf;

use crate::body;
use crate::charset;
use crate::flaws::Flaws;
use crate::header::words;
use crate::scan::before;
use crate::walk::Entity;

/// Messages in messages in messages are read this deep.
const MAX_DEPTH: u32 = 4;

/// No winmail.dat holds more files than this; the rest is left out.
const MAX_FILES: usize = 1000;

const SIGNATURE: u32 = 0x223E_9F78;

/// What a winmail.dat holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tnef {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
    /// It is not TNEF, or ends early.
    pub(crate) damaged: bool,
}

/// One file in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) content_id: Option<String>,
    pub(crate) data: Vec<u8>,
}

/// True for a part that is a winmail.dat, whatever its sender called its type.
pub(crate) fn is_tnef(entity: &Entity<'_>) -> bool {
    let media = &entity.media;
    media.is(b"application", b"ms-tnef")
        || media.is(b"application", b"vnd.ms-tnef")
        || (media.is(b"application", b"octet-stream")
            && body::file_name(entity, &mut Flaws::default())
                .is_some_and(|n| n.eq_ignore_ascii_case("winmail.dat")))
}

/// Reads a winmail.dat.
pub(crate) fn read(bytes: &[u8]) -> Tnef {
    let mut budget = MAX_FILES;
    read_at(bytes, 0, &mut budget)
}

fn read_at(bytes: &[u8], depth: u32, budget: &mut usize) -> Tnef {
    let mut tnef = Tnef::default();
    let mut reader = Bytes(bytes);
    if reader.u32() != Some(SIGNATURE) || reader.u16().is_none() {
        tnef.damaged = true;
        return tnef;
    }
    let mut state = State {
        code_page: 1252,
        rtf: None,
        depth,
        budget,
        file: None,
    };
    while !reader.0.is_empty() {
        let Some((level, tag, data)) = attribute(&mut reader) else {
            tnef.damaged = true;
            break;
        };
        state.attribute(level, tag, data, &mut tnef);
    }
    state.finish(&mut tnef);
    tnef
}

/// Reads one attribute: its level, tag and data. A length beyond the end gives what is there.
fn attribute<'a>(reader: &mut Bytes<'a>) -> Option<(u8, u32, &'a [u8])> {
    let (level, tag, length) = (reader.u8()?, reader.u32()?, reader.u32()?);
    let data = reader.take(usize::try_from(length).ok()?)?;
    let _checksum = reader.u16()?;
    Some((level, tag, data))
}

struct State<'b> {
    code_page: u32,
    rtf: Option<Vec<u8>>,
    depth: u32,
    budget: &'b mut usize,
    /// The attachment being read.
    file: Option<File>,
}

impl State<'_> {
    fn attribute(&mut self, level: u8, tag: u32, data: &[u8], tnef: &mut Tnef) {
        match (level, tag) {
            (1, 0x0006_9007) => self.code_page = Bytes(data).u32().unwrap_or(self.code_page), // attOemCodepage
            (1, 0x0002_800C) => tnef.text = Some(self.string(data)), // attBody
            (1, 0x0006_9003) => self.message(data, tnef),            // attMsgProps
            (2, 0x0006_9002) => {
                // attAttachRendData begins each attachment
                self.close_file(tnef);
                self.file = Some(File::default());
            }
            (2, 0x0001_8010) => {
                let name = self.string(data); // attAttachTitle: the 8.3 name, kept when no longer one comes
                let file = self.file.get_or_insert_default();
                file.name = file.name.take().or_else(|| clean_name(name));
            }
            (2, 0x0006_800F) => self.file.get_or_insert_default().data = data.to_vec(), // attAttachData
            (2, 0x0006_9005) => self.attachment(data, tnef), // attAttachment
            _ => {}
        }
    }

    fn message(&mut self, data: &[u8], tnef: &mut Tnef) {
        let mut page = None;
        let mut html: Option<&[u8]> = None;
        tnef.damaged |= !properties(data, |id, value| match (id, value) {
            (0x3FDE, Value::Number(number)) => page = Some(number), // PidTagInternetCodepage
            (0x1000, value) => tnef.text = value.text(self.code_page).or(tnef.text.take()),
            (0x1013, Value::Unicode(bytes) | Value::Bytes(bytes) | Value::Ansi(bytes)) => {
                html = Some(bytes);
            }
            (0x1009, Value::Bytes(bytes)) => self.rtf = rtf::decompress(bytes),
            _ => {}
        });
        if let Some(bytes) = html {
            tnef.html = Some(decode(bytes, page.unwrap_or(self.code_page)));
        }
    }

    fn attachment(&mut self, data: &[u8], tnef: &mut Tnef) {
        let page = self.code_page;
        let mut file = self.file.take().unwrap_or_default();
        let (mut long_name, mut short_name) = (None, None);
        let mut inner: Option<&[u8]> = None;
        tnef.damaged |= !properties(data, |id, value| match (id, value) {
            (0x3707, value) => long_name = value.text(page),
            (0x3704 | 0x3001, value) => short_name = value.text(page).or(short_name.take()),
            (0x370E, value) => {
                file.content_type = value.text(page).unwrap_or_default().to_ascii_lowercase();
            }
            (0x3712, value) => file.content_id = value.text(page).filter(|id| !id.is_empty()),
            (0x3701, Value::Bytes(bytes)) => file.data = bytes.to_vec(),
            (0x3701, Value::Object(bytes)) => inner = Some(bytes),
            _ => {}
        });
        file.name = long_name
            .and_then(clean_name)
            .or(file.name)
            .or_else(|| short_name.and_then(clean_name));
        match inner {
            Some(bytes) if self.depth < MAX_DEPTH => self.embedded(bytes, file.name, tnef),
            Some(_) => tnef.damaged = true,
            None => self.file = Some(file),
        }
    }

    /// A message in the message: its text as a file of its name, then its files.
    fn embedded(&mut self, bytes: &[u8], name: Option<String>, tnef: &mut Tnef) {
        let depth = self.depth.saturating_add(1);
        let inner = read_at(bytes, depth, self.budget);
        tnef.damaged |= inner.damaged;
        let name = name.unwrap_or_else(|| "message".to_owned());
        let body = match (inner.html, inner.text) {
            (Some(html), _) => Some((html, "text/html", "html")),
            (None, Some(text)) => Some((text, "text/plain", "txt")),
            (None, None) => None,
        };
        if let Some((body, content_type, extension)) = body {
            let name = Some(format!("{name}.{extension}"));
            tnef.files.push(File {
                name,
                content_type: content_type.to_owned(),
                content_id: None,
                data: body.into_bytes(),
            });
        }
        tnef.files.extend(inner.files);
    }

    fn close_file(&mut self, tnef: &mut Tnef) {
        let Some(mut file) = self.file.take() else {
            return;
        };
        if *self.budget == 0 {
            tnef.damaged = true;
            return;
        }
        *self.budget = self.budget.saturating_sub(1);
        if !file.content_type.contains('/') {
            file.content_type = "application/octet-stream".to_owned();
        }
        tnef.files.push(file);
    }

    fn finish(mut self, tnef: &mut Tnef) {
        self.close_file(tnef);
        if tnef.text.is_none()
            && tnef.html.is_none()
            && let Some(source) = &self.rtf
        {
            tnef.text = Some(rtf::text(source)).filter(|t| !t.trim().is_empty());
        }
    }

    fn string(&self, data: &[u8]) -> String {
        decode(data, self.code_page)
    }
}

fn clean_name(name: String) -> Option<String> {
    body::base_name(words::fold(name))
}

/// Reads text of a Windows code page, up to its NUL.
fn decode(bytes: &[u8], page: u32) -> String {
    let bytes = before(bytes, memchr::memchr(0, bytes).unwrap_or(bytes.len()));
    let label = match page {
        65001 => "utf-8".to_owned(),
        20127 => "us-ascii".to_owned(),
        28591..=28606 => format!("iso-8859-{}", page.saturating_sub(28590)),
        20866 => "koi8-r".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        _ => format!("windows-{page}"),
    };
    charset::decode(Some(label.as_bytes()), bytes, &mut Flaws::default()).replace("\r\n", "\n")
}

/// A MAPI property's value, as far as anybody here wants it.
#[derive(Clone, Copy)]
enum Value<'a> {
    Number(u32),
    Ansi(&'a [u8]),
    Unicode(&'a [u8]),
    Bytes(&'a [u8]),
    /// Without the id of its interface.
    Object(&'a [u8]),
    Other,
}

impl Value<'_> {
    fn text(self, page: u32) -> Option<String> {
        match self {
            Self::Ansi(bytes) => Some(decode(bytes, page)),
            Self::Unicode(bytes) => {
                let text = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0;
                Some(
                    text.split('\0')
                        .next()
                        .unwrap_or_default()
                        .replace("\r\n", "\n"),
                )
            }
            Self::Number(_) | Self::Bytes(_) | Self::Object(_) | Self::Other => None,
        }
    }
}

/// Calls `each` with the properties of a property list (\[MS-OXTNEF\] §2.1.3.4); false when it ends early.
fn properties<'a>(data: &'a [u8], mut each: impl FnMut(u16, Value<'a>)) -> bool {
    let mut reader = Bytes(data);
    let Some(count) = reader.u32() else {
        return false;
    };
    for _ in 0..count {
        if property(&mut reader, &mut each).is_none() {
            return false;
        }
    }
    true
}

fn property<'a>(reader: &mut Bytes<'a>, each: &mut impl FnMut(u16, Value<'a>)) -> Option<()> {
    let (kind, id) = (reader.u16()?, reader.u16()?);
    if id >= 0x8000 {
        reader.take(16)?;
        match reader.u32()? {
            0 => reader.take(4)?,
            _ => reader.padded()?,
        };
    }
    let many = kind & 0x1000 != 0;
    let kind = kind & 0x0FFF;
    let variable = matches!(kind, 0x000D | 0x001E | 0x001F | 0x0102);
    let count = if many || variable { reader.u32()? } else { 1 };
    for _ in 0..count {
        let value = match kind {
            0x0002..=0x0004 | 0x000A | 0x000B => Value::Number(reader.u32()?),
            0x0005..=0x0007 | 0x0014 | 0x0040 => {
                reader.take(8)?;
                Value::Other
            }
            0x0048 => {
                reader.take(16)?;
                Value::Other
            }
            0x001E => Value::Ansi(reader.padded()?),
            0x001F => Value::Unicode(reader.padded()?),
            0x0102 => Value::Bytes(reader.padded()?),
            0x000D => Value::Object(reader.padded()?.get(16..).unwrap_or_default()),
            _ => return None, // of unknown length: nothing after it can be found
        };
        each(id, value);
    }
    Some(())
}

/// A reader of little-endian bytes that says `None` at the end.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A length, that many bytes, and padding to four, which the last value may lack.
    fn padded(&mut self) -> Option<&'a [u8]> {
        let n = usize::try_from(self.u32()?).ok()?;
        let data = self.take(n)?;
        let padding = n.next_multiple_of(4).checked_sub(n)?;
        self.take(padding.min(self.0.len()))?;
        Some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute_bytes(level: u8, tag: u32, data: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(tag.to_le_bytes());
        out.extend(u32::try_from(data.len()).expect("short").to_le_bytes());
        out.extend(data);
        out.extend([0, 0]);
        out
    }

    fn prop(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(kind.to_le_bytes());
        out.extend(id.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(u32::try_from(data.len()).expect("short").to_le_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn sample() -> Vec<u8> {
        let mut props = 2_u32.to_le_bytes().to_vec();
        props.extend(prop(0x001E, 0x3707, b"ra\xE8un z dolgim imenom.pdf\0"));
        props.extend(prop(0x001E, 0x370E, b"application/pdf\0"));
        let mut message = 1_u32.to_le_bytes().to_vec();
        let html: Vec<u8> = b"<p>\xE8</p>".to_vec();
        message.extend(prop(0x0102, 0x1013, &html));
        let mut out = SIGNATURE.to_le_bytes().to_vec();
        out.extend([1, 0]);
        out.extend(attribute_bytes(
            1,
            0x0006_9007,
            &[0xE2, 4, 0, 0, 0, 0, 0, 0],
        )); // 1250
        out.extend(attribute_bytes(1, 0x0002_800C, b"\x8Eivjo\r\n\0"));
        out.extend(attribute_bytes(1, 0x0006_9003, &message));
        out.extend(attribute_bytes(2, 0x0006_9002, &[0; 14]));
        out.extend(attribute_bytes(2, 0x0001_8010, b"RACUN~1.PDF\0"));
        out.extend(attribute_bytes(2, 0x0006_800F, b"%PDF"));
        out.extend(attribute_bytes(2, 0x0006_9005, &props));
        out.extend(attribute_bytes(2, 0x0006_9002, &[0; 14]));
        out.extend(attribute_bytes(2, 0x0001_8010, b"..\\b.txt\0"));
        out.extend(attribute_bytes(2, 0x0006_800F, b"two"));
        out
    }

    #[test]
    fn reads_body_and_files() {
        let tnef = read(&sample());
        assert!(!tnef.damaged, "it is whole");
        assert_eq!(
            tnef.text.as_deref(),
            Some("Živjo\n"),
            "attBody in the code page it names"
        );
        assert_eq!(tnef.html.as_deref(), Some("<p>č</p>"), "PidTagBodyHtml");
        let files: Vec<_> = tnef
            .files
            .iter()
            .map(|f| (f.name.as_deref(), f.content_type.as_str(), &f.data[..]))
            .collect();
        let want = [
            (
                Some("račun z dolgim imenom.pdf"),
                "application/pdf",
                &b"%PDF"[..],
            ),
            (Some("b.txt"), "application/octet-stream", &b"two"[..]),
        ];
        assert_eq!(files, want, "long name and type win, folders are cut off");
    }

    #[test]
    fn cut_anywhere_it_gives_what_was_there() {
        let whole = sample();
        for end in 0..whole.len() {
            let tnef = read(&whole[..end]);
            assert!(tnef.files.len() <= 2, "no more than there is");
        }
    }
}
