//! Answers that are none: what proxies, portals, broken programs and broken lines say instead of Metakocka.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

/// An answer nobody can use. Nothing is done of what was asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoiled {
    /// What is wrong with it, in a word.
    pub what: &'static str,
    /// Its HTTP status.
    pub status: u16,
    /// Its headers, in small letters; JSON unless they say otherwise.
    pub headers: &'static [(&'static str, &'static str)],
    /// Its bytes.
    pub body: &'static [u8],
    /// How often those come, one after the other.
    pub times: usize,
}

const fn ok(what: &'static str, body: &'static [u8]) -> Spoiled {
    Spoiled {
        what,
        status: 200,
        headers: &[],
        body,
        times: 1,
    }
}

/// All kinds of them.
pub static SPOILED: [Spoiled; 19] = [
    Spoiled {
        headers: &[("content-type", "text/html;charset=utf-8")],
        ..ok("page", b"<!doctype html><title>Prijava</title>")
    },
    ok("page said to be JSON", b"\n<html><body>Sign in</body></html>"),
    ok("cut", br#"{"opr_code":"0","result_all_records":"9","result":[{"mk_id":"16"#),
    ok("nothing", b""),
    ok("null", b"null"),
    ok("list", br#"[{"mk_id":"1"}]"#),
    ok("text", br#""ok""#),
    ok("portal", br#"{"status":"ok","message":"You are online"}"#),
    ok("without rows", br#"{"opr_code":"0"}"#),
    ok(
        "rows that are a text",
        br#"{"opr_code":"0","result":"many","partner_list":"many","product_list":"many","stock_list":"many"}"#,
    ),
    ok(
        "rows that are numbers",
        br#"{"opr_code":"0","result":[1,2],"partner_list":[1,2],"product_list":[1,2],"stock_list":[1,2]}"#,
    ),
    ok("refusal under 200", br#"{"opr_code":"5","opr_desc":"Napaka <b>v bazi</b>"}"#),
    // Letters of ISO 8859-2 and of UTF-16.
    Spoiled {
        headers: &[("content-type", "application/json;charset=iso-8859-2")],
        ..ok("another charset", b"{\"opr_code\":\"0\",\"result\":[{\"title\":\"\xe8ebela\"}]}")
    },
    ok("UTF-16", b"\xff\xfe{\0\"\0o\0p\0r\0\"\0"),
    Spoiled {
        status: 302,
        headers: &[("location", "https://example.com/login")],
        ..ok("redirect", b"")
    },
    Spoiled {
        headers: &[("content-encoding", "gzip")],
        ..ok("gzip that is none", b"\x1f\x8b\x08\0rubbish")
    },
    Spoiled {
        headers: &[("content-length", "72089600")],
        times: 1_100,
        ..ok("too large", &[b' '; 65_536])
    },
    Spoiled {
        times: 100_000,
        ..ok("too deep", b"[")
    },
    Spoiled {
        status: 500,
        ..ok("out of order", br#"{"opr_code":"2","opr_desc":"NullPointerException"}"#)
    },
];

impl Spoiled {
    pub(crate) fn response(&'static self) -> Response<Body> {
        let piece = || Ok::<_, std::io::Error>(Bytes::from_static(self.body));
        let pieces = std::iter::repeat_with(piece).take(self.times);
        let mut response = Response::new(Body::from_stream(futures::stream::iter(pieces)));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in self.headers {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        response
    }
}
