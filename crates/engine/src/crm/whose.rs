//! Whose mail it is: what is known of an address, put together for the rules of `kontor-crm`.

use std::collections::BTreeSet;

use kontor_collab::Collab;
use kontor_crm::same::Families;
use kontor_crm::whose::{Candidate, Clues, Link, Reason, Suggestion, Whose, telling_domain, whose};
use kontor_model::{Address, ThreadId};
use kontor_protocol::{CUSTOMER_OF, NO_CUSTOMER, Subject, SubjectKind};
use kontor_store::{CustomerRow, Read};

use super::family;
use super::view::{SuggestionReason, SuggestionView};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// Customers of one domain that are worth naming.
const OF_DOMAIN: u32 = 8;
/// People of a conversation looked at, those of the newest mails first.
const PEOPLE: usize = 10;
/// Mails of a conversation whose people are looked at.
const MAILS: usize = 30;

/// Whom a conversation is with.
#[derive(Clone, Debug)]
pub(super) struct With {
    /// The address, lower case; empty where it has nobody's but our own.
    pub(super) address: String,
    /// Whose it is.
    pub(super) whose: Whose,
    /// Said by hand.
    pub(super) linked: bool,
    /// The customers the address is of, where there are several; by name.
    pub(super) several: Vec<Candidate>,
}

impl Engine {
    /// Ties an address to a customer by hand, for the whole team; what the ERP says of it counts no more.
    ///
    /// # Errors
    /// [`Code::UnknownCustomer`] when the directory has no such customer, [`Code::Usage`] when it is no address.
    pub async fn link(&self, address: &str, customer: &str) -> Result<()> {
        let subject = address_subject(address)?;
        let (id, customer) = (customer.to_owned(), customer.to_owned());
        let known = self.ctx.write(move |w| w.follow(&id)).await?;
        if !known {
            return Err(unknown_customer(&customer));
        }
        self.set_customer(&subject, Some(customer)).await
    }

    /// Says by hand that an address is no customer's, whatever the ERP says.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is no address.
    pub async fn link_to_none(&self, address: &str) -> Result<()> {
        let subject = address_subject(address)?;
        self.set_customer(&subject, Some(NO_CUSTOMER.to_owned()))
            .await
    }

    /// Unties an address: what was said by hand is taken back, so that the ERP's addresses count again; where it was the
    /// ERP that said so, it is of none from now on.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is no address.
    pub async fn unlink(&self, address: &str) -> Result<()> {
        let subject = address_subject(address)?;
        let (ctx, key) = (std::sync::Arc::clone(&self.ctx), subject.id().to_owned());
        let with = blocking(move || of_person(&ctx, &Address::new("", &key))).await?;
        match (with.whose, with.linked) {
            (Whose::Customer(_), true) => self.set_customer(&subject, None).await,
            (Whose::Customer(_), false) => self.link_to_none(address).await,
            (Whose::Nobody | Whose::Unknown(_), _) => Ok(()),
        }
    }

    /// Takes back whatever was said of an address by hand, also that it is nobody's.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is no address.
    pub async fn forget_link(&self, address: &str) -> Result<()> {
        let subject = address_subject(address)?;
        self.set_customer(&subject, None).await
    }

    /// Returns whom an address may belong to, the likeliest first: also where that is known.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is no address.
    pub async fn suggest(&self, address: &str) -> Result<Vec<SuggestionView>> {
        let subject = address_subject(address)?;
        let ctx = std::sync::Arc::clone(&self.ctx);
        blocking(move || {
            let person = Address::new("", subject.id());
            let families = family::families(&ctx)?;
            let clues = ctx.store.read(|r| clues(r, &person, &families))?;
            Ok(shown(kontor_crm::whose::suggestions(clues)))
        })
        .await
    }

    /// Finds the customer that is named by its id, or by an address of whoever's mail it is.
    ///
    /// # Errors
    /// [`Code::UnknownCustomer`] when there is none, or nobody can say which.
    pub async fn find_customer(&self, text: &str) -> Result<String> {
        let named = text.trim().to_owned();
        let id = named.clone();
        if self.ctx.read(move |r| r.customer(&id)).await?.is_some() {
            return Ok(named);
        }
        if named.contains('@') {
            let ctx = std::sync::Arc::clone(&self.ctx);
            let person = Address::new("", named.to_lowercase());
            let with = blocking(move || of_person(&ctx, &person)).await?;
            if let Whose::Customer(id) = with.whose {
                return Ok(id);
            }
        }
        Err(unknown_customer(text))
    }

    async fn set_customer(&self, subject: &Subject, customer: Option<String>) -> Result<()> {
        let field = (CUSTOMER_OF.to_owned(), customer);
        self.set_fields(subject, vec![field]).await.map(drop)
    }
}

/// Whom a conversation is with: the newest mail's sender that is a customer's, else its first stranger. Of mails of our
/// own their recipients count.
pub(super) fn of_thread(ctx: &Context, thread: ThreadId) -> Result<With> {
    let people = ctx.store.read(|r| people(r, thread))?;
    let families = family::families(ctx)?;
    let mut stranger: Option<With> = None;
    for person in people {
        let with = of_one(ctx, &person, &families)?;
        if matches!(with.whose, Whose::Customer(_)) {
            return Ok(with);
        }
        stranger = Some(stranger.unwrap_or(with));
    }
    Ok(stranger.unwrap_or_else(|| With {
        address: String::new(),
        whose: Whose::Unknown(Vec::new()),
        linked: false,
        several: Vec::new(),
    }))
}

/// Whose an address is; of customers that are one, who stands for them.
pub(super) fn of_person(ctx: &Context, person: &Address) -> Result<With> {
    of_one(ctx, person, &family::families(ctx)?)
}

fn of_one(ctx: &Context, person: &Address, families: &Families) -> Result<With> {
    let address = person.key();
    let mut clues = ctx.store.read(|r| clues(r, person, families))?;
    clues.link = match link(&ctx.collab, &address)? {
        Some(Link::To(customer)) => Some(Link::To(families.main(&customer))),
        link => link,
    };
    let mut several = clues.same_address.clone();
    if let Some(Link::To(tied)) = &clues.link
        && several.iter().all(|candidate| candidate.id != *tied)
    {
        let row = ctx.store.read(|r| r.customer(tied))?;
        several.splice(0..0, candidates(row.into_iter().collect()));
    }
    if several.len() < 2 || clues.link == Some(Link::Nobody) {
        several.clear();
    }
    Ok(With {
        linked: clues.link.is_some(),
        address,
        whose: whose(clues),
        several,
    })
}

/// The other people of a conversation, each once: senders and reply addresses of the newest mails first, recipients of
/// our own mails behind them.
fn people(r: &Read<'_>, thread: ThreadId) -> kontor_store::Result<Vec<Address>> {
    let own: BTreeSet<String> = r
        .accounts()?
        .into_iter()
        .map(|row| row.account.email.to_lowercase())
        .collect();
    let (_, messages) = r.thread(thread)?;
    let (mut senders, mut recipients) = (Vec::new(), Vec::new());
    for id in messages.into_iter().rev().take(MAILS) {
        let mail = r.message(id)?;
        let ours = mail.row.from.iter().any(|a| own.contains(&a.key()));
        if ours {
            recipients.extend(mail.row.to);
            recipients.extend(mail.row.cc);
        } else {
            senders.extend(mail.row.from);
            senders.extend(mail.reply_to);
        }
    }
    let mut seen = BTreeSet::new();
    let others = senders.into_iter().chain(recipients).filter(|a| {
        let key = a.key();
        !key.is_empty() && !own.contains(&key) && seen.insert(key)
    });
    Ok(others.take(PEOPLE).collect())
}

fn clues(r: &Read<'_>, person: &Address, families: &Families) -> kontor_store::Result<Clues> {
    let address = person.key();
    let same_address = mains(r, r.customers_of_address(&address)?, families)?;
    let same_domain = match telling_domain(&address) {
        Some(domain) if same_address.len() != 1 => {
            mains(r, r.customers_of_domain(domain, OF_DOMAIN)?, families)?
        }
        Some(_) | None => Vec::new(),
    };
    Ok(Clues {
        link: None,
        same_address: candidates(same_address),
        same_domain: candidates(same_domain),
        same_name: Vec::new(),
    })
}

/// Who stands for these customers, each once; a customer whose main one is not in the directory stands for itself.
fn mains(
    r: &Read<'_>,
    rows: Vec<CustomerRow>,
    families: &Families,
) -> kontor_store::Result<Vec<CustomerRow>> {
    let mut mains: Vec<CustomerRow> = Vec::new();
    for row in rows {
        let main = families.main(&row.id);
        let main = if main == row.id {
            row
        } else {
            r.customer(&main)?.unwrap_or(row)
        };
        if mains.iter().all(|known| known.id != main.id) {
            mains.push(main);
        }
    }
    Ok(mains)
}

fn candidates(rows: Vec<CustomerRow>) -> Vec<Candidate> {
    let candidate = |row: CustomerRow| Candidate {
        id: row.id,
        name: row.name,
    };
    rows.into_iter().map(candidate).collect()
}

fn link(collab: &Collab, address: &str) -> Result<Option<Link>> {
    let Ok(subject) = Subject::new(SubjectKind::Address, address) else {
        return Ok(None);
    };
    let record = collab.record(&subject)?;
    let field = record.fields.into_iter().find(|f| f.field == CUSTOMER_OF);
    Ok(field.and_then(|f| f.value).map(|value| {
        if value == NO_CUSTOMER {
            Link::Nobody
        } else {
            Link::To(value)
        }
    }))
}

/// Suggestions as doors show them.
pub(super) fn shown(suggestions: Vec<Suggestion>) -> Vec<SuggestionView> {
    let view = |suggestion: Suggestion| SuggestionView {
        customer: suggestion.customer.id,
        name: suggestion.customer.name,
        reason: match suggestion.reason {
            Reason::Address => SuggestionReason::SameAddress,
            Reason::Domain => SuggestionReason::SameDomain,
            Reason::Name => SuggestionReason::SameName,
        },
    };
    suggestions.into_iter().map(view).collect()
}

fn address_subject(address: &str) -> Result<Subject> {
    Subject::new(SubjectKind::Address, address)
        .map_err(|_unfit| Error::usage(format!("“{}” is no mail address.", address.trim())))
}

/// Says that nobody here knows a customer.
pub(super) fn unknown_customer(named: &str) -> Error {
    Error::new(
        Code::UnknownCustomer,
        format!("No customer is known here as “{}”.", named.trim()),
    )
}
