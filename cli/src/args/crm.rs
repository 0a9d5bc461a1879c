//! The customers' commands.

pub(crate) mod act;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum CrmCommand {
    /// How the mirror of the ERP stands.
    Status,
    /// Connect the company's Metakocka: with the team, for admins, or without one with this profile. Tried before it is kept.
    Connect {
        /// Where the service is.
        #[arg(long, value_name = "URL", default_value = "https://main.metakocka.si")]
        base_url: String,
        /// The company's number there.
        #[arg(long, value_name = "ID")]
        company: String,
        /// Read the secret key from one line of stdin.
        #[arg(long)]
        key_stdin: bool,
    },
    /// Disconnect Metakocka: its key and all facts are forgotten. Links, merges, notes and the audit log stay.
    Disconnect {
        /// Also while changes are on their way there: nobody can tell then what became of them.
        #[arg(long)]
        anyway: bool,
    },
    /// The audit log, newest first: the team's, for admins, or what was done here.
    Audit {
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Set of how many customers facts are kept here.
    Keep {
        /// How many; those longest without mail or look go first.
        customers: u32,
    },
    /// What is known of a customer.
    Customer {
        /// The ERP's id, or an address.
        customer: String,
        /// Where it is not here: wait for it at most so many seconds.
        #[arg(long, default_value_t = 5.0)]
        wait: f64,
    },
    /// The documents of a customer, newest first.
    Documents {
        /// The ERP's id, or an address.
        customer: String,
        /// Only of this kind; invoices with their credit notes.
        #[arg(long = "type", value_enum)]
        kind: Option<Kind>,
        /// Only those in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only of this day, YYYY-MM-DD, or later.
        #[arg(long)]
        from: Option<String>,
        /// Only of this day, YYYY-MM-DD, or earlier.
        #[arg(long)]
        until: Option<String>,
        /// A table for spreadsheets instead, with a decimal point (en) or comma (sl).
        #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "en", conflicts_with = "limit")]
        csv: Option<Csv>,
        /// At most so many; 0 for all.
        #[arg(long, default_value_t = 0)]
        limit: u32,
        /// Where they are not here: wait for them at most so many seconds.
        #[arg(long, default_value_t = 5.0)]
        wait: f64,
    },
    /// Prices, totals, days, quantities and document numbers of a mail, and whether the ERP says the same.
    Check {
        /// A file with a finished message, or a message that is here.
        mail: String,
    },
    /// Say whose an address is; the team knows it, too.
    Link {
        /// The address.
        address: String,
        /// The ERP's id, or an address of the customer.
        customer: String,
    },
    /// Say that an address is not this customer's.
    Unlink {
        /// The address.
        address: String,
    },
    /// Customers the ERP likely has twice, and why; with a customer only those likely the same as it.
    Duplicates {
        /// The ERP's id, or an address.
        customer: Option<String>,
        /// Those that were said not to be the same instead.
        #[arg(long)]
        dismissed: bool,
    },
    /// Say for the whole team that two customers only look like one; they are suggested again for another reason.
    Apart {
        /// The ERP's id, or an address.
        one: String,
        /// The other.
        other: String,
        /// Take it back.
        #[arg(long)]
        undo: bool,
    },
    /// Make two customers one in the team's mapping; the ERP is not told.
    Merge {
        /// Who stands for both: the ERP's id, or an address.
        main: String,
        /// The other.
        other: String,
    },
    /// Make a customer one of its own again.
    Unmerge {
        /// The ERP's id.
        customer: String,
    },
    /// Whose an address may be, and why.
    Suggest {
        /// The address.
        address: String,
    },
    /// Whose mail these addresses' is, as the list of mails says beside them.
    Badges {
        /// The addresses.
        #[arg(required = true)]
        addresses: Vec<String>,
    },
    /// The documents a mail names.
    Refs {
        /// Its id, or mid:MESSAGE-ID.
        message: String,
    },
    /// What is to be written into the ERP: looked at, and written where it is confirmed.
    #[command(subcommand)]
    Act(Box<act::ActCommand>),
    /// The mails that name a document.
    ThreadOf {
        /// The document's number.
        number: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Offer,
    Order,
    Invoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    Open,
    Overdue,
    Paid,
    Draft,
    ToShip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Csv {
    En,
    Sl,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplatesCommand {
    /// All templates, by name.
    List,
    /// The placeholders a template may have.
    Placeholders,
    /// A template as it was written.
    Show {
        /// Its name or id.
        name: String,
    },
    /// A template with what is known of whom a mail is with; fails where something is missing.
    Render {
        /// Its name or id.
        name: String,
        /// The mail.
        #[arg(long)]
        message: String,
    },
    /// Keep a template for the whole team; one of this name is changed.
    Save {
        /// What people call it.
        name: String,
        /// Its text, UTF-8.
        #[arg(long)]
        file: PathBuf,
        /// How money and days are written.
        #[arg(long, value_enum, default_value = "en")]
        language: Csv,
        /// The subject of a mail of its own.
        #[arg(long)]
        subject: Option<String>,
    },
    /// Remove a template for the whole team.
    Remove {
        /// Its name or id.
        name: String,
    },
}
