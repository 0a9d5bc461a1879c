//! The page of the sandboxed frame: policy, base styles, light or dark.

use super::dark;
use super::gate::split_sheets;

/// What the page may do: show inline styles and images that the application itself serves.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; \
     img-src data: kontor-part: http://kontor-part.localhost";

/// Styles under the mail's own: 14/21 text on the colours of the conversation (design/tokens.md).
///
/// Images never exceed the message; tables that do scroll in the frame.
const BASE: &str = "html{overflow-x:auto;-webkit-text-size-adjust:100%}\
    body{margin:0;padding:1px 0;font:400 14px/21px \"Inter Variable\",Inter,\"Segoe UI Variable Text\",\"Segoe UI\",\
    -apple-system,\"Noto Sans\",\"DejaVu Sans\",sans-serif;letter-spacing:-.005em;overflow-wrap:break-word}\
    img{max-width:100%}img[src]:not([height]){height:auto}\
    img[data-kontor-blocked]{outline:1px dashed currentColor;outline-offset:-1px;opacity:.45;min-width:1em;min-height:1em}\
    pre{white-space:pre-wrap}table{border-color:currentColor}\
    blockquote[type=cite],blockquote.gmail_quote{margin:0 0 0 8px;padding-left:12px;border-left:2px solid var(--kontor-line)}\
    a[data-kontor-lies]{text-decoration:underline wavy;text-decoration-color:var(--kontor-amber)}";

const LIGHT: &str = ":root{color-scheme:light;--kontor-line:#D5D5CF;--kontor-amber:#B87608}\
    html{background:#FFFFFF;color:#1B1B19}a{color:#3F45B8}";

const DARK: &str = ":root{color-scheme:dark;--kontor-line:#3C3C40;--kontor-amber:#DE9C2B}\
    html{background:#1F1F21;color:#EDEDEA}a{color:#AEB4FF}";

/// See [`super::document`].
pub(crate) fn document(body: &str, dark: bool) -> String {
    let (sheets, rest) = split_sheets(body);
    let own_dark = asks_for(sheets, "dark");
    let scheme = settle(sheets, dark);
    let settled = format!("{scheme}{rest}");
    let content = if dark && !own_dark {
        dark::recolour(&settled)
    } else {
        settled
    };
    let colours = if dark { DARK } else { LIGHT };
    let mut page = String::with_capacity(content.len().saturating_add(2048));
    page.push_str("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"");
    page.push_str(POLICY);
    page.push_str(
        "\"><meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\
         <meta name=\"referrer\" content=\"no-referrer\">\
         <meta name=\"viewport\" content=\"width=device-width\"><style>",
    );
    page.push_str(BASE);
    page.push_str(colours);
    page.push_str("</style></head><body>");
    page.push_str(&content);
    page.push_str("</body></html>");
    page
}

fn query(scheme: &str, space: &str) -> String {
    format!("(prefers-color-scheme:{space}{scheme})")
}

fn asks_for(sheets: &str, scheme: &str) -> bool {
    ["", " "]
        .iter()
        .any(|space| sheets.contains(&query(scheme, space)))
}

/// Answers the mail's questions for the colour scheme by the page's, not by the computer's: a message may be shown
/// light on a dark desktop.
fn settle(sheets: &str, dark: bool) -> String {
    const YES: &str = "(min-width:0px)";
    const NO: &str = "(max-width:0px)";
    let mut out = sheets.to_owned();
    for (scheme, holds) in [("dark", dark), ("light", !dark)] {
        for space in ["", " "] {
            out = out.replace(&query(scheme, space), if holds { YES } else { NO });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_forbids_everything_but_looks() {
        for dark in [false, true] {
            let page = document("<p>Dober dan</p>", dark);
            assert!(page.contains("default-src 'none'"), "policy first");
            assert!(
                page.contains("x-dns-prefetch-control\" content=\"off\""),
                "no names resolved"
            );
            assert!(page.contains("no-referrer"), "no referrer");
            assert!(page.contains("<p>Dober dan</p>"), "the mail itself");
            assert!(!page.contains("script"), "nothing runs");
        }
    }

    #[test]
    fn scheme_is_the_pages() {
        let mail = "<style>@media (prefers-color-scheme: dark){\np{color:#fff}\n}\n</style><p style=\"color:#000000\">a</p>";
        let dark = document(mail, true);
        assert!(
            dark.contains("@media (min-width:0px)"),
            "its dark style sheet holds"
        );
        assert!(
            dark.contains("color:#000000"),
            "and its colours are its own affair"
        );
        let light = document(mail, false);
        assert!(
            light.contains("@media (max-width:0px)"),
            "and never in the light"
        );
    }

    #[test]
    fn dark_page_moves_lightness() {
        let mail = "<style>.x{background:#ffffff;color:#222222}\n</style>\
            <table bgcolor=\"#FFFFFF\"><tr><td style=\"color:#333333;background-color:#f4f4f4\">a</td>\
            <td style=\"background-color:#3869D4;color:#ffffff\">b</td></tr></table><font color=\"navy\">c</font>";
        let page = document(mail, true);
        for gone in [
            "#ffffff;color:#222222",
            "bgcolor=\"#FFFFFF\"",
            "#333333",
            "#f4f4f4",
            "\"navy\"",
        ] {
            assert!(
                !page.contains(gone),
                "{gone} is no colour for a dark page: {page}"
            );
        }
        assert!(
            page.contains("#3869d4") || page.contains("#3869D4"),
            "a button keeps its colour"
        );
        assert!(page.contains("color:#ffffff\">b"), "and its white words");
    }
}
