//! What helps while a mail is written becomes DTOs.

use kontor_engine as engine;
use kontor_engine::crm_rules::template::Piece;
use kontor_engine::crm_rules::written::Language;

use crate::dto::customers::TableLanguage;
use crate::dto::writing::{
    ChangedPart, DocumentChange, FactKind, FactState, FilledTemplate, MailFact, Template,
    TemplatePiece, WritingMail,
};

impl From<WritingMail> for engine::Writing {
    fn from(mail: WritingMail) -> Self {
        Self {
            people: mail.people.into_iter().map(Into::into).collect(),
            subject: mail.subject,
            text: mail.text,
        }
    }
}

impl From<engine::FactView> for MailFact {
    fn from(of: engine::FactView) -> Self {
        Self {
            kind: match of.kind {
                "price" => FactKind::Price,
                "date" => FactKind::Date,
                "quantity" => FactKind::Quantity,
                "number" => FactKind::Number,
                _ => FactKind::Total,
            },
            text: of.text,
            at: of.at,
            state: match of.state {
                "matched" => FactState::Matched,
                "stale" => FactState::Stale,
                _ => FactState::Unknown,
            },
            value: of.value,
            instead: of.instead,
            document: of.document,
            as_of: of.as_of.map(|at| at.to_string()),
        }
    }
}

impl From<engine::DocumentChange> for DocumentChange {
    fn from(of: engine::DocumentChange) -> Self {
        let [before_label, after_label] = of.labels;
        Self {
            number: of.number,
            part: match of.part {
                engine::ChangedPart::Total => ChangedPart::Total,
                engine::ChangedPart::Open => ChangedPart::Open,
                engine::ChangedPart::Due => ChangedPart::Due,
                engine::ChangedPart::Status => ChangedPart::Status,
                engine::ChangedPart::Lines => ChangedPart::Lines,
                engine::ChangedPart::Gone => ChangedPart::Gone,
            },
            before: of.before,
            after: of.after,
            before_label,
            after_label,
            at: of.at.to_string(),
            named: of.named,
        }
    }
}

impl From<TableLanguage> for Language {
    fn from(of: TableLanguage) -> Self {
        match of {
            TableLanguage::En => Self::English,
            TableLanguage::Sl => Self::Slovenian,
        }
    }
}

impl From<engine::TemplateView> for Template {
    fn from(of: engine::TemplateView) -> Self {
        Self {
            id: Some(of.id),
            name: of.name,
            language: if of.language == "sl" {
                TableLanguage::Sl
            } else {
                TableLanguage::En
            },
            subject: of.subject,
            text: of.text,
        }
    }
}

impl From<Template> for engine::TemplateForm {
    fn from(of: Template) -> Self {
        Self {
            id: of.id,
            name: of.name,
            language: of.language.into(),
            subject: of.subject,
            text: of.text,
        }
    }
}

impl From<engine::Rendered> for FilledTemplate {
    fn from(of: engine::Rendered) -> Self {
        let pieces = |list: Vec<Piece>| list.into_iter().map(Into::into).collect();
        Self {
            subject: pieces(of.subject),
            text: pieces(of.text),
            missing: of.missing,
            known: of.customer.is_some(),
        }
    }
}

impl From<Piece> for TemplatePiece {
    fn from(of: Piece) -> Self {
        let (text, placeholder, missing) = match of {
            Piece::Text(text) => (text, None, false),
            Piece::Value { name, value } => (value, Some(name), false),
            Piece::Missing { name } => (String::new(), Some(name), true),
        };
        Self {
            text,
            placeholder,
            missing,
        }
    }
}
