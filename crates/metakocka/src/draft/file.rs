//! A file to be attached.

use std::fmt;
use std::io::Write as _;

use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;

/// A file to be attached, held once and in the form it is sent in: files may be large.
#[derive(Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// Its name with its ending.
    pub name: String,
    /// Its bytes, Base64.
    data: String,
    /// Bytes it has.
    size: usize,
}

impl FileDraft {
    /// A file of these bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        let mut file = GrowingFile::new(name, bytes.len());
        file.add(bytes);
        file.end()
    }

    /// Its bytes as Base64.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }

    /// Its name and its bytes as Base64, without another copy.
    pub(super) fn into_parts(self) -> (String, String) {
        (self.name, self.data)
    }
}

impl fmt::Debug for FileDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileDraft({}, {} bytes)", self.name, self.size)
    }
}

/// A [`FileDraft`] whose bytes come part by part, so that they never stand in memory beside it.
pub struct GrowingFile {
    name: String,
    data: EncoderStringWriter<'static, GeneralPurpose, String>,
    size: usize,
}

impl GrowingFile {
    /// A file without bytes so far, with room for `size` of them.
    #[must_use]
    pub fn new(name: impl Into<String>, size: usize) -> Self {
        let room = size.div_ceil(3).saturating_mul(4);
        let text = String::with_capacity(room);
        Self {
            name: name.into(),
            data: EncoderStringWriter::from_consumer(text, &STANDARD),
            size: 0,
        }
    }

    /// The next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        // Into memory: it cannot fail.
        drop(self.data.write_all(bytes));
        self.size = self.size.saturating_add(bytes.len());
    }

    /// The file, once all its bytes were added.
    #[must_use]
    pub fn end(self) -> FileDraft {
        FileDraft {
            name: self.name,
            data: self.data.into_inner(),
            size: self.size,
        }
    }
}

impl fmt::Debug for GrowingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrowingFile({}, {} bytes)", self.name, self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::{FileDraft, GrowingFile};

    #[test]
    fn a_file_is_the_same_however_its_parts_are_cut() {
        let bytes: Vec<u8> = (0..=255).collect();
        let whole = FileDraft::new("a.bin", &bytes);
        for size in [1, 2, 3, 7, 64, 255] {
            let mut growing = GrowingFile::new("a.bin", bytes.len());
            bytes.chunks(size).for_each(|part| growing.add(part));
            assert_eq!(growing.end(), whole, "in parts of {size}");
        }
        assert!(whole.data().starts_with("AAECAwQF"));
        assert_eq!(
            format!("{whole:?}"),
            "FileDraft(a.bin, 256 bytes)",
            "files are not printed"
        );
    }
}
