//! Values, selectors and queries: tokens in, tokens out.

use std::fmt::Write as _;

use cssparser::color::{parse_hash_color, parse_named_color};
use cssparser::{
    ParseError, Parser, ToCss as _, Token, TokenSerializationType, serialize_identifier,
    serialize_string,
};

use super::{Cleaner, Failed, Images, fail, tables};

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What other things stand on.
    Ground,
    /// Text.
    Ink,
    /// Borders and rules.
    Line,
}

/// What a place in the style sheet allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Value { images: bool, role: Option<Role> },
    Selector,
    Query,
}

/// Writes tokens with the separators that keep them apart.
struct Writer {
    out: String,
    last: TokenSerializationType,
    space: bool,
}

impl Writer {
    fn new() -> Self {
        Self {
            out: String::new(),
            last: TokenSerializationType::Nothing,
            space: false,
        }
    }

    fn space(&mut self) {
        self.space = !self.out.is_empty();
    }

    fn put(&mut self, kind: TokenSerializationType, text: &str) {
        if std::mem::take(&mut self.space) {
            self.out.push(' ');
        } else if self.last.needs_separator_when_before(kind) {
            self.out.push_str("/**/");
        }
        self.out.push_str(text);
        self.last = kind;
    }

    /// Writes a block with its closing bracket.
    fn nest(&mut self, kind: TokenSerializationType, open: &str, inner: &str, close: char) {
        self.put(kind, open);
        self.out.push_str(inner);
        self.out.push(close);
        self.last = TokenSerializationType::Nothing;
    }
}

/// Cleans the value of a property; `Err` leaves the declaration out.
pub(super) fn value(
    cleaner: &mut Cleaner<'_>,
    property: &str,
    input: &mut Parser<'_>,
) -> Result<String, Failed> {
    let place = Place::Value {
        images: tables::IMAGE_PROPERTIES.contains(&property),
        role: cleaner.colours.and_then(|_| role(property)),
    };
    let out = tokens(Some(cleaner), place, input)?;
    // Words that start scripts somewhere have no business in a value, whatever the tokens say.
    let lower = out.to_ascii_lowercase();
    if tables::FORBIDDEN.iter().any(|f| lower.contains(f)) {
        cleaner.remove(format!("style: {property} with a script in it"));
        return fail();
    }
    Ok(out)
}

/// Cleans a selector list.
pub(super) fn selectors(input: &mut Parser<'_>) -> Result<String, Failed> {
    tokens(None, Place::Selector, input)
}

/// Cleans what stands between an at-keyword and its block.
pub(super) fn prelude(input: &mut Parser<'_>) -> Result<String, Failed> {
    let text = tokens(None, Place::Query, input)?;
    let lower = text.to_ascii_lowercase();
    if tables::FORBIDDEN.iter().any(|f| lower.contains(f)) {
        return fail();
    }
    Ok(text)
}

/// Reports the addresses in tokens that are thrown away.
pub(super) fn addresses(input: &mut Parser<'_>, images: &mut Images<'_>) {
    loop {
        let found = match input.next() {
            Err(_) => return,
            Ok(Token::UnquotedUrl(url)) => Some(url.to_string()),
            Ok(Token::QuotedString(url)) => Some(url.to_string()),
            Ok(Token::Function(name)) if name.eq_ignore_ascii_case("url") => input
                .parse_nested_block(|i| {
                    i.expect_string()
                        .map(|s| s.to_string())
                        .map_err(ParseError::<()>::from)
                })
                .ok(),
            Ok(_) => None,
        };
        if let Some(url) = found {
            drop(images(&url));
        }
    }
}

fn role(property: &str) -> Option<Role> {
    if property.starts_with("background") {
        return Some(Role::Ground);
    }
    if property == "color" || property.starts_with("text-decoration") {
        return Some(Role::Ink);
    }
    ["border", "outline", "column-rule"]
        .iter()
        .any(|p| property.starts_with(p))
        .then_some(Role::Line)
}

/// One token, copied out of the parser so that its block can be read.
enum Step {
    Space,
    Plain(TokenSerializationType, String),
    Colour(TokenSerializationType, String, [u8; 3]),
    Url(String),
    Function(String),
    Bracket(char, char),
    Important,
    Bad,
}

fn tokens(
    mut cleaner: Option<&mut Cleaner<'_>>,
    place: Place,
    input: &mut Parser<'_>,
) -> Result<String, Failed> {
    let mut out = Writer::new();
    loop {
        let start = input.position();
        let token = match input.next_including_whitespace() {
            Err(_) => break,
            Ok(token) => token.clone(),
        };
        match step(&token, place, input.slice_from(start)) {
            Step::Space => out.space(),
            Step::Plain(kind, text) => out.put(kind, &text),
            Step::Colour(kind, text, rgb) => {
                let mapped = recolour(cleaner.as_deref(), place, rgb, None);
                out.put(kind, mapped.as_deref().unwrap_or(&text));
            }
            Step::Url(url) => image(cleaner.as_deref_mut(), place, &url, &mut out)?,
            Step::Function(name) => {
                function(cleaner.as_deref_mut(), place, &name, input, &mut out)?;
            }
            Step::Bracket(open, close) => {
                let inner =
                    input.parse_nested_block(|i| tokens(cleaner.as_deref_mut(), place, i))?;
                out.nest(
                    token.serialization_type(),
                    open.encode_utf8(&mut [0; 4]),
                    &inner,
                    close,
                );
            }
            Step::Important => {
                if !input
                    .expect_ident_matching("important")
                    .is_ok_and(|()| input.is_exhausted())
                {
                    return fail();
                }
                out.space = false;
                out.put(TokenSerializationType::Nothing, "!important");
            }
            Step::Bad => return fail(),
        }
    }
    Ok(out.out)
}

fn step(token: &Token<'_>, place: Place, source: &str) -> Step {
    let kind = token.serialization_type();
    let plain = |text: String| Step::Plain(kind, text);
    match token {
        Token::WhiteSpace(_) => Step::Space,
        Token::Ident(name) => {
            let rgb = if matches!(place, Place::Value { role: Some(_), .. }) {
                parse_named_color(name).ok()
            } else {
                None
            };
            match (identifier(name), rgb) {
                (Some(text), Some((r, g, b))) => Step::Colour(kind, text, [r, g, b]),
                (Some(text), None) => plain(text),
                (None, _) => Step::Bad,
            }
        }
        Token::Hash(name) | Token::IDHash(name) => {
            match (identifier_part(name), parse_hash_color(name.as_bytes())) {
                (Some(text), Ok((r, g, b, alpha))) if alpha >= 1.0 => {
                    Step::Colour(kind, format!("#{text}"), [r, g, b])
                }
                (Some(text), _) => plain(format!("#{text}")),
                (None, _) => Step::Bad,
            }
        }
        Token::QuotedString(text) => string(text).map_or(Step::Bad, plain),
        Token::Number { .. } | Token::Percentage { .. } | Token::Dimension { .. } => {
            number(token, source).map_or(Step::Bad, plain)
        }
        Token::Comma => plain(",".to_owned()),
        Token::UnquotedUrl(url) => Step::Url(url.to_string()),
        Token::Function(name) => Step::Function(name.to_ascii_lowercase()),
        Token::ParenthesisBlock => Step::Bracket('(', ')'),
        Token::SquareBracketBlock => Step::Bracket('[', ']'),
        Token::Delim('!') if matches!(place, Place::Value { .. }) => Step::Important,
        Token::Delim(c) if delimiter(*c, place) => plain(c.to_string()),
        Token::Colon if !matches!(place, Place::Value { .. }) => plain(":".to_owned()),
        Token::IncludeMatch
        | Token::DashMatch
        | Token::PrefixMatch
        | Token::SuffixMatch
        | Token::SubstringMatch
            if place == Place::Selector =>
        {
            plain(token.to_css_string())
        }
        _ => Step::Bad,
    }
}

fn delimiter(c: char, place: Place) -> bool {
    match place {
        Place::Value { .. } => matches!(c, '/' | '*' | '+' | '-'),
        Place::Selector => matches!(c, '.' | '>' | '+' | '~' | '*' | '|' | '='),
        Place::Query => matches!(c, '/' | '>' | '=' | '+' | '-' | '*'),
    }
}

/// A name as it is written; names with characters that need escapes only hide something.
fn identifier(name: &str) -> Option<String> {
    let usual = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii();
    // Outlook's `o\:p` and utility classes like `w-1/2` and `sm:hidden` are escaped names people do use.
    let known = |c: char| usual(c) || matches!(c, ':' | '/' | '.' | '%');
    if !name.chars().all(known) {
        return None;
    }
    let mut out = String::new();
    serialize_identifier(name, &mut out).ok()?;
    Some(out)
}

/// What follows `#`.
fn identifier_part(name: &str) -> Option<String> {
    let usual = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii();
    name.chars().all(usual).then(|| name.to_owned())
}

/// A string with nothing in it that could end the style element.
fn string(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if tables::FORBIDDEN.iter().any(|f| lower.contains(f)) {
        return None;
    }
    let mut out = String::new();
    serialize_string(text, &mut out).ok()?;
    Some(out.replace('<', "\\3c ").replace('>', "\\3e "))
}

/// A number as written, so that writing it again changes nothing.
fn number(token: &Token<'_>, source: &str) -> Option<String> {
    let plain = source
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'%'));
    if plain {
        return Some(source.to_owned());
    }
    // An escape in the unit.
    let text = token.to_css_string();
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'%'))
        .then_some(text)
}

/// Writes an image, or `none` for one that is not shown.
fn image(
    cleaner: Option<&mut Cleaner<'_>>,
    place: Place,
    url: &str,
    out: &mut Writer,
) -> Result<(), Failed> {
    let Some(cleaner) = cleaner else {
        return fail();
    };
    let kept = (cleaner.images)(url);
    if !matches!(place, Place::Value { images: true, .. }) {
        return fail();
    }
    let kind = Token::Ident("none".into()).serialization_type();
    match kept.as_deref().and_then(string) {
        Some(address) => {
            out.nest(kind, "url(", &address, ')');
        }
        None => out.put(kind, "none"),
    }
    Ok(())
}

fn function(
    cleaner: Option<&mut Cleaner<'_>>,
    place: Place,
    name: &str,
    input: &mut Parser<'_>,
    out: &mut Writer,
) -> Result<(), Failed> {
    if matches!(name, "url" | "src") {
        let url = input.parse_nested_block(|i| {
            let url = i.expect_string().map(|s| s.to_string());
            url.map_err(ParseError::<()>::from)
        })?;
        return image(cleaner, place, &url, out);
    }
    let allowed = match place {
        Place::Value { .. } => tables::FUNCTIONS.contains(&name),
        Place::Selector => tables::SELECTOR_FUNCTIONS.contains(&name),
        Place::Query => matches!(
            name,
            "not" | "calc" | "min" | "max" | "selector" | "and" | "or"
        ),
    };
    if !allowed {
        if let Some(cleaner) = cleaner {
            // Addresses in functions we do not know count as remote content.
            let _: Result<(), Failed> = input.parse_nested_block(|i| {
                addresses(i, cleaner.images);
                Ok(())
            });
            cleaner.remove(format!("style: {name}()"));
        }
        return fail();
    }
    let kind = Token::Function(name.into()).serialization_type();
    if matches!(name, "rgb" | "rgba" | "hsl" | "hsla")
        && matches!(place, Place::Value { role: Some(_), .. })
    {
        let state = input.state();
        if let Ok((rgb, alpha)) = input.parse_nested_block(|i| channels(name, i))
            && let Some(text) = recolour(cleaner.as_deref(), place, rgb, alpha)
        {
            out.put(kind, &text);
            out.last = TokenSerializationType::Nothing;
            return Ok(());
        }
        input.reset(&state);
    }
    let inner = input.parse_nested_block(|i| tokens(cleaner, place, i))?;
    out.nest(kind, &format!("{name}("), &inner, ')');
    Ok(())
}

/// Asks for another colour; `None` when colours stay.
fn recolour(
    cleaner: Option<&Cleaner<'_>>,
    place: Place,
    rgb: [u8; 3],
    alpha: Option<f32>,
) -> Option<String> {
    let (
        Some(colours),
        Place::Value {
            role: Some(role), ..
        },
    ) = (cleaner?.colours, place)
    else {
        return None;
    };
    let [r, g, b] = colours(role, rgb);
    let mut out = String::new();
    match alpha {
        Some(a) if a < 1.0 => write!(out, "rgba({r},{g},{b},{a})").ok()?,
        _ => write!(out, "#{r:02x}{g:02x}{b:02x}").ok()?,
    }
    Some(out)
}

/// Reads the arguments of rgb() and hsl().
fn channels(name: &str, input: &mut Parser<'_>) -> Result<([u8; 3], Option<f32>), Failed> {
    let mut numbers: Vec<(f32, bool)> = Vec::new();
    loop {
        match input.next() {
            Err(_) => break,
            Ok(Token::Number { value, .. }) => numbers.push((*value, false)),
            Ok(Token::Percentage { unit_value, .. }) => numbers.push((*unit_value, true)),
            Ok(Token::Dimension { value, unit, .. }) if unit.eq_ignore_ascii_case("deg") => {
                numbers.push((*value, false));
            }
            Ok(Token::Comma | Token::Delim('/')) => {}
            Ok(_) => return fail(),
        }
    }
    let (first, second, third, alpha) = match numbers.as_slice() {
        [a, b, c] => (*a, *b, *c, None),
        [a, b, c, d] => (*a, *b, *c, Some(d.0)),
        _ => return fail(),
    };
    let byte = |(v, percent): (f32, bool)| to_byte(if percent { v } else { v / 255.0 });
    let rgb = if name.starts_with("rgb") {
        [byte(first), byte(second), byte(third)]
    } else {
        hsl(first.0, second.0, third.0)
    };
    Ok((rgb, alpha))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=255"
)]
fn to_byte(unit: f32) -> u8 {
    (unit.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// CSS Color 4, hsl to rgb.
fn hsl(hue: f32, saturation: f32, lightness: f32) -> [u8; 3] {
    let channel = |n: f32| {
        let k = (n + hue / 30.0).rem_euclid(12.0);
        let a = saturation * lightness.min(1.0 - lightness);
        to_byte(lightness - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0))
    };
    [channel(0.0), channel(8.0), channel(4.0)]
}
