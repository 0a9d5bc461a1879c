//! The profile's tables: one file a table (migration, row, queries), search, and the write functions of the mail engine.
//!
//! - Reading: [`Store::read`] hands a [`Read`], one snapshot of the file; its methods are the queries.
//! - Writing: [`Store::write`] hands a [`Write`] on the writer thread, one transaction; its methods change rows and
//!   keep every count, thread row, search row and change-log entry in step within that transaction. Counts and search
//!   rows are gathered and written when the closure has answered `Ok` (see [`Write::settle`]).
//! - What costs CPU and touches no table (compressing, folding) is done before, on any thread: [`PreparedMail`].
//!
//! Architecture invariant: nothing above this crate holds SQL; nothing in it parses mail or knows a server. Time comes in.

mod account;
mod blob;
mod body;
mod change;
mod check;
mod codec;
mod crm;
mod dictionary;
mod draft;
mod error;
mod fold;
mod folder;
mod identity;
mod ingest;
mod layer_stat;
mod message;
mod message_text;
mod operation;
mod outbox;
mod pack;
mod placement;
mod ruled;
mod schema;
mod search;
mod session;
mod setting;
mod status;
mod store;
mod sync_request;
mod team;
mod thread;
mod thread_list;
mod thread_order;
mod tidy;
mod trusted_sender;
mod work;

pub use account::AccountRow;
pub use body::{Digest, PreparedMail, PreparedRaw};
pub use change::Changes;
pub use crm::act::ActRow;
pub use crm::customer::{CustomerCardRow, CustomerRow};
pub use crm::document::{DocumentRow, Figure, PaperKind, number_key};
pub use crm::document_page::{DocumentFilter, DocumentPage, PaperState};
pub use crm::duplicate::{Likeness, tax_key};
pub use crm::facts::FactsRow;
pub use crm::followed::{FOLLOWED_DEFAULT, FOLLOWED_SETTING, FollowedRow};
pub use crm::gist::{CustomerDays, Dues};
pub use crm::paper::{PaperNumber, UnreadPapers};
pub use crm::past::PastDocument;
pub use crm::product::{MOST_PRODUCTS, ProductRow};
pub use draft::{Draft, DraftMirror, NewDraft};
pub use error::{Error, Result};
pub use fold::{fold, words};
pub use folder::{FolderRow, NewFolder};
pub use ingest::{Arrival, NewBody, NewEnvelope, NewMail, Stored};
pub use layer_stat::LayerStat;
pub use message::MessageDetail;
pub use message_text::{TextEncoding, TextSource};
pub use operation::{Operation, Outcome};
pub use outbox::{Enqueued, NewOutgoing, Outgoing, SentCopy};
pub use ruled::UnruledMail;
pub use search::{SearchHit, SearchPage};
pub use session::{Read, Write};
pub use status::{MissingBody, StoreStatus};
pub use store::Store;
pub use sync_request::SyncRequest;
pub use team::TeamRow;
pub use team::analytics::{TeamDeed, TeamNumbers, TeamSpans, TeamWork, TeamWorkload};
pub use team::base::NoteBase;
pub use team::field::RecordFieldRow;
pub use team::file::NoteFileRow;
pub use team::member::TeamMember;
pub use team::note::{NoteRow, NoteSnapshot};
pub use team::op::{NewTeamOp, NoteOp, TeamOp, TeamOpFilter, TeamOpState};
pub use team::within::WithinRow;
pub use thread_list::ThreadRow;
pub use thread_order::{AddressWeights, ThreadWeights};
pub use work::WorkMark;

/// Text before a matched word in a snippet.
pub const MATCH_START: char = '\u{E000}';
/// Text after a matched word in a snippet.
pub const MATCH_END: char = '\u{E001}';

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` after the last row. Opaque; stays valid when rows come and go.
    pub next: Option<String>,
}
