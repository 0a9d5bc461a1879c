//! Messages: taken into a queue, one outcome each, and read as conversations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Answer, Desk};
use crate::metakocka::calendar::Moment;
use crate::metakocka::dialect::{Fields, Object, Refusal, commas};
use crate::metakocka::world::Told;

const WAYS: [&str; 3] = ["sms", "viber", "whatsapp"];

pub(super) fn send(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let messages = fields.objects("message_list");
    if messages.is_empty() {
        return Err(Refusal::bad("Polje message_list je obvezno."));
    }
    let done = messages.into_iter().map(|message| one(desk, message));
    let list: Vec<Value> = done.collect();
    // Of this list the vendor's samples show an array even where it has one.
    Ok(Object::success().value("message_list", list).into())
}

/// A message that cannot be sent is told so in its row; the others go.
fn one(desk: &mut Desk<'_>, message: Fields<'_>) -> Value {
    let reply = Object::new().maybe("sender_message_id", message.filled("sender_message_id"));
    let row = match checked(message) {
        Ok(told) => {
            let id = desk.world.next_id();
            desk.world.told().extend(told);
            reply.text("mk_id", id).text("status", "ok")
        }
        Err(why) => reply.text("error_desc", why).text("status", "error"),
    };
    row.into()
}

/// What is kept of a message; nothing of mails, which no call reads again.
fn checked(message: Fields<'_>) -> Result<Option<Told>, String> {
    let needed = |name: &str| {
        let missing = || format!("{name} : Polje je obvezno");
        message.filled(name).ok_or_else(missing)
    };
    let way = needed("type")?;
    if message
        .filled("message_type")
        .is_some_and(|t| t != "marketing" && t != "transactional")
    {
        return Err("message_type : Vrednost ni veljavna".to_owned());
    }
    if way == "email" {
        needed("email_subject")?;
        let from = needed("email_from")?;
        needed("email_to_list")?;
        let lists = ["email_to_list", "email_cc_list", "email_bc_list"];
        let all = lists.iter().filter_map(|name| message.filled(name));
        let all = all.flat_map(|list| commas(&list)).chain([from]);
        if let Some(wrong) = all.into_iter().find(|address| !address.contains('@')) {
            return Err(format!("{wrong} : Naslov ni veljaven"));
        }
        for file in message.objects("attached_file_list") {
            let data = file.filled("file_data_base64").unwrap_or_default();
            if file.filled("file_name").is_none() || STANDARD.decode(data).is_err() {
                return Err("attached_file_list : Datoteka ni veljavna".to_owned());
            }
        }
        return Ok(None);
    }
    if !WAYS.contains(&way.as_str()) {
        return Err(format!("type : {way} ni veljaven"));
    }
    let (to, text) = (needed("to_number")?, needed("message")?);
    let digits = to.chars().filter(char::is_ascii_digit).count();
    if !(8..=15).contains(&digits) {
        return Err("to_number : <b>Telefonska</b> številka ni veljavna".to_owned());
    }
    let from = message.filled("sender_message_id");
    Ok(Some(Told {
        way,
        to,
        from: from.unwrap_or_else(|| "447000011122".to_owned()),
        text,
    }))
}

pub(super) fn get(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let way = fields.filled("type");
    let way = way.ok_or_else(|| Refusal::bad("Type parameter must be set."))?;
    if !WAYS.contains(&way.as_str()) {
        return Err(Refusal::bad(format!("Not valid value for type : {way}")));
    }
    if let Some(since) = fields.filled("return_new_inbound_messages_from")
        && Moment::parse(&since).is_none()
    {
        return Err(Refusal::bad(format!("Wrong date : {since}")));
    }
    let now = desk.world.now();
    // Nobody answers here: no conversation has news, and none is about a document.
    let any = fields.filled("doc_id").is_none()
        && fields.filled("return_new_inbound_messages_from").is_none();
    let told = desk
        .world
        .told()
        .iter()
        .filter(|told| any && told.way == way);
    let threads: Vec<Value> = told
        .map(|told| {
            let message = Object::new()
                .text("message", &told.text)
                .text("status", "waiting")
                .text("direction", "outbound")
                .text("create_time", now.with_offset());
            Object::new()
                .text("type", &told.way)
                .text("to_number", &told.to)
                .text("from_number", &told.from)
                .list("message_list", vec![message.into()])
                .into()
        })
        .collect();
    Ok(Object::success().list("message_list", threads).into())
}
