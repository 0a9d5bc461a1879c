//! Operators about customers and their documents: they are read here and answered by whoever knows the facts.

/// What is asked about customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfFacts {
    /// Mails with customers of this name (beginnings of words), id or number.
    Customer(String),
    /// Mails that name a document.
    Document {
        /// Its number, as typed; has a letter or a digit.
        number: String,
        /// It is still being typed.
        begins: bool,
    },
    /// Mails with customers that stand so.
    Status(AskedStatus),
    /// Mails with customers that have a bill later than so many days.
    Overdue(u16),
    /// Mails of people who write for the first time.
    FirstContact,
    /// Mails this does not find.
    Not(Box<Self>),
}

impl OfFacts {
    pub(super) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// How a customer stands, as docs/customers.md has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedStatus {
    /// Never ordered.
    Prospect,
    /// Ordered for the first time not long ago.
    New,
    /// Orders.
    Active,
    /// Has not ordered for long.
    Sleeping,
    /// Has a bill that should have been paid.
    Overdue,
}

/// The values of `status:`, in the order they are offered, English first.
const STATUSES: [(&[&str], AskedStatus); 5] = [
    (
        &["overdue", "zamuja", "zapadlo", "dolguje"],
        AskedStatus::Overdue,
    ),
    (&["new", "nova", "novo", "nov"], AskedStatus::New),
    (
        &["active", "aktivna", "aktivno", "aktiven"],
        AskedStatus::Active,
    ),
    (
        &["sleeping", "speča", "speca", "spi"],
        AskedStatus::Sleeping,
    ),
    (&["prospect", "možna", "mozna"], AskedStatus::Prospect),
];

/// The values of `first:`, English first; Slovenian `prvi:stik`.
const FIRSTS: [&str; 2] = ["contact", "stik"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Customer,
    Document,
    Status,
    Overdue,
    First,
}

impl Operator {
    /// Reads a name in small letters.
    pub(super) fn read(name: &str) -> Option<Self> {
        match name {
            "customer" | "stranka" => Some(Self::Customer),
            "doc" | "dok" | "dokument" => Some(Self::Document),
            "status" | "stanje" => Some(Self::Status),
            "overdue" | "zapadlo" => Some(Self::Overdue),
            "first" | "prvi" => Some(Self::First),
            _ => None,
        }
    }

    /// True for the beginning of a right value, in small letters.
    pub(super) fn is_unfinished(self, value: &str) -> bool {
        match self {
            Self::Customer | Self::Document => is_blank(value),
            Self::Overdue => value.is_empty() || value == ">",
            Self::First => {
                !FIRSTS.contains(&value) && FIRSTS.iter().any(|name| name.starts_with(value))
            }
            Self::Status => {
                let mut known = STATUSES.iter().flat_map(|(names, _)| names.iter());
                status(value).is_none() && known.any(|name| name.starts_with(value))
            }
        }
    }

    /// What a value asks for, or a sentence on what it should be.
    pub(super) fn ask(self, value: &str) -> Result<OfFacts, String> {
        let value = value.trim();
        let (plain, begins) = match value.strip_suffix('*') {
            Some(plain) => (plain, true),
            None => (value, false),
        };
        match self {
            Self::Customer if is_blank(plain) => {
                Err("“customer:” wants a name, an id or a number, such as customer:novak.".into())
            }
            Self::Customer => Ok(OfFacts::Customer(plain.to_owned())),
            Self::Document if is_blank(plain) => {
                Err("“doc:” wants the number of a document, such as doc:2026-1187.".into())
            }
            Self::Document => Ok(OfFacts::Document {
                number: plain.to_owned(),
                begins,
            }),
            Self::Status => status(&value.to_lowercase())
                .map(OfFacts::Status)
                .ok_or_else(|| {
                    "“status:” knows overdue, new, active, sleeping and prospect.".into()
                }),
            Self::Overdue => value
                .trim_start_matches('>')
                .parse()
                .ok()
                .map(OfFacts::Overdue)
                .ok_or_else(|| {
                    "“overdue:” wants a number of days, such as overdue:30 for more than 30.".into()
                }),
            Self::First if FIRSTS.contains(&value.to_lowercase().as_str()) => {
                Ok(OfFacts::FirstContact)
            }
            Self::First => {
                Err("“first:” knows only first:contact, mails of people who are new here.".into())
            }
        }
    }
}

fn status(value: &str) -> Option<AskedStatus> {
    let mut known = STATUSES.iter();
    known
        .find(|(names, _)| names.contains(&value))
        .map(|(_, status)| *status)
}

fn is_blank(value: &str) -> bool {
    !value.chars().any(char::is_alphanumeric)
}
