//! `crm act …`: writing into the ERP.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ActCommand {
    /// What is planned here, and what became of it.
    List,
    /// One of them; a planned one is looked at anew, with --confirm it is done.
    Look {
        /// Its id.
        id: String,
        #[command(flatten)]
        how: How,
    },
    /// Forget one that is not under way.
    Drop {
        /// Its id.
        id: String,
    },
    /// A customer that is not there yet.
    NewPartner {
        /// Its name; with --from the sender's where it is left out.
        name: Option<String>,
        /// Take name and address of this mail's sender: an id, or mid:MESSAGE-ID.
        #[arg(long)]
        from: Option<String>,
        /// Tax number.
        #[arg(long, default_value = "")]
        tax_number: String,
        /// Street and number.
        #[arg(long, default_value = "")]
        street: String,
        /// Post code.
        #[arg(long, default_value = "")]
        post: String,
        /// Place.
        #[arg(long, default_value = "")]
        place: String,
        /// Country in words.
        #[arg(long, default_value = "Slovenija")]
        country: String,
        /// The person there.
        #[arg(long)]
        contact: Option<String>,
        /// Address.
        #[arg(long)]
        email: Option<String>,
        /// Phone.
        #[arg(long, default_value = "")]
        phone: String,
        /// A person, not a company.
        #[arg(long)]
        person: bool,
        /// Liable to value added tax.
        #[arg(long)]
        taxpayer: bool,
        /// Abroad.
        #[arg(long)]
        foreign: bool,
        /// Somebody else, though their name or address is the same: the ERP's id; several times.
        #[arg(long)]
        not: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// A person at a customer that is there.
    NewContact {
        /// The ERP's id, or an address of the customer.
        customer: String,
        /// Name.
        #[arg(long, default_value = "")]
        name: String,
        /// Address.
        #[arg(long, default_value = "")]
        email: String,
        /// Phone.
        #[arg(long, default_value = "")]
        phone: String,
        #[command(flatten)]
        how: How,
    },
    /// An offer.
    NewOffer(NewDocument),
    /// An order.
    NewOrder(NewDocument),
    /// Another state of an order or invoice.
    SetStatus {
        /// Its number, or the ERP's id.
        document: String,
        /// The state, in the ERP's word.
        status: String,
        #[command(flatten)]
        how: How,
    },
    /// A payment that came.
    Pay {
        /// The document's number, or the ERP's id.
        document: String,
        /// How much.
        amount: String,
        /// When: YYYY-MM-DD.
        date: String,
        /// How, in the ERP's words.
        #[arg(long, default_value = "TRR")]
        way: String,
        /// A few words about it.
        #[arg(long, default_value = "")]
        notes: String,
        #[command(flatten)]
        how: How,
    },
    /// A mail's attachment beside a document.
    Attach {
        /// The document's number, or the ERP's id.
        document: String,
        /// The mail: its id, or mid:MESSAGE-ID.
        message: String,
        /// Which attachment, from 1.
        #[arg(long, default_value_t = 1)]
        n: u32,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewDocument {
    /// The ERP's id, or an address of the customer.
    pub(crate) customer: String,
    /// CODE,AMOUNT[,PRICE[,DISCOUNT[,TAX]]]: without tax, discount and tax in percent; what is left out is the price
    /// list's. Several times.
    #[arg(long = "line", required = true)]
    pub(crate) lines: Vec<String>,
    /// Its day: YYYY-MM-DD.
    #[arg(long)]
    pub(crate) date: String,
    /// The last day an offer holds, or the day an order is promised for.
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// ISO 4217.
    #[arg(long, default_value = "EUR")]
    pub(crate) currency: String,
    /// The customer's own number for it.
    #[arg(long, default_value = "")]
    pub(crate) their_number: String,
    /// What it is called.
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    /// Text below the lines.
    #[arg(long, default_value = "")]
    pub(crate) notes: String,
    #[command(flatten)]
    pub(crate) how: How,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct How {
    /// Only say what would be written, which is also what happens without a word.
    #[arg(long, conflicts_with = "confirm")]
    pub(crate) preview: bool,
    /// Write what the preview says, if nothing stands in its way.
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Wait for the server at most so many seconds.
    #[arg(long, default_value_t = 60.0)]
    pub(crate) wait: f64,
}
