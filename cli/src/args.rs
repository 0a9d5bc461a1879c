//! What `kontorctl` understands (KONTORCTL.md). Names and fields are fixed: add, don't rename.

pub(crate) mod crm;
pub(crate) mod team;
pub(crate) mod views;

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// The engine of Kontor without a window, for admins, scripts and tests.
#[derive(Debug, Parser)]
#[command(name = "kontorctl", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// The profile's folder; by default the app's own.
    #[arg(
        long, global = true, env = "KONTOR_PROFILE", value_name = "DIR",
        // A variable that is set to nothing is as good as unset; clap's own reader of paths refuses it.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub(crate) profile: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more on stderr; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Where secrets are kept instead of the OS keychain: `file:PATH`.
    #[arg(long, env = "KONTOR_KEYCHAIN", global = true, hide = true)]
    pub(crate) keychain: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Accounts: add, list, test, remove.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Bring everything here: once, or stay and keep it so.
    Sync(SyncArgs),
    /// How the accounts fare and what waits.
    Status,
    /// The folders, with counts.
    Folders {
        /// Only of this account.
        #[arg(long)]
        account: Option<String>,
    },
    /// The messages of a folder, newest first.
    Messages(ListArgs),
    /// The conversations of a folder, newest first.
    Threads(ThreadsArgs),
    /// One conversation.
    Thread {
        /// Its id.
        id: String,
    },
    /// One message.
    Show(ShowArgs),
    /// Save an attachment.
    Attachment {
        /// Which message: its id, or mid:MESSAGE-ID.
        message: String,
        /// Which attachment, from 1.
        n: u32,
        /// Where to; `-` is stdout.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Find messages.
    Search(SearchArgs),
    /// Mark as read.
    Read(Messages),
    /// Mark as unread.
    Unread(Messages),
    /// Flag.
    Flag(Messages),
    /// Remove the flag.
    Unflag(Messages),
    /// Move to the archive.
    Archive(MoveMessages),
    /// Move to the trash.
    Trash(MoveMessages),
    /// Move to junk.
    Junk(MoveMessages),
    /// Move to a folder.
    Move {
        /// Where to: a folder's id or path.
        to: String,
        /// Of this account; by default the messages' own.
        #[arg(long)]
        account: Option<String>,
        #[command(flatten)]
        what: MoveMessages,
    },
    /// Delete for good.
    Delete {
        /// Say that you mean it.
        #[arg(long, required = true)]
        forever: bool,
        #[command(flatten)]
        what: MoveMessages,
    },
    /// Send a finished message.
    Send {
        /// The message, RFC 5322; `-` is stdin.
        file: PathBuf,
        /// Through this account; by default the one whose address stands in From.
        #[arg(long)]
        account: Option<String>,
        /// Not before this moment (RFC 3339).
        #[arg(long)]
        at: Option<String>,
        /// Queue nothing where a colleague answers the same conversation: exit 1, code `collision`.
        #[arg(long)]
        ask: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// Answer a message.
    Reply {
        /// Which.
        message: String,
        /// What to say; `-` is stdin.
        #[arg(long)]
        text_file: PathBuf,
        /// To everyone.
        #[arg(long)]
        all: bool,
        /// Queue nothing where a colleague answers the same conversation: exit 1, code `collision`.
        #[arg(long)]
        ask: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// What is on its way out.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// File messages of mbox, Maildir or .eml in a folder.
    Import {
        /// Where to.
        folder: String,
        /// From where.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Of this account, where two share the path.
        #[arg(long)]
        account: Option<String>,
        #[command(flatten)]
        wait: Wait,
    },
    /// Save messages outside.
    Export {
        /// Which: a search; `*` is everything.
        query: String,
        /// Where to.
        #[arg(short, long)]
        output: PathBuf,
        /// As what.
        #[arg(long, value_enum, default_value_t = Format::Eml)]
        format: Format,
    },
    /// Look at messages without a profile.
    #[command(subcommand)]
    Mime(MimeCommand),
    /// What the person chose for the window.
    Settings {
        /// NAME=VALUE to choose (language=sl, theme=dark, density=compact …); without any, all are told.
        choices: Vec<String>,
    },
    /// The team: join, leave, invite, status, sync.
    #[command(subcommand)]
    Team(team::TeamCommand),
    /// Shared notes.
    #[command(subcommand)]
    Notes(team::NotesCommand),
    /// Shared fields.
    #[command(subcommand)]
    Records(team::RecordsCommand),
    /// The customers of the ERP.
    #[command(subcommand)]
    Crm(crm::CrmCommand),
    /// Texts for mails, shared by the team.
    #[command(subcommand)]
    Templates(crm::TemplatesCommand),
    /// Searches kept in the rail, and what happens to mail that arrives there.
    #[command(subcommand)]
    Views(views::ViewsCommand),
    /// Hand a thread to somebody, or to none.
    Assign {
        /// The thread's id.
        thread: String,
        /// A member's id, address or name; `none` for nobody.
        member: String,
    },
    /// What the team did, newest first.
    Activity(team::ActivityArgs),
    /// Who is there.
    Presence(team::PresenceArgs),
    /// Check store, index, keychain, clock and network, and say what to do.
    Doctor,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Verify and save an account; does not sync.
    Add(AddArgs),
    /// The accounts.
    List,
    /// Try to sign in.
    Test {
        /// Which.
        id: String,
    },
    /// Forget an account and its mail here; the server keeps everything.
    Remove {
        /// Which.
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The address.
    pub(crate) email: String,
    /// What mail is sent as.
    #[arg(long, default_value = "")]
    pub(crate) name: String,
    /// Incoming server, HOST:PORT.
    #[arg(long)]
    pub(crate) imap: Option<String>,
    /// Outgoing server, HOST:PORT, or `none`.
    #[arg(long)]
    pub(crate) smtp: Option<String>,
    /// Protection of both; by default what the port means.
    #[arg(long, value_enum)]
    pub(crate) security: Option<Security>,
    /// Protection of the incoming server.
    #[arg(long, value_enum)]
    pub(crate) imap_security: Option<Security>,
    /// Protection of the outgoing server.
    #[arg(long, value_enum)]
    pub(crate) smtp_security: Option<Security>,
    /// Login name, where it is not the address.
    #[arg(long)]
    pub(crate) username: Option<String>,
    /// Certificates trusted besides the system's, PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Read the password from one line of stdin.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Security {
    Tls,
    Starttls,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// Only this account.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// Until everything is here (the default).
    #[arg(long, conflicts_with = "watch")]
    pub(crate) once: bool,
    /// Stay, and print what happens, one JSON object per line.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Bodies to bring here: `all`, or of the last DAYS.
    #[arg(long, default_value = "all")]
    pub(crate) bodies: String,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// A folder's id or path.
    pub(crate) folder: String,
    /// Of this account, where two share the path.
    #[arg(long)]
    pub(crate) account: Option<String>,
    /// At most this many; 0 is all.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
    /// Go on from here.
    #[arg(long)]
    pub(crate) after: Option<String>,
}

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct ThreadsArgs {
    #[command(flatten)]
    pub(crate) list: ListArgs,
    /// Newest first; or those first whose customer owes longest, or buys most.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) sort: Sort,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    #[default]
    Newest,
    Overdue,
    Value,
}

impl From<Sort> for kontor_engine::ListOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Newest => Self::Newest,
            Sort::Overdue => Self::Overdue,
            Sort::Value => Self::Value,
        }
    }
}

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct ShowArgs {
    /// Its id, or mid:MESSAGE-ID.
    pub(crate) message: String,
    /// Exactly the server's bytes.
    #[arg(long, group = "form")]
    pub(crate) raw: bool,
    /// The text.
    #[arg(long, group = "form")]
    pub(crate) text: bool,
    /// The sanitised HTML the window shows.
    #[arg(long, group = "form")]
    pub(crate) html: bool,
    /// The header.
    #[arg(long, group = "form")]
    pub(crate) headers: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// What to look for.
    #[arg(required_unless_present = "jsonl", allow_hyphen_values = true)]
    pub(crate) query: Option<String>,
    /// At most this many; 0 is all.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
    /// Go on from here.
    #[arg(long)]
    pub(crate) after: Option<String>,
    /// Read {"id","query","limit"} per line and answer one object per line.
    #[arg(long, conflicts_with_all = ["query", "after"])]
    pub(crate) jsonl: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Messages {
    /// Ids, or mid:MESSAGE-ID.
    #[arg(required = true)]
    pub(crate) messages: Vec<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

#[derive(Debug, Args)]
pub(crate) struct MoveMessages {
    /// Ids, or mid:MESSAGE-ID.
    #[arg(required = true)]
    pub(crate) messages: Vec<String>,
    /// Out of this folder; by default the only one, or INBOX.
    #[arg(long)]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Wait {
    /// Stay until the server has it.
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// What waits, failed or is unknown.
    List {
        /// Sent and cancelled too, kept for 30 days.
        #[arg(long)]
        all: bool,
    },
    /// Take a message back.
    Cancel {
        /// Which.
        id: String,
    },
    /// Try again; sends an unknown one once more.
    Retry {
        /// Which.
        id: String,
        #[command(flatten)]
        wait: Wait,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Mbox,
    Maildir,
    Eml,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MimeCommand {
    /// Read a message.
    Parse(MimeInput),
    /// Make an HTML body safe.
    Sanitise {
        #[command(flatten)]
        input: MimeInput,
        /// Keep remote images.
        #[arg(long)]
        remote: bool,
    },
    /// Find what the author wrote new.
    ReplyText {
        #[command(flatten)]
        input: MimeInput,
        /// The input is a bare body, not a message.
        #[arg(long = "as", value_enum)]
        form: Option<BodyForm>,
    },
    /// Draw the conversations of an mbox file.
    Threads {
        /// The file; `-` is stdin.
        mbox: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct MimeInput {
    /// The file; `-` is stdin.
    #[arg(required_unless_present = "jsonl")]
    pub(crate) file: Option<PathBuf>,
    /// Read {"id","in"} or {"id","in_base64"} per line and answer one object per line.
    #[arg(long, conflicts_with = "file")]
    pub(crate) jsonl: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BodyForm {
    Text,
    Html,
}
