//! Templates: texts for mails that a team shares, with placeholders the facts of a customer fill in.
//!
//! A template is a record about `template:ID` with the fields `name`, `language`, `subject` and `text`: history, offline
//! work and merging are those of every shared field, and who has no team has them in the server inside this program.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kontor_crm::sums;
use kontor_crm::template::{PLACEHOLDERS, Piece, fill, joined, missing, unknown};
use kontor_crm::whose::Whose;
use kontor_crm::written::{Language, day, money};
use kontor_model::{Account, AccountId, Address, Amount, MessageId};
use kontor_protocol::{Subject, SubjectKind};
use kontor_store::{DocumentRow, PaperKind, Read, fold};
use serde::Serialize;

use super::dossier::{Cards, Reckoning, cards};
use super::family;
use super::whose::{of_person, of_thread};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

const NAME: &str = "name";
const LANGUAGE: &str = "language";
const SUBJECT: &str = "subject";
const TEXT: &str = "text";

/// Bills looked at for the oldest that is not paid.
const BILLS: u32 = 2000;

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `en` or `sl`: how money and days are written.
    pub language: String,
    /// The subject of a mail of its own; may be empty.
    pub subject: String,
    /// The text, with placeholders.
    pub text: String,
    /// When it was last changed, by the clock of who did.
    pub updated_at: Option<Timestamp>,
    /// True while something of it waits here for the server.
    pub waiting: bool,
}

/// A template as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateForm {
    /// `None`: a new one.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// How money and days are written.
    pub language: Language,
    /// May be empty.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Whose facts fill a template in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFor {
    /// Of whom a mail is with.
    Message(MessageId),
    /// Of those a mail goes to, from an account.
    People(Vec<Address>, AccountId),
}

/// A template with a customer's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The template.
    pub template: TemplateView,
    /// Whose values; `None` where nobody is known.
    pub customer: Option<String>,
    /// The subject, in pieces.
    pub subject: Vec<Piece>,
    /// The text, in pieces.
    pub text: Vec<Piece>,
    /// Placeholders without a value, each once.
    pub missing: Vec<String>,
}

impl Rendered {
    /// The finished subject and text.
    ///
    /// # Errors
    /// [`Code::Refused`], naming each value that is missing.
    pub fn whole(&self) -> Result<(String, String)> {
        match (joined(&self.subject), joined(&self.text)) {
            (Some(subject), Some(text)) => Ok((subject, text)),
            _ => Err(Error::new(
                Code::Refused,
                format!(
                    "The template “{}” cannot be filled in: nothing is known here for {}.",
                    self.template.name,
                    self.missing.join(", ")
                ),
            )),
        }
    }
}

impl Engine {
    /// Returns all templates, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn templates(&self) -> Result<Vec<TemplateView>> {
        let ctx = Arc::clone(&self.ctx);
        let subjects = blocking(move || Ok(ctx.collab.having("template:", NAME)?)).await?;
        let mut templates = Vec::with_capacity(subjects.len());
        for subject in subjects {
            templates.extend(self.template_of(&subject).await?);
        }
        templates.sort_by_key(|t: &TemplateView| (fold(&t.name), t.id.clone()));
        Ok(templates)
    }

    /// Returns a template by its id or its name, in whatever letters.
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is none.
    pub async fn template(&self, named: &str) -> Result<TemplateView> {
        let all = self.templates().await?;
        let wanted = fold(named);
        let found = all
            .iter()
            .find(|t| t.id == named)
            .or_else(|| all.iter().find(|t| fold(&t.name) == wanted));
        found
            .cloned()
            .ok_or_else(|| Error::not_found(format!("There is no template “{named}”.")))
    }

    /// Keeps a template for the whole team; answers its id.
    ///
    /// # Errors
    /// [`Code::Usage`] when it has no name or another's, no text or one too long, or a placeholder that there is not.
    pub async fn save_template(&self, form: TemplateForm) -> Result<String> {
        let name = form.name.trim().to_owned();
        if name.is_empty() || form.text.trim().is_empty() {
            return Err(Error::usage("A template needs a name and a text."));
        }
        let mistakes = unknown(&format!("{}\n{}", form.subject, form.text));
        if !mistakes.is_empty() {
            return Err(Error::usage(format!(
                "There is no placeholder {}.",
                mistakes.join(", ")
            )));
        }
        let taken =
            |t: &&TemplateView| fold(&t.name) == fold(&name) && Some(&t.id) != form.id.as_ref();
        if self.templates().await?.iter().any(|t| taken(&t)) {
            return Err(Error::usage(format!(
                "There is a template “{name}” already. Change that one, or take another name."
            )));
        }
        let id = form
            .id
            .unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
        let text = form.text.replace("\r\n", "\n");
        let fields = [
            (NAME, Some(name)),
            (LANGUAGE, Some(form.language.as_str().to_owned())),
            (SUBJECT, Some(form.subject).filter(|s| !s.is_empty())),
            (TEXT, Some(text)),
        ];
        self.set_template(&id, fields).await?;
        Ok(id)
    }

    /// Removes a template for the whole team; its history stays.
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is none.
    pub async fn remove_template(&self, named: &str) -> Result<()> {
        let id = self.template(named).await?.id;
        let fields = [NAME, LANGUAGE, SUBJECT, TEXT].map(|field| (field, None));
        self.set_template(&id, fields).await
    }

    /// Fills a template in with what is known of a customer.
    ///
    /// # Errors
    /// When there is no such template or message. What is not known is no error: see [`Rendered::whole`].
    pub async fn render_template(&self, named: &str, whom: TemplateFor) -> Result<Rendered> {
        let template = self.template(named).await?;
        let language = Language::read(&template.language).unwrap_or_default();
        let account = match &whom {
            TemplateFor::Message(message) => self.message(*message).await?.account,
            TemplateFor::People(_, account) => *account,
        };
        let me = self.ctx.read(move |r| r.account(account)).await?.account;
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let (customer, values) = values_for(&ctx, whom, me, language)?;
            let (subject, text) = (
                fill(&template.subject, &values),
                fill(&template.text, &values),
            );
            let all = [subject.as_slice(), text.as_slice()].concat();
            Ok(Rendered {
                missing: missing(&all),
                template,
                customer,
                subject,
                text,
            })
        })
        .await
    }

    /// Returns what each placeholder stands for in a mail to people, in the order of
    /// [`PLACEHOLDERS`]; `None` where nothing is known.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn placeholder_values(
        &self,
        people: Vec<Address>,
        account: AccountId,
        language: Language,
    ) -> Result<Vec<(&'static str, Option<String>)>> {
        let me = self.ctx.read(move |r| r.account(account)).await?.account;
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let whom = TemplateFor::People(people, account);
            let (_, mut values) = values_for(&ctx, whom, me, language)?;
            let valued = PLACEHOLDERS.iter().map(|&name| (name, values.remove(name)));
            Ok(valued.collect())
        })
        .await
    }

    async fn set_template<const N: usize>(
        &self,
        id: &str,
        fields: [(&str, Option<String>); N],
    ) -> Result<()> {
        let subject =
            Subject::new(SubjectKind::Template, id).map_err(|e| Error::usage(format!("{e}.")))?;
        let fields = fields
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value));
        self.set_fields(&subject, fields.collect()).await.map(drop)
    }

    async fn template_of(&self, subject: &Subject) -> Result<Option<TemplateView>> {
        let mut fields: BTreeMap<String, kontor_collab::RecordField> = self
            .record(subject)
            .await?
            .fields
            .into_iter()
            .map(|field| (field.field.clone(), field))
            .collect();
        let updated_at = fields.values().filter_map(|field| field.at).max();
        let waiting = fields.values().any(|field| field.waiting);
        let mut take = |name: &str| fields.remove(name).and_then(|field| field.value);
        let Some(name) = take(NAME) else {
            return Ok(None);
        };
        Ok(Some(TemplateView {
            id: subject.id().to_owned(),
            name,
            language: take(LANGUAGE).unwrap_or_else(|| "en".to_owned()),
            subject: take(SUBJECT).unwrap_or_default(),
            text: take(TEXT).unwrap_or_default(),
            updated_at,
            waiting,
        }))
    }
}

/// The customer, and what placeholders stand for in a mail to them.
fn values_for(
    ctx: &Context,
    whom: TemplateFor,
    me: Account,
    language: Language,
) -> Result<(Option<String>, BTreeMap<String, String>)> {
    let (customer, person) = about(ctx, whom)?;
    let mut values = match &customer {
        Some(id) => of_customer(ctx, id, &person, language)?,
        None => BTreeMap::new(),
    };
    let today = ctx.moment().to_zoned(jiff::tz::TimeZone::system()).date();
    put(&mut values, "contact.name", person.name.clone());
    put(&mut values, "contact.first_name", first_name(&person.name));
    put(&mut values, "me.name", me.name);
    put(&mut values, "me.email", me.email);
    put(&mut values, "today", day(today, language));
    Ok((customer, values))
}

/// The customer, and the person there.
fn about(ctx: &Context, whom: TemplateFor) -> Result<(Option<String>, Address)> {
    let known = |whose: Whose| match whose {
        Whose::Customer(id) => Some(id),
        Whose::Nobody | Whose::Unknown(_) => None,
    };
    match whom {
        TemplateFor::Message(message) => {
            let mail = ctx.store.read(|r| r.message(message))?;
            let with = of_thread(ctx, mail.row.thread)?;
            let all = mail.row.from.into_iter().chain(mail.row.to);
            let person = all.into_iter().find(|a| a.key() == with.address);
            let person = person.unwrap_or_else(|| Address::new("", with.address.clone()));
            Ok((known(with.whose), person))
        }
        TemplateFor::People(people, _) => {
            for person in &people {
                if let Some(id) = known(of_person(ctx, person)?.whose) {
                    return Ok((Some(id), person.clone()));
                }
            }
            Ok((None, people.into_iter().next().unwrap_or_default()))
        }
    }
}

fn put(values: &mut BTreeMap<String, String>, name: &str, value: String) {
    if !value.trim().is_empty() {
        values.entry(name.to_owned()).or_insert(value);
    }
}

fn first_name(name: &str) -> String {
    let name = name.split(',').next_back().unwrap_or_default();
    name.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn of_customer(
    ctx: &Context,
    id: &str,
    person: &Address,
    language: Language,
) -> Result<BTreeMap<String, String>> {
    let (now, at) = (ctx.clock.now(), ctx.moment());
    let members = family::families(ctx)?.members(id);
    Ok(ctx.store.read(|r| {
        let mut values = BTreeMap::new();
        let Cards { card, .. } = cards(r, &members)?;
        let row = r.customer(id)?;
        put(&mut values, "customer.name", card.name);
        put(
            &mut values,
            "customer.name",
            row.map(|r| r.name).unwrap_or_default(),
        );
        put(&mut values, "customer.number", card.number);
        put(&mut values, "customer.tax_number", card.tax_number);
        let mut contacts = card.contacts.into_iter();
        let contact = contacts.find(|c| c.email == person.key());
        let name = contact.map(|c| c.name).unwrap_or_default();
        if person.name.trim().is_empty() {
            put(&mut values, "contact.first_name", first_name(&name));
            put(&mut values, "contact.name", name);
        }
        for (kind, name) in [
            (PaperKind::Order, "order.last"),
            (PaperKind::Offer, "offer.last"),
        ] {
            if let Some(row) = family::documents(r, &members, Some(kind), 1)?.first() {
                last(&mut values, name, row, language);
            }
        }
        let today = Reckoning::of(r, now, at)?.today;
        bills(r, &members, today, language, &mut values)?;
        Ok(values)
    })?)
}

fn last(values: &mut BTreeMap<String, String>, name: &str, row: &DocumentRow, language: Language) {
    let figure = &row.figure;
    let written = |text: &str| {
        text.parse()
            .map_or_else(|_| String::new(), |d| day(d, language))
    };
    let body: kontor_collab::DocumentBody = serde_json::from_str(&row.body).unwrap_or_default();
    let status = Some(body.status_label)
        .filter(|label| !label.is_empty())
        .unwrap_or_else(|| row.status.clone());
    put(values, &format!("{name}.number"), row.number.clone());
    put(values, &format!("{name}.date"), written(&figure.date));
    let due = figure.due.as_deref().map(written).unwrap_or_default();
    put(values, &format!("{name}.due"), due);
    let total = money(figure.total, &figure.currency, language);
    put(values, &format!("{name}.total"), total);
    put(values, &format!("{name}.status"), status);
}

fn bills(
    r: &Read<'_>,
    members: &[String],
    today: Date,
    language: Language,
    values: &mut BTreeMap<String, String>,
) -> kontor_store::Result<()> {
    let mut bills = family::documents(r, members, Some(PaperKind::Invoice), BILLS)?;
    bills.retain(|row| row.figure.issued);
    let Some(newest) = bills.first() else {
        return Ok(());
    };
    last(values, "invoice.last", newest, language);
    let open = money(
        sums::open(&newest.figure),
        &newest.figure.currency,
        language,
    );
    put(values, "invoice.last.open", open);
    let totals = sums::totals(&family::figures(r, members)?, today);
    let written = |of: fn(&sums::Total) -> Amount| {
        let mut sums = totals.iter().filter(|t| of(t) != Amount::ZERO).peekable();
        if sums.peek().is_none() {
            // Nothing owed is a value, too: in the currency of the newest bill.
            return money(Amount::ZERO, &newest.figure.currency, language);
        }
        let each: Vec<String> = sums.map(|t| money(of(t), &t.currency, language)).collect();
        each.join(" + ")
    };
    put(values, "invoice.open.total", written(|t| t.open));
    put(values, "invoice.overdue.total", written(|t| t.overdue));
    bills.retain(|row| row.figure.total > row.figure.paid);
    put(values, "invoice.open.count", bills.len().to_string());
    let oldest = bills.iter().filter(|row| row.figure.due.is_some());
    if let Some(row) = oldest.min_by_key(|row| row.figure.due.clone()) {
        last(values, "invoice.oldest", row, language);
    }
    Ok(())
}
