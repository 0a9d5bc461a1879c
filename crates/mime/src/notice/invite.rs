//! iCalendar (RFC 5545) as invitations use it.

use jiff::civil;
use kontor_model::{Address, Millis};

use super::{Invite, InviteMethod, InviteTime};

/// No invitation is shown with more people than this.
const MAX_ATTENDEES: usize = 1000;

/// Reads the first event or task; `None` when the text holds none. `method` is the one of the part's Content-Type.
pub(super) fn read(text: &str, method: Option<&[u8]>) -> Option<Invite> {
    let mut invite = Invite::default();
    let mut property_method = None;
    let mut duration = None;
    let mut stack: Vec<String> = Vec::new();
    let mut seen = false;
    for line in unfolded(text) {
        let Some(property) = Property::read(&line) else {
            continue;
        };
        match property.name.as_str() {
            "BEGIN" => {
                stack.push(property.value.trim().to_ascii_uppercase());
                seen |= in_event(&stack);
            }
            "END" => {
                let ended = in_event(&stack);
                stack.pop();
                if ended {
                    break; // further ones are its exceptions
                }
            }
            "METHOD" => property_method = Some(method_of(property.value.trim())),
            "DURATION" if in_event(&stack) => duration = seconds(property.value.trim()),
            _ if in_event(&stack) => take(&property, &mut invite),
            _ => {}
        }
    }
    if !seen {
        return None;
    }
    if invite.end.is_none() {
        invite.end = invite
            .start
            .as_ref()
            .zip(duration)
            .and_then(|(start, seconds)| later(start, seconds));
    }
    let part_method = method
        .and_then(|m| std::str::from_utf8(m).ok())
        .map(|m| method_of(m.trim()));
    invite.method = property_method.or(part_method).unwrap_or_default();
    Some(invite)
}

fn in_event(stack: &[String]) -> bool {
    stack.len() == 2 && matches!(stack.last().map(String::as_str), Some("VEVENT" | "VTODO"))
}

fn take(property: &Property, invite: &mut Invite) {
    let text = || Some(unescaped(&property.value)).filter(|t| !t.is_empty());
    match property.name.as_str() {
        "UID" => invite.uid = text(),
        "SEQUENCE" => invite.sequence = property.value.trim().parse().unwrap_or_default(),
        "SUMMARY" => invite.summary = text(),
        "LOCATION" => invite.location = text(),
        "DTSTART" => invite.start = time(property),
        "DTEND" | "DUE" => invite.end = time(property),
        "RRULE" | "RDATE" => invite.repeats = true,
        "ORGANIZER" => invite.organiser = person(property),
        "ATTENDEE" if invite.attendees.len() < MAX_ATTENDEES => {
            let status = property
                .param("PARTSTAT")
                .unwrap_or("needs-action")
                .to_ascii_lowercase();
            invite
                .attendees
                .extend(person(property).map(|person| (person, status)));
        }
        _ => {}
    }
}

fn method_of(word: &str) -> InviteMethod {
    match word.to_ascii_uppercase().as_str() {
        "REQUEST" => InviteMethod::Request,
        "REPLY" => InviteMethod::Reply,
        "CANCEL" => InviteMethod::Cancel,
        "COUNTER" => InviteMethod::Counter,
        "PUBLISH" => InviteMethod::Publish,
        _ => InviteMethod::Other,
    }
}

/// Joins folded lines (RFC 5545 §3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `NAME;PARAM=value;PARAM="value":value`
struct Property {
    name: String,
    params: Vec<(String, String)>,
    value: String,
}

impl Property {
    fn read(line: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let (head, value) = line.split_at_checked(colon)?;
        let mut parts = split_unquoted(head);
        let name = parts.next()?.trim().to_ascii_uppercase();
        let params = parts.filter_map(|part| {
            let (key, value) = part.split_once('=')?;
            Some((
                key.trim().to_ascii_uppercase(),
                value.trim_matches('"').to_owned(),
            ))
        });
        Some(Self {
            name,
            params: params.collect(),
            value: value.strip_prefix(':')?.to_owned(),
        })
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

fn split_unquoted(head: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    head.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n' | 'N')) => out.push('\n'),
            ('\\', Some(other)) => out.push(other),
            ('\\', None) => {}
            (c, _) => out.push(c),
        }
    }
    out.trim().to_owned()
}

fn person(property: &Property) -> Option<Address> {
    let value = property.value.trim();
    let mailto = value
        .get(..7)
        .is_some_and(|head| head.eq_ignore_ascii_case("mailto:"));
    let address = if mailto {
        value.get(7..)?
    } else {
        property.param("EMAIL").unwrap_or(value)
    };
    let name = property.param("CN").unwrap_or_default();
    let name = if name.eq_ignore_ascii_case(address) {
        ""
    } else {
        name
    };
    Some(Address::new(name, address)).filter(|a| !a.address.is_empty())
}

/// `20261121T100000Z`, `20261121T100000` with or without TZID, `20261121`.
fn time(property: &Property) -> Option<InviteTime> {
    let value = property.value.split(',').next()?.trim();
    let (day, clock) = value.split_once(['T', 't']).unwrap_or((value, ""));
    let day = civil::Date::strptime("%Y%m%d", day).ok()?;
    if clock.is_empty() {
        return Some(InviteTime::Day {
            day: day.to_string(),
        });
    }
    let utc = clock.ends_with(['Z', 'z']);
    let clock = civil::Time::strptime("%H%M%S", clock.trim_end_matches(['Z', 'z'])).ok()?;
    let local = day.to_datetime(clock);
    if utc {
        return at(local);
    }
    let zone = property
        .param("TZID")
        .map(|zone| zone.trim_start_matches('/').to_owned());
    if zone
        .as_deref()
        .is_some_and(|z| matches!(z, "UTC" | "Etc/UTC" | "GMT"))
    {
        return at(local);
    }
    Some(InviteTime::Local {
        at: local.to_string(),
        zone,
    })
}

fn at(utc: civil::DateTime) -> Option<InviteTime> {
    let moment = utc.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(InviteTime::At {
        at: Millis::from(moment),
    })
}

/// Adds a duration where that is exact: a wall-clock time may meet a change to summer time, but so does the sender's.
fn later(start: &InviteTime, seconds: i64) -> Option<InviteTime> {
    let span = jiff::SignedDuration::from_secs(seconds);
    Some(match start {
        InviteTime::At { at } => InviteTime::At {
            at: at.plus(seconds.checked_mul(1000)?),
        },
        InviteTime::Local { at, zone } => {
            let at = at.parse::<civil::DateTime>().ok()?.checked_add(span).ok()?;
            InviteTime::Local {
                at: at.to_string(),
                zone: zone.clone(),
            }
        }
        InviteTime::Day { day } => {
            let day = day.parse::<civil::Date>().ok()?.checked_add(span).ok()?;
            InviteTime::Day {
                day: day.to_string(),
            }
        }
    })
}

/// Reads `PT1H30M`, `P1DT12H`, `P2W` as seconds.
fn seconds(duration: &str) -> Option<i64> {
    let text = duration.trim_start_matches('+').strip_prefix(['P', 'p'])?;
    let mut total = 0_i64;
    let mut number = 0_i64;
    for c in text.chars() {
        let unit = match c.to_ascii_uppercase() {
            '0'..='9' => {
                number = number
                    .checked_mul(10)?
                    .checked_add(i64::from(c.to_digit(10)?))?;
                continue;
            }
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        number = 0;
    }
    Some(total)
}
