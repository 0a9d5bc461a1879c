//! Printed documents, at once or in the background.

use serde_json::{Map, Value, json};

use super::lookups::object;
use super::{Call, Client, Kind};
use crate::answer;
use crate::dialect::{Defects, Reader};
use crate::error::Error;
use crate::id::MkId;

const REPORT: &str = "/rest/eshop/v1/report";

/// The report of an installation that prints bills. Those of other types are the installation's own.
pub const REPORT_OF_BILLS: &str = "38";

/// Names a print that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportToken {
    report_id: String,
    token: String,
}

/// How far a print is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printing {
    /// It goes on; what the service says of it, in its own language. Ask again in a moment.
    Going(String),
    /// It can be [fetched](Client::fetch_report) at this address, for a day.
    Ready(String),
}

impl Client {
    /// A document as PDF, by one of the installation's reports; in the document's own language unless one is given (two
    /// letters).
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn report(
        &self,
        mk_id: &MkId,
        report_id: &str,
        language: Option<&str>,
    ) -> Result<Vec<u8>, Error> {
        let body = asked(mk_id, report_id, language);
        let call = Call::new(Kind::Read, REPORT, &body);
        self.ask(call, answer::file).await
    }

    /// Begins a print that takes longer than a read may. Nothing is written: begun twice it is printed twice.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn begin_report(
        &self,
        mk_id: &MkId,
        report_id: &str,
        language: Option<&str>,
    ) -> Result<ReportToken, Error> {
        let mut body = asked(mk_id, report_id, language);
        body.insert("async".to_owned(), json!("true"));
        let answer = self.read_object(REPORT, &body).await?;
        let token = text(&answer, "token").ok_or_else(|| garbled("it names no token"))?;
        let report_id = report_id.to_owned();
        Ok(ReportToken { report_id, token })
    }

    /// How far a print is.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the service has forgotten it: begin anew; otherwise as [`Error`] has them.
    pub async fn report_progress(&self, print: &ReportToken) -> Result<Printing, Error> {
        let body = object(json!({
            "report_id": print.report_id,
            "async": "true",
            "token": print.token,
        }));
        let answer = self.read_object(REPORT, &body).await?;
        // As long as it goes on there is a progress and no address.
        match (text(&answer, "url"), text(&answer, "progress")) {
            (Some(url), _) => Ok(Printing::Ready(url)),
            (None, Some(progress)) => Ok(Printing::Going(progress)),
            (None, None) => Err(garbled("it says neither how far the print is nor where")),
        }
    }

    /// Fetches a finished print. The key does not go along, and only the installation itself is asked.
    ///
    /// # Errors
    /// [`Error::Garbled`] for an address elsewhere or something that is no PDF; otherwise as [`Error`] has them.
    pub async fn fetch_report(&self, url: &str) -> Result<Vec<u8>, Error> {
        let nothing = Map::new();
        let call = Call {
            address: Some(url),
            ..Call::new(Kind::Read, REPORT, &nothing)
        };
        self.ask(call, answer::file).await
    }
}

fn asked(mk_id: &MkId, report_id: &str, language: Option<&str>) -> Map<String, Value> {
    let mut params = vec![json!({ "type": "REPORT_TYPE", "value": "PDF" })];
    params
        .extend(language.map(|it| json!({ "type": "ADD_ATT_HIDDEN_DEFAULT_LOCALE", "value": it })));
    object(json!({
        "mk_id": mk_id.as_str(),
        "report_id": report_id,
        "params": params,
    }))
}

fn text(answer: &Map<String, Value>, field: &'static str) -> Option<String> {
    let defects = Defects::default();
    Reader::new(answer, &defects).text(field)
}

fn garbled(why: &str) -> Error {
    Error::Garbled {
        why: why.to_owned(),
    }
}
