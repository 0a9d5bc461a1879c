//! What files are made of (ISO 32000-1, 7.3).

use std::collections::BTreeMap;

/// A dictionary: names without their slash.
pub(crate) type Dict = BTreeMap<Vec<u8>, Object>;

/// A value, or a word of a page's program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    Null,
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Self>),
    Dict(Dict),
    /// Another object of the file, by its number.
    Ref(u32),
    /// `true`, `false`, `obj`, `stream`, or what a page's program does.
    Word(Vec<u8>),
}

impl Object {
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// A number that counts something; the fraction is dropped.
    pub(crate) fn count(&self) -> Option<usize> {
        let n = self.number().filter(|n| (0.0..=1e9).contains(n))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "looked at above"
        )]
        Some(n as usize)
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}
