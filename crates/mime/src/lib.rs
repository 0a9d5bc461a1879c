//! Bytes to message and back.
//!
//! Architecture invariants: nothing here touches disk, clock or network; nothing fails: every input gives a value, and
//! what was wrong with the input is told by [`Message::defects`]. No input panics.
//!
//! One walk over the bytes ([`parse`], [`digest()`], [`attachment`] and [`notices`] differ only in what they keep of it),
//! one reading of header fields ([`headers`]), so that list, index and window never disagree about a message.

pub mod compose;
pub mod html;
pub mod reply;

mod body;
mod charset;
mod digest;
mod flaws;
mod flowed;
mod header;
mod message;
mod notice;
mod read;
mod scan;
mod tnef;
mod transfer;
mod walk;

pub use digest::{Digest, Source, SourceEncoding, digest};
pub use message::{Attachment, Defect, DefectKind, Message, Part};
pub use notice::{
    Authentication, AutoSubmitted, Bounce, BounceAction, Failure, Invite, InviteMethod, InviteTime,
    Notice, Unsubscribe, Verdict, authentication, notices,
};
pub use read::{attachment, headers, parse, part_by_cid};
