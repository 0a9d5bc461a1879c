//! Splitting line by line.

use super::Reply;

/// See [`super::split`].
pub(crate) fn split(text: &str) -> Reply {
    let mut reply = Reply::default();
    let mut in_signature = false;
    for line in text.lines() {
        let to = if line.starts_with('>') {
            &mut reply.quoted
        } else if in_signature {
            &mut reply.signature
        } else if line == "-- " {
            in_signature = true;
            continue;
        } else {
            &mut reply.text
        };
        to.push_str(line);
        to.push('\n');
    }
    for part in [&mut reply.text, &mut reply.quoted, &mut reply.signature] {
        *part = part.trim().to_owned();
    }
    reply
}
