//! Mail that is no letter: a bounce, an invitation, drafts.

use super::Account;
use super::dates::{Local, moment};
use super::letter::{Letter, multipart, quoted_printable};
use super::people::person;
use crate::Mail;

/// All of it for one account.
pub(crate) fn mails(account: &Account, now: i64, last: i64) -> Vec<Mail> {
    let at = |days, minutes| moment(now, days, minutes, last);
    match account.key {
        "maja" => vec![
            invitation(account, at(-2, 9 * 60 + 2), at(5, 10 * 60)),
            bounce(account, at(-4, 11 * 60 + 31)),
            draft(
                account,
                "tomaz",
                "Potrditev dobave",
                "Pozdravljeni, Tomaž,\n\ndobavo do petka potrjujem, ",
                at(-1, 16 * 60),
            ),
            draft(
                account,
                "oliver",
                "Oak prices for spring",
                "Dear Oliver,\n\n",
                at(-3, 12 * 60),
            ),
        ],
        _ => Vec::new(),
    }
}

/// RFC 3464: the address is unknown at the other end.
fn bounce(account: &Account, at: i64) -> Mail {
    let Some(daemon) = person("daemon") else {
        return Mail::new(Vec::new());
    };
    let to = [("Maja Hribar".to_owned(), account.address.to_owned())];
    let mut letter = Letter::new(daemon, &to, "Undelivered Mail Returned to Sender", at);
    letter.message_id = "20261115.bounce@mx.hrastvijak.example".to_owned();
    letter.headers = vec![
        "Return-Path: <>".into(),
        "Auto-Submitted: auto-replied".into(),
    ];
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(
            "This is the mail system at mx.hrastvijak.example.\n\nYour message could not be delivered to\n<narocila@kastelic-oprema.example>: \
             host mail.kastelic-oprema.example said: 550 5.1.1 User unknown"
        )
    );
    let status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.hrastvijak.example\r\n\r\n\
        Final-Recipient: rfc822; narocila@kastelic-oprema.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Remote-MTA: dns; mail.kastelic-oprema.example\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n";
    let original = format!(
        "Content-Type: text/rfc822-headers\r\n\r\nFrom: Maja Hribar <{}>\r\nTo: narocila@kastelic-oprema.example\r\n\
         Subject: Ponudba PN-2026-0411\r\nMessage-ID: <pn-0411@hrastvijak.example>\r\n",
        account.address
    );
    let parts = [text, status.to_owned(), original];
    letter.content = Some(multipart(
        "report; report-type=delivery-status",
        "=_bounce_4411",
        &parts,
    ));
    Mail::new(letter.bytes()).received(at).flag("\\Seen")
}

/// RFC 5546 section 3.2.2: a request to come.
fn invitation(account: &Account, at: i64, meeting: i64) -> Mail {
    let Some(alenka) = person("alenka") else {
        return Mail::new(Vec::new());
    };
    let to = [("Maja Hribar".to_owned(), account.address.to_owned())];
    let mut letter = Letter::new(alenka, &to, "Vabilo: ogled recepcije pred montažo", at);
    letter.message_id = "ogled-recepcije@hoteljezero.example".to_owned();
    let start = Local::of(meeting);
    let stamp = |hour: i64| {
        format!(
            "{:04}{:02}{:02}T{hour:02}0000",
            start.year, start.month, start.day
        )
    };
    let calendar = [
        "BEGIN:VCALENDAR".to_owned(),
        "PRODID:-//Hotel Jezero//Koledar//SL".to_owned(),
        "VERSION:2.0".to_owned(),
        "METHOD:REQUEST".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        "UID:ogled-recepcije@hoteljezero.example".to_owned(),
        format!("DTSTAMP:{}Z", stamp(8)),
        format!("DTSTART;TZID=Europe/Ljubljana:{}", stamp(10)),
        format!("DTEND;TZID=Europe/Ljubljana:{}", stamp(11)),
        "SUMMARY:Ogled recepcije pred montažo".to_owned(),
        "LOCATION:Hotel Jezero\\, recepcija".to_owned(),
        format!("ORGANIZER;CN=Alenka Potočnik:mailto:{}", alenka.address),
        format!(
            "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{}",
            account.address
        ),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
        String::new(),
    ]
    .join("\r\n");
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(
            "Pozdravljeni,\n\nvabim vas na ogled prostora pred montažo pulta.\n\nAlenka Potočnik"
        )
    );
    let event = format!(
        "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(&calendar)
    );
    letter.content = Some(multipart("alternative", "=_invite_0921", &[text, event]));
    Mail::new(letter.bytes()).received(at).flag("\\Seen")
}

/// A mail begun and left.
fn draft(account: &Account, to: &str, subject: &str, body: &str, at: i64) -> Mail {
    let (Some(me), Some(them)) = (person("maja"), person(to)) else {
        return Mail::new(Vec::new());
    };
    let mut letter = Letter::new(
        me,
        &[(them.name.to_owned(), them.address.to_owned())],
        subject,
        at,
    );
    account.address.clone_into(&mut letter.from.1);
    letter.message_id = format!("draft-{to}@hrastvijak.example");
    body.clone_into(&mut letter.body);
    Mail::new(letter.bytes())
        .folder("Drafts")
        .received(at)
        .flag("\\Draft")
        .flag("\\Seen")
}
