//! The last gate: `ammonia` with our allow lists, until nothing changes any more.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};

use super::clean;
use super::css::Cleaner;
use super::hosts::{self, Target};
use super::images;
use super::text;
use super::{Options, Remote, Sanitised, dom, tags};

/// Readings until markup stands still; honest mail needs two.
const MOST_ROUNDS: usize = 6;

/// Sanitises: our reading, the gate, and again, until the answer reads back as itself.
///
/// Markup that keeps changing under parsing is an attack or rubbish: its text is shown alone.
pub(crate) fn run(html: &str, options: &Options) -> Sanitised {
    let Some(mut found) = clean::clean(html, options) else {
        return text_alone(html, Sanitised::default());
    };
    let mut current = gated(&found.html, options);
    for _ in 0..MOST_ROUNDS {
        let Some(again) = clean::clean(&current, options) else {
            break;
        };
        let next = gated(&again.html, options);
        if next == current {
            found.html = current;
            return found;
        }
        current = next;
    }
    text_alone(&current, found)
}

/// Shows the words and nothing else.
fn text_alone(html: &str, mut found: Sanitised) -> Sanitised {
    let words = text::extract(html);
    found
        .removed
        .push("markup that cannot be read safely".to_owned());
    found.html = String::from("<pre>");
    dom::escape_text(
        words.trim_matches(['\n', ' ', '\u{c}', '\t']),
        &mut found.html,
    );
    found.html.push_str("</pre>");
    found.links.clear();
    found
}

/// Passes the markup behind the style sheets through `ammonia`.
fn gated(html: &str, options: &Options) -> String {
    let (sheets, body) = split_sheets(html);
    let body = builder(options).clean(body).to_string();
    let body = body.trim();
    format!("{sheets}{body}")
}

/// The style element our reading put in front, and the rest.
pub(crate) fn split_sheets(html: &str) -> (&str, &str) {
    html.strip_prefix("<style>")
        .and_then(|rest| rest.find("</style>"))
        .and_then(|at| html.split_at_checked(at.saturating_add("<style></style>".len())))
        .unwrap_or(("", html))
}

fn builder(options: &Options) -> Builder<'static> {
    let mut builder = Builder::empty();
    let options = options.clone();
    let mut schemes: HashSet<&'static str> = ["http", "https", "mailto", "tel", "data"].into();
    let through = match &options.remote {
        Remote::Through(prefix) => Some(prefix.as_str()),
        Remote::Blocked | Remote::Kept => None,
    };
    if [through, options.cid_prefix.as_deref()]
        .into_iter()
        .flatten()
        .any(|p| p.starts_with("kontor-part:"))
    {
        schemes.insert("kontor-part");
    }
    builder
        .tags(tags::ALLOWED.iter().copied().collect())
        .clean_content_tags(
            [
                "script", "style", "title", "iframe", "noembed", "noframes", "template",
            ]
            .into(),
        )
        .generic_attributes(tags::GENERIC.iter().copied().collect())
        .tag_attributes(
            tags::OWN
                .iter()
                .map(|(tag, names)| (*tag, names.iter().copied().collect()))
                .collect(),
        )
        .url_schemes(schemes)
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true)
        .attribute_filter(move |element, attribute, value| {
            verified(element, attribute, value, &options)
        });
    builder
}

/// Looks at each value again that could fetch, run or lead somewhere.
fn verified<'v>(
    element: &str,
    attribute: &str,
    value: &'v str,
    options: &Options,
) -> Option<Cow<'v, str>> {
    let stands = match attribute {
        "href" => matches!(hosts::target(value), Target::Kept(same) if same == value),
        "src" | "background" => images::may_stand(value, options),
        "target" => value == "_blank",
        "style" => {
            let mut images = |url: &str| images::may_stand(url, options).then(|| url.to_owned());
            let clean = Cleaner::new(&mut images).declarations(value);
            return (!clean.is_empty()).then_some(Cow::Owned(clean));
        }
        "usemap" => value.starts_with('#'),
        "data-kontor-lies" => value == "host" && element == "a",
        "data-kontor-blocked" => matches!(value, "remote" | "cid" | "unknown"),
        _ => true,
    };
    stands.then_some(Cow::Borrowed(value))
}
