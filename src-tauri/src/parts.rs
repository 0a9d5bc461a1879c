//! The `kontor-part` scheme: pictures of mails for the sandboxed frame.
//!
//! `kontor-part://localhost/MESSAGE/cid/CID` is an inline picture, `…/MESSAGE/remote?u=URL` a remote one the person
//! allowed. Only raster pictures are answered, always as what they are (`nosniff`).

use kontor_engine::{Code, Engine};
use tauri::http::{Request, Response, StatusCode};
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder};

/// The scheme's name.
pub(crate) const SCHEME: &str = "kontor-part";
/// What addresses begin with.
pub(crate) const BASE: &str = "kontor-part://localhost";

/// One address of the scheme.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Cid { message: String, cid: String },
    Remote { message: String, url: String },
}

/// Answers one request of a frame.
#[expect(clippy::needless_pass_by_value, reason = "the signature is Tauri's")]
pub(crate) fn serve(
    context: UriSchemeContext<'_, tauri::Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let engine = context.app_handle().state::<Engine>().inner().clone();
    let part = read(request.uri().path(), request.uri().query());
    tauri::async_runtime::spawn(async move {
        responder.respond(match part {
            Some(part) => answer(&engine, part).await,
            None => empty(StatusCode::BAD_REQUEST),
        });
    });
}

async fn answer(engine: &Engine, part: Part) -> Response<Vec<u8>> {
    let found = match part {
        Part::Cid { message, cid } => match message.parse() {
            Ok(id) => engine.picture(id, cid).await,
            Err(_) => return empty(StatusCode::BAD_REQUEST),
        },
        Part::Remote { message, url } => match message.parse() {
            Ok(id) => engine.remote_picture(id, &url).await,
            Err(_) => return empty(StatusCode::BAD_REQUEST),
        },
    };
    match found {
        Ok((kind, bytes)) => Response::builder()
            .header("content-type", kind)
            .header("x-content-type-options", "nosniff")
            .header("cache-control", "private, max-age=3600")
            .body(bytes)
            .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR)),
        Err(e) if e.code == Code::Refused => empty(StatusCode::FORBIDDEN),
        Err(_) => empty(StatusCode::NOT_FOUND),
    }
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn read(path: &str, query: Option<&str>) -> Option<Part> {
    let mut pieces = path.trim_start_matches('/').splitn(3, '/');
    let message = pieces.next()?.to_owned();
    match (pieces.next()?, pieces.next()) {
        ("cid", Some(cid)) => Some(Part::Cid {
            message,
            cid: decode(cid)?,
        }),
        ("remote", None) => Some(Part::Remote {
            message,
            url: decode(query?.strip_prefix("u=")?)?,
        }),
        _ => None,
    }
}

/// Undoes percent-encoding; `None` for what is not UTF-8 then.
fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |b: u8| char::from(b).to_digit(16);
        let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
        out.push(u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_strictly() {
        let cid = Part::Cid {
            message: "7".into(),
            cid: "logo@x/1".into(),
        };
        assert_eq!(read("/7/cid/logo%40x%2F1", None), Some(cid));
        let remote = Part::Remote {
            message: "7".into(),
            url: "https://a.example/x?y=1&z=č".into(),
        };
        assert_eq!(
            read(
                "/7/remote",
                Some("u=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z%3D%C4%8D")
            ),
            Some(remote)
        );
        for (path, query) in [
            ("/", None),
            ("/7", None),
            ("/7/file/x", None),
            ("/7/cid/%zz", None),
            ("/7/cid/%", None),
            ("/7/remote", None),
        ] {
            assert_eq!(read(path, query), None, "{path} {query:?}");
        }
    }
}
