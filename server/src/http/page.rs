//! `GET /join/{code}`: what a person sees who opens an invitation's link in a browser.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};

use crate::core::identity::secret;
use crate::core::storage::Storage;
use crate::http::App;

/// No script, no picture, nothing from elsewhere; and the code goes to nobody in a Referer.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// The same for every code: whether one is valid is told to who joins with it, slowly.
pub(crate) async fn join_page<S: Storage>(
    State(app): State<App<S>>,
    Path(code): Path<String>,
) -> Response {
    let page = match secret::shown_code(&code) {
        // Letters, digits and dashes: nothing to escape.
        Some(code) => page(&code, &app.shared.public_url),
        None => page("????-????-????-????", &app.shared.public_url),
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(page)).into_response()
}

fn page(code: &str, server: &str) -> String {
    let server = escaped(server);
    format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kontor</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1rem;
  color: #1c1c1e; background: #fff }}
code {{ font-size: 1.25rem; letter-spacing: .05em; user-select: all; overflow-wrap: anywhere }}
section {{ margin-bottom: 2.5rem }}
@media (prefers-color-scheme: dark) {{ body {{ color: #eee; background: #1c1c1e }} }}
</style></head><body>
<section><h1>You are invited to a team in Kontor</h1>
<p>Open Kontor, choose <b>Settings → Team → Join</b>, and paste the address of this page, or type in</p>
<p>Server: <code>{server}</code></p><p>Code: <code>{code}</code></p>
<p>The code works once, for seven days.</p></section>
<section lang="sl"><h1>Povabljeni ste v ekipo v Kontorju</h1>
<p>Odprite Kontor, izberite <b>Nastavitve → Ekipa → Pridruži se</b> in prilepite naslov te strani ali vpišite</p>
<p>Strežnik: <code>{server}</code></p><p>Koda: <code>{code}</code></p>
<p>Koda velja enkrat in sedem dni.</p></section>
</body></html>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
