//! Printed documents.

use serde_json::json;

use super::lookups::object;
use super::{Call, Client, Kind};
use crate::answer;
use crate::error::Error;
use crate::id::MkId;

const REPORT: &str = "/rest/eshop/v1/report";

/// The report of an installation that prints bills. Those of other types are the installation's own.
pub const REPORT_OF_BILLS: &str = "38";

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
        let mut params = vec![json!({ "type": "REPORT_TYPE", "value": "PDF" })];
        params.extend(
            language.map(|it| json!({ "type": "ADD_ATT_HIDDEN_DEFAULT_LOCALE", "value": it })),
        );
        let body = object(json!({
            "mk_id": mk_id.as_str(),
            "report_id": report_id,
            "params": params,
        }));
        let call = Call {
            path: REPORT,
            kind: Kind::Read,
            body: &body,
        };
        self.ask(call, answer::file).await
    }
}
