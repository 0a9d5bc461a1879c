//! `/api/v1/orgs/{org}/files/{sha256}`: files in notes, sent and read piece by piece.
//!
//! In the manner of tus (resumable uploads): HEAD says how far a file has come, PATCH goes on there, and what came before a
//! cut is kept. A file is named by its content, so there is nothing to create and nothing to change. No piece in memory is
//! larger than a part in the database.

use std::ops::RangeInclusive;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _, stream};
use kontor_protocol::{FileHash, OrgId, check_size};
use sha2::{Digest as _, Sha256};

use crate::core::storage::files::{PART, part_count};
use crate::core::storage::{FileHead, FilePiece, PutPiece, Storage, StorageError, Who};
use crate::http::App;
use crate::http::caller::Caller;
use crate::http::problem::Problem;

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

type Named = Path<(String, String)>;

/// How a file stands.
pub(crate) async fn head<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
    Path((_, name)): Named,
) -> Result<Response, Problem> {
    let hash = named(&app, &who, &name)?;
    let head = app.shared.storage.file(who.org, hash).await?;
    let head = head.ok_or_else(absent)?;
    Ok(standing(StatusCode::OK.into_response(), &head))
}

/// A whole file, or a range of it.
pub(crate) async fn get<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
    Path((_, name)): Named,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash = named(&app, &who, &name)?;
    let head = app.shared.storage.file(who.org, hash).await?;
    let size = head.filter(|h| h.whole).ok_or_else(absent)?.size;
    let last = size.saturating_sub(1);
    let (status, range) = match asked(&headers, size) {
        Asked::All => (StatusCode::OK, 0..=last),
        Asked::Some(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Nothing => {
            let mut refused = Problem::no_such_range().into_response();
            put(
                &mut refused,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return Ok(refused);
        }
    };
    let (from, to) = (*range.start(), *range.end());
    let length = to.saturating_sub(from).saturating_add(1);
    let body = Body::from_stream(bytes(app.shared.storage.clone(), who.org, hash, range));
    let mut response = (status, body).into_response();
    put(&mut response, header::CONTENT_LENGTH, &length.to_string());
    put(
        &mut response,
        header::CONTENT_TYPE,
        "application/octet-stream",
    );
    // Whatever it is: no browser shows it as a page of this server.
    put(&mut response, header::CONTENT_DISPOSITION, "attachment");
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    put(&mut response, header::ETAG, &format!("\"{hash}\""));
    if status == StatusCode::PARTIAL_CONTENT {
        let content = format!("bytes {from}-{to}/{size}");
        put(&mut response, header::CONTENT_RANGE, &content);
    }
    Ok(response)
}

/// Takes bytes from Upload-Offset on.
pub(crate) async fn patch<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
    Path((_, name)): Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let hash = named(&app, &who, &name)?;
    let count = |name: &HeaderName| {
        let value = headers.get(name)?.to_str().ok()?;
        value.parse::<u64>().ok()
    };
    let (Some(at), Some(size)) = (count(&OFFSET), count(&LENGTH)) else {
        let message = "Upload-Offset and Upload-Length are whole numbers, both are needed";
        return Err(Problem::invalid(message));
    };
    check_size(size).map_err(|_why| Problem::large_file())?;
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if at.saturating_add(announced.unwrap_or(0)) > size {
        return Err(Problem::large_file());
    }
    let mut taking = Taking {
        app: &app,
        who: &who,
        hash,
        size,
        at,
        piece: Vec::new(),
        standing: None,
    };
    let mut body = body.into_data_stream();
    if let Err(stopped) = taking.all(&mut body).await {
        // An answer to a question that was not heard to its end may be lost.
        let mut unheard = PART;
        while let Some(Ok(bytes)) = body.next().await
            && unheard > 0
        {
            unheard = unheard.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        }
        return stopped.answer();
    }
    let Some(mut head) = taking.standing else {
        return Err(absent());
    };
    if head.received == head.size && !head.whole {
        if !finish(&app.shared.storage, who.org, hash, &head).await? {
            return Err(Problem::other_content());
        }
        head.whole = true;
    }
    Ok(standing(StatusCode::NO_CONTENT.into_response(), &head))
}

/// A file that is being sent.
struct Taking<'a, S: Storage> {
    app: &'a App<S>,
    who: &'a Who,
    hash: FileHash,
    size: u64,
    /// Where the piece stands.
    at: u64,
    piece: Vec<u8>,
    /// After the last piece.
    standing: Option<FileHead>,
}

/// Why no more is taken.
enum Stopped {
    Elsewhere(FileHead),
    Problem(Problem),
}

impl Stopped {
    fn answer(self) -> Result<Response, Problem> {
        match self {
            // A desk that sent the last bytes and did not hear the answer.
            Self::Elsewhere(head) if head.whole => {
                Ok(standing(StatusCode::NO_CONTENT.into_response(), &head))
            }
            Self::Elsewhere(head) => Ok(standing(Problem::elsewhere().into_response(), &head)),
            Self::Problem(problem) => Err(problem),
        }
    }
}

impl<S: Storage> Taking<'_, S> {
    /// Keeps what comes, also what came before a cut.
    async fn all(
        &mut self,
        body: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
    ) -> Result<(), Stopped> {
        let part = usize::try_from(PART).unwrap_or(usize::MAX);
        loop {
            match body.next().await {
                Some(Ok(bytes)) => {
                    self.piece.extend_from_slice(&bytes);
                    let here = u64::try_from(self.piece.len()).unwrap_or(u64::MAX);
                    if self.at.saturating_add(here) > self.size {
                        return Err(Stopped::Problem(Problem::large_file()));
                    }
                    while self.piece.len() >= part {
                        let rest = self.piece.split_off(part);
                        let piece = std::mem::replace(&mut self.piece, rest);
                        self.keep(piece).await?;
                    }
                }
                Some(Err(_cut)) => {
                    let piece = std::mem::take(&mut self.piece);
                    self.keep(piece).await?;
                    let message = "the file was cut off: go on where HEAD says";
                    return Err(Stopped::Problem(Problem::invalid(message)));
                }
                None => {
                    // An empty piece, too, says how the file stands, and begins it.
                    if !self.piece.is_empty() || self.standing.is_none() {
                        let piece = std::mem::take(&mut self.piece);
                        self.keep(piece).await?;
                    }
                    return Ok(());
                }
            }
        }
    }

    async fn keep(&mut self, bytes: Vec<u8>) -> Result<(), Stopped> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let piece = FilePiece {
            hash: self.hash,
            size: self.size,
            member: self.who.member,
            at: self.at,
            bytes,
            now: self.app.shared.clock.now(),
        };
        let put = self.app.shared.storage.put_piece(self.who.org, piece).await;
        match put.map_err(|e| Stopped::Problem(e.into()))? {
            PutPiece::Kept(head) => {
                self.at = self.at.saturating_add(length);
                self.standing = Some(head);
                Ok(())
            }
            PutPiece::Elsewhere(head) => Err(Stopped::Elsewhere(head)),
            PutPiece::Full => Err(Stopped::Problem(Problem::unfinished())),
        }
    }
}

/// Looks whether the bytes are what the name says; what they are not is thrown away.
async fn finish<S: Storage>(
    storage: &S,
    org: OrgId,
    hash: FileHash,
    head: &FileHead,
) -> Result<bool, StorageError> {
    let mut sum = Sha256::new();
    for number in 0..part_count(head.size) {
        if let Some(part) = storage.file_part(org, hash, number).await? {
            sum.update(&part);
        }
    }
    let good = FileHash(sum.finalize().into()) == hash;
    let ended = storage.end_upload(org, hash, head.upload.clone(), good);
    Ok(ended.await? && good)
}

fn named<S: Storage>(app: &App<S>, who: &Who, name: &str) -> Result<FileHash, Problem> {
    app.shared.rates.file(who.device)?;
    let hash: Result<FileHash, _> = name.parse();
    hash.map_err(|e| Problem::invalid(e.to_string()))
}

fn absent() -> Problem {
    Problem::not_found("this file is not here, or not all of it yet")
}

/// The answer, saying how the file stands.
fn standing(mut response: Response, head: &FileHead) -> Response {
    put(&mut response, OFFSET, &head.received.to_string());
    put(&mut response, LENGTH, &head.size.to_string());
    put(
        &mut response,
        COMPLETE,
        if head.whole { "?1" } else { "?0" },
    );
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    // Numbers, hex and words of ours: always a value.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Some(RangeInclusive<u64>),
    Nothing,
}

/// RFC 9110, 14: one range of bytes; anything else is read as if it was not there.
fn asked(headers: &HeaderMap, size: u64) -> Asked {
    let range = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((from, to)) = range else {
        return Asked::All;
    };
    let last = size.saturating_sub(1);
    let (from, to) = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.min(last)),
        (Ok(from), Err(_)) if to.is_empty() => (from, last),
        (Err(_), Ok(end)) if from.is_empty() && end > 0 => (size.saturating_sub(end), last),
        (Err(_), Ok(0)) if from.is_empty() => return Asked::Nothing,
        _ => return Asked::All,
    };
    if from > last {
        Asked::Nothing
    } else {
        Asked::Some(from..=to)
    }
}

/// A file's bytes, a part in memory at a time.
fn bytes<S: Storage>(
    storage: S,
    org: OrgId,
    hash: FileHash,
    range: RangeInclusive<u64>,
) -> impl Stream<Item = Result<Bytes, StorageError>> {
    let (from, to) = range.into_inner();
    stream::try_unfold((storage, from), move |(storage, at)| async move {
        if at > to {
            return Ok(None);
        }
        let number = at.checked_div(PART).unwrap_or(0);
        let part = storage.file_part(org, hash, number).await?;
        let begin = number.saturating_mul(PART);
        let place = |at: u64| usize::try_from(at.saturating_sub(begin)).unwrap_or(usize::MAX);
        let mut part = part.unwrap_or_default();
        part.truncate(place(to.saturating_add(1)));
        let piece = part.split_off(place(at).min(part.len()));
        if piece.is_empty() {
            let missing = format!("a part of the file {hash} is missing");
            return Err(StorageError::Damaged(missing));
        }
        let next = at.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        Ok(Some((Bytes::from(piece), (storage, next))))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::{Asked, asked};

    #[test]
    fn ranges_are_read() {
        for (range, want) in [
            ("bytes=0-0", Asked::Some(0..=0)),
            ("bytes=2-4", Asked::Some(2..=4)),
            ("bytes=2-400", Asked::Some(2..=9)),
            ("bytes=9-", Asked::Some(9..=9)),
            ("bytes=-3", Asked::Some(7..=9)),
            ("bytes=-30", Asked::Some(0..=9)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=4-2", Asked::All),
            ("bytes=0-1,3-4", Asked::All),
            ("lines=0-1", Asked::All),
            ("", Asked::All),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            assert_eq!(asked(&headers, 10), want, "{range}");
        }
    }
}
