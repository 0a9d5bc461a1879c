//! The `kontor-file` scheme: files of notes for the window to show and play.
//!
//! `kontor-file://localhost/SHA256?type=TYPE`. Only what is a note's file and here is answered, and only as one of the types
//! below: nothing that could run. The type is the note's claim; with `nosniff` a wrong one is just a picture that does not
//! show.

use kontor_engine::Engine;
use kontor_engine::protocol::FileHash;
use tauri::http::{Request, Response, StatusCode};
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder};

/// The scheme's name.
pub(crate) const SCHEME: &str = "kontor-file";

/// What the window shows or plays.
const TYPES: [&str; 12] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "audio/webm",
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "audio/x-wav",
    "audio/aac",
    "audio/flac",
];

/// Answers one request of the window.
#[expect(clippy::needless_pass_by_value, reason = "the signature is Tauri's")]
pub(crate) fn serve(
    context: UriSchemeContext<'_, tauri::Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let engine = context.app_handle().state::<Engine>().inner().clone();
    let asked = read(request.uri().path(), request.uri().query());
    tauri::async_runtime::spawn(async move {
        responder.respond(match asked {
            Some((hash, media)) => answer(&engine, hash, media).await,
            None => empty(StatusCode::BAD_REQUEST),
        });
    });
}

async fn answer(engine: &Engine, hash: FileHash, media: &'static str) -> Response<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let at = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match engine.file_bytes(hash, at).await {
            Ok(more) if more.is_empty() => break,
            Ok(more) => bytes.extend(more),
            Err(_) => return empty(StatusCode::NOT_FOUND),
        }
    }
    Response::builder()
        .header("content-type", media)
        .header("x-content-type-options", "nosniff")
        // The window fetches what it plays; its own pages have another scheme.
        .header("access-control-allow-origin", "*")
        .header("cache-control", "private, max-age=86400")
        .body(bytes)
        .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn read(path: &str, query: Option<&str>) -> Option<(FileHash, &'static str)> {
    let hash = path.strip_prefix('/')?.parse().ok()?;
    let media = query?.strip_prefix("type=")?;
    let media = TYPES.into_iter().find(|known| *known == media)?;
    Some((hash, media))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_strictly() {
        let name = "ab".repeat(32);
        let path = format!("/{name}");
        let hash = name.parse().ok();
        assert_eq!(
            read(&path, Some("type=image/png")),
            hash.map(|hash| (hash, "image/png"))
        );
        for (path, query) in [
            (path.as_str(), None),
            (&path, Some("type=text/html")),
            (&path, Some("type=image/svg+xml")),
            (&path, Some("type=image/png&x=1")),
            (&path, Some("image/png")),
            (name.as_str(), Some("type=image/png")),
            ("/x", Some("type=image/png")),
            ("/", Some("type=image/png")),
        ] {
            assert_eq!(read(path, query), None, "{path} {query:?}");
        }
    }
}
