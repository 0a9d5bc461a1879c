//! Every HTTP failure: a status, a code for programs, a sentence for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kontor_protocol::ApiProblem;

use crate::core::identity::IdentityProblem;
use crate::core::identity::password::PasswordProblem;
use crate::core::storage::StorageError;
use crate::http::company::provider::CompanyProblem;

/// An answer that is none.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The token is unknown, revoked, or of another organisation. Never says which.
    pub(crate) fn stranger() -> Self {
        let message = "sign in: the token is missing or not valid here";
        Self::new(StatusCode::UNAUTHORIZED, "auth", message)
    }

    /// News of an ERP that are not signed with what was agreed on. Never says whether there is such an organisation.
    pub(crate) fn unsigned() -> Self {
        let message = "these news are not signed with the secret that was entered here";
        Self::new(StatusCode::UNAUTHORIZED, "auth", message)
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// A sign-in by the company that this desk did not begin, or not now.
    pub(crate) fn stale() -> Self {
        let message = "this sign-in has run out or was used already: begin again";
        Self::new(StatusCode::UNAUTHORIZED, "auth", message)
    }

    /// The company said no, or the person did.
    pub(crate) fn denied() -> Self {
        let message = "your company's sign-in did not let you in";
        Self::new(StatusCode::UNAUTHORIZED, "auth", message)
    }

    /// What the company's sign-in gave does not stand up; the log says why.
    pub(crate) fn doubtful() -> Self {
        let message = "what your company's sign-in said could not be verified: ask who runs the team's server";
        Self::new(StatusCode::UNAUTHORIZED, "auth", message)
    }

    pub(crate) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub(crate) fn method() -> Self {
        let message = "this path knows other methods: see /openapi.json";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "invalid", message)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid",
            "the request is too large",
        )
    }

    /// A file is larger than a note may have, or than it was said to be.
    pub(crate) fn large_file() -> Self {
        let message = "a file has between 1 byte and 25 MB, and no more than was announced";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "size", message)
    }

    /// The upload stands elsewhere: the answer's Upload-Offset says where.
    pub(crate) fn elsewhere() -> Self {
        let message = "the upload stands elsewhere: go on at the answer's Upload-Offset";
        Self::new(StatusCode::CONFLICT, "offset", message)
    }

    /// All bytes came, and they are not what the file is named by.
    pub(crate) fn other_content() -> Self {
        let message = "the bytes are not what the file is named by: nothing was stored";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "hash", message)
    }

    /// Changes are on their way into the ERP; says which.
    pub(crate) fn under_way(why: String) -> Self {
        Self::new(StatusCode::CONFLICT, "under_way", why)
    }

    /// Bytes were asked for that the file does not have.
    pub(crate) fn no_such_range() -> Self {
        let message = "the file does not have these bytes";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalid", message)
    }

    /// Too many uploads were begun and left.
    pub(crate) fn unfinished() -> Self {
        let message = "too many uploads of this team stand unfinished: finish some, or try again in some days";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate", message)
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "invalid",
            "the request came too slowly",
        )
    }

    pub(crate) fn too_fast(seconds: u64) -> Self {
        let message = format!("too many attempts: try again in {seconds} seconds");
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate", message);
        problem.retry_after = Some(seconds);
        problem
    }

    pub(crate) fn unavailable(message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "internal", message)
    }
}

impl From<StorageError> for Problem {
    fn from(e: StorageError) -> Self {
        // The reason is for the log: it may name files and hosts.
        tracing::error!("answering a request: {e}");
        Self::unavailable("the server's database does not answer: try again later")
    }
}

impl From<IdentityProblem> for Problem {
    fn from(e: IdentityProblem) -> Self {
        match e {
            IdentityProblem::Wrong => Self::new(StatusCode::UNAUTHORIZED, "auth", e.to_string()),
            IdentityProblem::Uninvited | IdentityProblem::Unverified => {
                Self::forbidden(&e.to_string())
            }
            IdentityProblem::Unlinked => Self::new(StatusCode::CONFLICT, "exists", e.to_string()),
            IdentityProblem::Choose(_) => Self::new(StatusCode::CONFLICT, "choose", e.to_string()),
            IdentityProblem::Code => Self::not_found(&e.to_string()),
            IdentityProblem::Invalid(message) => Self::invalid(message),
            IdentityProblem::Password(PasswordProblem::Busy) => Self::too_fast(2),
            IdentityProblem::Password(PasswordProblem::Failed) | IdentityProblem::Randomness(_) => {
                tracing::error!("answering a request: {e}");
                Self::unavailable("the server is not able to do this now: try again later")
            }
            IdentityProblem::Storage(e) => e.into(),
        }
    }
}

impl From<CompanyProblem> for Problem {
    fn from(e: CompanyProblem) -> Self {
        // The reason is for the log: it may name hosts of the company.
        tracing::warn!("{e}");
        Self::unavailable("your company's sign-in does not answer: try again later")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ApiProblem {
            code: self.code.to_owned(),
            message: self.message,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
