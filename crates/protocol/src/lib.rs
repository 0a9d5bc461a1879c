//! What desks and the team server say to each other: operations, frames, HTTP bodies, and how fields merge.
//!
//! - An **operation** ([`Op`]) is made on a desk, offline if need be, and is applied by the server once. What the server
//!   accepted is an **event** ([`Event`]): the operation with its number, `seq`, which has no gaps in an organisation.
//! - The server orders; it does not merge. Every desk folds the same events in the same order with the same rules
//!   ([`field`]), so all desks come to the same values without asking.
//! - **Frames** ([`ClientFrame`], [`ServerFrame`]) travel as JSON text over a WebSocket or hand to hand in one process.
//!
//! Architecture invariant: no disk, no clock, no network, no task. Time and random ids come in.

mod act;
mod company;
mod critical;
mod facts;
pub mod field;
mod file;
mod frame;
mod http;
mod id;
mod mark;
mod op;
mod presence;
mod snapshot;
mod subject;

pub use act::{
    ACT_FILES, ACTS, Act, ActAsk, ActDifference, ActField, ActFile, ActLine, ActOutcome,
    ActPreview, ActProblem, ActResult, ActState, ActStep, ActTax, ActTold, DocumentName,
    MAX_ACT_FILE_BYTES, MAX_ACT_LINES, MAX_INLINE_FILE_BYTES, NewContact, NewDocument, NewKind,
    NewLine, NewPartner, NewPayment, Twin,
};
pub use company::{CompanyFinish, CompanyStart, CompanyStarted, SignInWays};
pub use critical::{CRITICAL_FIELDS, CriticalFields};
pub use facts::{
    APART, CUSTOMER_OF, CustomerCard, CustomerContact, CustomerRow, CustomersPage, Document,
    DocumentKind, DocumentLine, DossierPage, FACTS, FactKind, FactsState, Freshness, MAX_CUSTOMERS,
    MAX_DOSSIERS, MAX_PRODUCTS, MirrorCounts, MirrorProgress, MirrorState, NO_CUSTOMER, Payment,
    ProductPrice, ProductRow, ProductsPage, SAME_AS, WantedDossier,
};
pub use file::{
    FILE_PIECE_BYTES, FileHash, FileInNote, FileProblem, FileSum, MAX_FILE_BYTES, NoteFile,
    check_size, files_in, plain_name,
};
pub use frame::{
    Ack, Capability, ClientFrame, Hello, MAX_BATCH, MAX_FRAME_BYTES, MAX_OP_BYTES, Org, Reject,
    RejectCode, ServerFrame, VERSION, Welcome,
};
pub use http::{
    ApiProblem, AuditRow, ErpConnected, ErpDisconnected, ErpRequest, Invitation, InviteRequest,
    JoinRequest, LoginRequest, MemberRow, SignedIn,
};
pub use id::{ActId, DeviceId, MemberId, OpId, OrgId};
pub use mark::{
    MAX_TAG_CHARS, MAX_TASK_CHARS, Mark, Task, tag_field, tag_words, task_done_field, task_field,
};
pub use op::{Body, Event, Op, OpProblem, Role};
pub use presence::{Availability, Caret, MemberPresence, Presence};
pub use snapshot::{Fold, SnapshotPage, SnapshotPlace, SnapshotRow};
pub use subject::{Subject, SubjectKind, SubjectProblem};
