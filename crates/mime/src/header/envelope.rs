//! The envelope: what lists and threads need of a header.

use kontor_model::{Address, Envelope};

use super::{Head, address, date, ids, words};
use crate::flaws::Flaws;
use crate::message::DefectKind;
use crate::scan::is;

/// Reads the envelope of a header; defects go to `flaws`.
pub(crate) fn envelope(head: &Head<'_>, flaws: &mut Flaws) -> Envelope {
    let date = head.date.and_then(|value| {
        let read = date::parse(value);
        if read.is_none() {
            flaws.add(DefectKind::BadDate);
        }
        read
    });
    Envelope {
        message_id: head.message_id.and_then(ids::one),
        subject: head
            .subject
            .map(|value| words::decode(value, flaws))
            .unwrap_or_default(),
        from: people(head, head.from, b"from", flaws),
        to: people(head, head.to, b"to", flaws),
        cc: people(head, head.cc, b"cc", flaws),
        reply_to: people(head, head.reply_to, b"reply-to", flaws),
        date,
        in_reply_to: head.in_reply_to.map(ids::all).unwrap_or_default(),
        references: head.references.map(ids::all).unwrap_or_default(),
    }
}

fn people(head: &Head<'_>, first: Option<&[u8]>, name: &[u8], flaws: &mut Flaws) -> Vec<Address> {
    let mut people = first
        .map(|value| address::list(value, flaws))
        .unwrap_or_default();
    for field in head.more_people.iter().filter(|field| is(field.name, name)) {
        people.extend(address::list(field.value, flaws));
    }
    people
}
