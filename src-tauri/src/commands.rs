//! The doors of the window: each command is a call of the engine and a change of clothes, nothing more.

pub(crate) mod accounts;
pub(crate) mod acting;
pub(crate) mod acts;
pub(crate) mod composing;
pub(crate) mod customers;
pub(crate) mod erp;
pub(crate) mod marks;
pub(crate) mod note_files;
pub(crate) mod notes;
pub(crate) mod reading;
pub(crate) mod saving;
pub(crate) mod system;
pub(crate) mod team;
pub(crate) mod views;
pub(crate) mod writing;

use std::str::FromStr;

use crate::dto::{ApiError, Code};

/// What a command answers.
pub(crate) type Answer<T> = Result<T, ApiError>;

/// Reads an id the window was given by us.
pub(crate) fn id<T: FromStr>(text: &str) -> Answer<T> {
    text.parse().map_err(|_unreadable| ApiError {
        code: Code::Usage,
        message: format!("“{text}” is no id."),
    })
}

pub(crate) fn ids<T: FromStr>(texts: &[String]) -> Answer<Vec<T>> {
    texts.iter().map(|t| id(t)).collect()
}
