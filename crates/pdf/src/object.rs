//! What files are made of (ISO 32000-1, 7.3).

use std::collections::BTreeMap;

use crate::work::OBJECT;

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

    /// The work of copying it.
    pub(crate) fn weight(&self) -> u64 {
        let all = |values: &mut dyn Iterator<Item = &Self>| {
            values.fold(OBJECT, |sum, value| sum.saturating_add(value.weight()))
        };
        match self {
            Self::Array(values) => all(&mut values.iter()),
            Self::Dict(values) => all(&mut values.values()),
            Self::Name(bytes) | Self::Text(bytes) | Self::Word(bytes) => {
                let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                bytes.saturating_add(OBJECT)
            }
            Self::Null | Self::Number(_) | Self::Ref(_) => OBJECT,
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
