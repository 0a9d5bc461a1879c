//! Bytes to message and back.
//!
//! Architecture invariants: nothing here touches disk, clock or network; nothing fails: every input gives a value, and
//! what was wrong with the input is told by [`Message::defects`]. No input panics.
//!
//! One walk over the bytes ([`parse`], [`digest`], [`attachment`] and [`notices`] differ only in what they keep of it),
//! one reading of header fields ([`headers`]), so that list, index and window never disagree about a message.

pub mod compose;
pub mod html;
pub mod reply;

mod digest;
mod message;
mod notice;

pub use digest::{Digest, digest};
pub use message::{
    Attachment, Defect, DefectKind, Message, Part, attachment, headers, parse, part_by_cid,
};
pub use notice::{
    Authentication, AutoSubmitted, Bounce, BounceAction, Failure, Invite, InviteMethod, InviteTime,
    Notice, Unsubscribe, Verdict, authentication, notices,
};
