//! The team's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum TeamCommand {
    /// Join a team, or sign in again on another computer. What was written here before is shared from then on.
    Join(JoinArgs),
    /// Leave the team; everything stays readable here, and the server signs this computer out.
    Leave,
    /// Invite somebody (admins).
    Invite {
        /// What they may do.
        #[arg(long, value_enum, default_value_t = Role::Member)]
        role: Role,
    },
    /// How the line to the team fares and what waits.
    Status,
    /// Which fields wait for a person when two people set them at once.
    Critical {
        /// From now on these: names with commas between, or none at all (admins).
        #[arg(long, value_name = "FIELDS")]
        set: Option<String>,
        /// From now on the standard ones (admins).
        #[arg(long, conflicts_with = "set")]
        standard: bool,
    },
    /// Stay until everything is told and everything is here.
    Sync {
        /// At most this many seconds.
        #[arg(long, default_value_t = 30.0)]
        wait: f64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// The invitation's link, or its code.
    pub(crate) invitation: String,
    /// The team's server, where only a code is given.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// What colleagues call you.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The address to sign in with; by default that of the first account.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Read the password from one line of stdin.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Sign in as your company has it, in the browser of this computer; no password.
    #[arg(long, conflicts_with_all = ["email", "password_stdin"])]
    pub(crate) browser: bool,
    /// Only print the address, do not open the browser.
    #[arg(long, requires = "browser")]
    pub(crate) no_open: bool,
    /// Certificates trusted besides the system's, PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    Admin,
    Member,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotesCommand {
    /// The notes there are, or one subject's.
    List {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: Option<String>,
    },
    /// The text of a note, exactly.
    Show {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
        /// As it was after this many edits.
        #[arg(long, conflicts_with = "follow")]
        version: Option<u64>,
        /// Stay, and print a line whenever it changes.
        #[arg(long)]
        follow: bool,
    },
    /// Who wrote when.
    History {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
    },
    /// Write.
    Edit(EditArgs),
    /// Add a file at the end of a note; 25 MB at most.
    Attach {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
        /// The file.
        file: PathBuf,
    },
    /// The files a note names, and where they are.
    Files {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
    },
    /// Save a file of a note; fetched from the team's server where it is not here.
    File {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
        /// Its SHA-256, as `notes files` tells it.
        sha256: String,
        /// Where to; - is stdout.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// customer:ID, address:EMAIL or thread:ID.
    pub(crate) subject: String,
    #[command(flatten)]
    pub(crate) how: EditHow,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct EditHow {
    /// The whole new text; what colleagues wrote elsewhere in it meanwhile stays.
    #[arg(long, value_name = "F")]
    pub(crate) text_file: Option<PathBuf>,
    /// Add at the end.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) append: Option<String>,
    /// At this place (in characters), remove so many, put in this.
    #[arg(long, num_args = 3, value_names = ["AT", "DEL", "TEXT"], allow_hyphen_values = true)]
    pub(crate) splice: Option<Vec<String>>,
    /// One edit per line: {"append":T} or {"splice":[at,del,T]}.
    #[arg(long)]
    pub(crate) stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordsCommand {
    /// The fields of a subject.
    Get {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
    },
    /// Set fields; FIELD= empties one.
    Set {
        /// customer:ID, address:EMAIL or thread:ID.
        subject: String,
        /// FIELD=VALUE.
        #[arg(required = true)]
        fields: Vec<String>,
    },
    /// Critical fields with two values, waiting for a person.
    Conflicts,
    /// Choose.
    Resolve {
        /// The conflict's id.
        id: String,
        /// mine, theirs, or another value.
        #[arg(long, allow_hyphen_values = true)]
        take: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ActivityArgs {
    /// Not before this moment (RFC 3339).
    #[arg(long)]
    pub(crate) since: Option<String>,
    /// Only of this type: note, mention, assign, status, record, resolve, reply, member.
    #[arg(long = "type", value_name = "T")]
    pub(crate) kind: Option<String>,
    /// At most this many; 0 is all.
    #[arg(long, default_value_t = 0)]
    pub(crate) limit: u32,
    /// Go on from here.
    #[arg(long, conflicts_with = "follow")]
    pub(crate) after: Option<String>,
    /// Stay, and print what happens.
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct PresenceArgs {
    /// Stay, and print who comes and goes.
    #[arg(long)]
    pub(crate) follow: bool,
    #[command(subcommand)]
    pub(crate) command: Option<PresenceCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PresenceCommand {
    /// How you appear.
    Set {
        /// The state.
        #[arg(value_enum)]
        state: Appearing,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Appearing {
    Online,
    Away,
    Busy,
}
