//! What a team shares, on this desk: notes, records, activity, presence, and the queue of what is not yet told.
//!
//! - [`Collab`] writes and reads. Every change is one durable transaction in the profile's store, with or without a team,
//!   online or not; it waits there until the server has it. Nothing here needs a connection.
//! - [`Desk`] is the conversation with the server, without a line: frames in, frames out. What events change and how far
//!   they were read is one transaction.
//! - [`Line`] carries frames, over a WebSocket or within the process; [`run`] is the life of one connection.
//!
//! Architecture invariant: no task is spawned and no clock is read; time comes in. Several processes may use one profile:
//! the file is the truth, and a document in memory counts only while the file says so.

mod activity;
mod collab;
mod critical;
mod delta;
mod desk;
mod error;
mod ids;
mod line;
mod link;
mod listed;
mod note;
mod record;
mod row;
mod subject;
mod tied;
mod within;

pub use activity::{Activity, ActivityDetail, ActivityFilter};
pub use collab::{Collab, Member, NewTeam, Queue, Team};
pub use desk::{Desk, DocumentBody, Mention, Taken};
pub use error::{Error, Result};
pub use line::{FarEnd, Line, LineError, connect, connect_with};
pub use link::{Ended, Report, Session, run};
pub use note::{Edit, EditProblem, Edited, Note, NoteVersion, Splice, Typed, Written};
pub use record::{Choice, Conflict, ConflictValue, Record, RecordField};
pub use subject::thread_subject;
pub use within::Within;

/// Where an operation stands.
pub use kontor_store::TeamOpState;
