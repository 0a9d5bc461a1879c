//! The commands of views.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ViewsCommand {
    /// The views of the rail, with how many mails each finds and what happens to mail that arrives there.
    List,
    /// Keep a search; under a name that is there it changes that one.
    Save {
        /// How it is called.
        name: String,
        /// What to look for.
        #[arg(allow_hyphen_values = true)]
        search: String,
    },
    /// Remove a view, and its rule with it.
    Remove {
        /// Its name or id.
        name: String,
    },
    /// Say what happens to mail that arrives there from now on.
    Rule {
        /// Its name or id.
        name: String,
        #[command(flatten)]
        what: Rule,
    },
}

#[derive(Clone, Copy, Debug, Args)]
#[group(skip)]
pub(crate) struct Rule {
    /// Star it.
    #[arg(long, required_unless_present_any = ["tell", "none"])]
    pub(crate) star: bool,
    /// Tell of it, also where other mail is not told.
    #[arg(long)]
    pub(crate) tell: bool,
    /// Nothing.
    #[arg(long, conflicts_with_all = ["star", "tell"])]
    pub(crate) none: bool,
}
