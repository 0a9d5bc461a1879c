//! Facts, templates and what changed while a mail was written, as the window sees them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Address;
use super::customers::TableLanguage;

word! {
    /// What kind of fact stands in a mail.
    pub enum FactKind { Price, Total, Date, Quantity, Number }
    /// Whether the ERP says the same: it does; it said so before or says something else; nobody can say.
    pub enum FactState { Matched, Stale, Unknown }
    /// What of a document changed.
    pub enum ChangedPart { Total, Open, Due, Status, Lines, Gone }
}

dto! {
    /// A mail being written, as far as its facts go.
    pub struct WritingMail { people: Vec<Address>, subject: String, text: String }
    /// A fact of a mail.
    pub struct MailFact {
        kind: FactKind, text: String,
        /// Where it begins, in UTF-16 units.
        at: u32,
        state: FactState,
        /// What the document says now, written plainly; `gone` where it is no longer there.
        value: Option<String>,
        /// The same as the text would write it.
        instead: Option<String>,
        /// The document's number.
        document: Option<String>,
        as_of: Option<String>,
    }
    /// A document that changed while a mail was written.
    pub struct DocumentChange {
        number: String, part: ChangedPart,
        /// What it said then; empty for nothing.
        before: String,
        /// What it says now; empty for nothing.
        after: String,
        /// What the company calls the states, where a state changed; empty where it does not say.
        before_label: String,
        after_label: String,
        at: String,
        /// The mail names it.
        named: bool,
    }
    /// A text for mails.
    pub struct Template {
        /// Null: a new one.
        id: Option<String>,
        name: String, language: TableLanguage, subject: String, text: String,
    }
    /// A piece of a template that was filled in.
    pub struct TemplatePiece {
        text: String,
        /// What stands here, where it is no plain text.
        placeholder: Option<String>,
        /// Nothing is known for it.
        missing: bool,
    }
    /// What a placeholder stands for.
    pub struct PlaceholderValue {
        name: String,
        /// Null where nothing is known.
        value: Option<String>,
    }
    /// A template with a customer's values.
    pub struct FilledTemplate {
        subject: Vec<TemplatePiece>, text: Vec<TemplatePiece>,
        /// Placeholders without a value, each once.
        missing: Vec<String>,
        /// Somebody's values: false where nobody knows whose the mail is.
        known: bool,
    }
}
