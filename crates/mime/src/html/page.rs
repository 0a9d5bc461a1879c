//! The page of the sandboxed frame.

/// What the page may do: show inline styles and images that the application itself serves.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: kontor-part: http://kontor-part.localhost";

/// See [`super::document`].
pub(crate) fn document(body: &str, dark: bool) -> String {
    let scheme = if dark { "dark" } else { "light" };
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\
         <meta name=\"referrer\" content=\"no-referrer\">\
         <style>:root{{color-scheme:{scheme}}}</style></head><body>{body}</body></html>"
    )
}
