//! Files of notes, over HTTP: how one stands at the server, sent and fetched piece by piece.

use kontor_protocol::{FileHash, OrgId};
use reqwest::header::{HeaderName, RANGE};
use reqwest::{Method, Response, StatusCode};

use super::{Api, Asked, reason};
use crate::error::{Code, Error, Result};

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

/// How a file stands at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Stands {
    /// Nothing of it is there.
    Absent,
    /// So many bytes are there, of a file of this size.
    Begun(u64),
    /// It is there.
    Whole,
}

/// What became of a piece that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Sent {
    /// This is how the file stands now.
    Stands(Stands),
    /// All bytes were there and were not what the file is named by; the server threw them away.
    OtherContent,
}

/// A file at the server, asked for by who has the token.
#[derive(Clone, Copy)]
pub(in super::super) struct FileAt<'a> {
    pub(in super::super) org: OrgId,
    pub(in super::super) hash: FileHash,
    /// Bytes it has.
    pub(in super::super) size: u64,
    pub(in super::super) token: &'a str,
}

impl FileAt<'_> {
    fn path(&self) -> String {
        format!("orgs/{}/files/{}", self.org, self.hash)
    }
}

impl Api {
    /// How the server has a file.
    pub(in super::super) async fn file_stands(&self, file: FileAt<'_>) -> Result<Stands> {
        let asked = self.request(Method::HEAD, &file.path());
        let said = asked.bearer_auth(file.token).send().await;
        let said = said.map_err(|e| Asked::Silent(reason(&e)))?;
        match said.status() {
            StatusCode::OK => stands(&said, file.size),
            StatusCode::NOT_FOUND => Ok(Stands::Absent),
            status => Err(refused(status)),
        }
    }

    /// Sends bytes of a file, from `at` on.
    pub(in super::super) async fn send_piece(
        &self,
        file: FileAt<'_>,
        at: u64,
        bytes: Vec<u8>,
    ) -> Result<Sent> {
        let asked = self
            .request(Method::PATCH, &file.path())
            .bearer_auth(file.token)
            .header(OFFSET, at)
            .header(LENGTH, file.size)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes);
        let said = asked.send().await;
        let said = said.map_err(|e| Asked::Silent(reason(&e)))?;
        match said.status() {
            StatusCode::NO_CONTENT | StatusCode::CONFLICT => {
                Ok(Sent::Stands(stands(&said, file.size)?))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Ok(Sent::OtherContent),
            status => Err(refused(status)),
        }
    }

    /// Fetches bytes of a file, `from` to `to` both included: all of them, or those that came before a cut. `None` when
    /// the server does not have the file.
    pub(in super::super) async fn fetch_piece(
        &self,
        file: FileAt<'_>,
        from: u64,
        to: u64,
    ) -> Result<Option<Vec<u8>>> {
        let asked = self
            .request(Method::GET, &file.path())
            .bearer_auth(file.token)
            .header(RANGE, format!("bytes={from}-{to}"));
        let said = asked.send().await;
        let mut said = said.map_err(|e| Asked::Silent(reason(&e)))?;
        match said.status() {
            StatusCode::PARTIAL_CONTENT => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(refused(status)),
        }
        let most = usize::try_from(to.saturating_sub(from).saturating_add(1)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(most);
        while bytes.len() < most {
            match said.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_cut) if !bytes.is_empty() => break,
                Err(e) => return Err(Asked::Silent(reason(&e)).into()),
            }
        }
        // More than was asked for is not what was asked for.
        bytes.truncate(most);
        if bytes.is_empty() {
            return Err(Asked::Strange("it answered with nothing".into()).into());
        }
        Ok(Some(bytes))
    }
}

fn stands(said: &Response, size: u64) -> Result<Stands> {
    let header = |name: HeaderName| said.headers().get(name)?.to_str().ok();
    if header(COMPLETE) == Some("?1") {
        return Ok(Stands::Whole);
    }
    let count = |name| header(name).and_then(|count| count.parse::<u64>().ok());
    // Somebody claimed another size: nobody can go on there, but begin anew.
    if count(LENGTH).is_some_and(|length| length != size) {
        return Ok(Stands::Absent);
    }
    let offset = count(OFFSET);
    let strange = || Asked::Strange("it does not say how a file stands".into());
    Ok(Stands::Begun(offset.ok_or_else(strange)?))
}

fn refused(status: StatusCode) -> Error {
    match status {
        StatusCode::UNAUTHORIZED => Error::new(
            Code::SignIn,
            "The team's server does not know this desk any more. Join again with e-mail and password.",
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Error::new(
            Code::Offline,
            "The team's server asks for a pause. Everything stays here; it goes on by itself.",
        ),
        status if status.is_server_error() => Error::new(
            Code::Offline,
            "The team's server cannot take or give files now. Everything stays here; it goes on by itself.",
        ),
        status => Asked::Strange(format!("it answered {status} about a file")).into(),
    }
}
