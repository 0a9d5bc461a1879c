//! The handle's knobs: everything that can be turned while clients are at it.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::{Fault, Totals};
use super::statistics::Statistics;
use super::webhook::{StockPush, Tries};
use super::{Metakocka, control};

impl Metakocka {
    /// Every call takes at least so long.
    pub fn slow(&self, pause: Duration) {
        self.shared.inner().faults.slow = pause;
    }

    /// Calls of this name, for example `put_document`, are not answered until [`Metakocka::let_go`]: a write is carried
    /// out, a read not before then.
    pub fn hold(&self, call: &str) {
        self.shared.inner().faults.held.insert(call.to_owned());
    }

    /// Calls of this name are answered, those too that wait.
    pub fn let_go(&self, call: &str) {
        self.shared.inner().faults.held.remove(call);
        self.shared.let_go.notify_waiters();
    }

    /// The next `times` calls go wrong.
    pub fn fail(&self, times: u32, fault: Fault) {
        self.shared.inner().faults.plan(fault, times, None);
    }

    /// The next `times` calls of this name, for example `put_document`, go wrong.
    pub fn fail_call(&self, call: &str, times: u32, fault: Fault) {
        self.shared.inner().faults.plan(fault, times, Some(call));
    }

    /// Whatever key is sent is wrong from now on, or right again.
    pub fn wrong_key(&self, wrong: bool) {
        self.shared.inner().faults.wrong_key = wrong;
    }

    /// From now on documents of this type, or the call of this name, are refused (`opr_code` 2), or shown again.
    pub fn refuse(&self, what: &str, refused: bool) {
        let all = &mut self.shared.inner().faults.refused;
        if refused {
            all.insert(what.to_owned());
        } else {
            all.remove(what);
        }
    }

    /// The service's clock is wrong by so many seconds.
    pub fn skew(&self, seconds: i64) {
        self.shared.inner().world.clock().skew = seconds;
    }

    /// Before each of the next `searches` a document of the searched type is added (`grow`), or the newest one deleted.
    pub fn changing_totals(&self, searches: u32, grow: bool) {
        self.shared.inner().faults.totals = Some(Totals { searches, grow });
    }

    /// No faults any more; the clock keeps its error.
    pub fn well(&self) {
        self.shared.inner().faults.clear();
        self.shared.let_go.notify_waiters();
    }

    /// What was asked until now.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.inner().statistics.clone()
    }

    /// Counts anew.
    pub fn reset_statistics(&self) {
        self.shared.inner().statistics.reset();
    }

    /// The id of the document of this type with this number.
    #[must_use]
    pub fn find_document(&self, doc_type: &str, count_code: &str) -> Option<String> {
        let asked = json!({ "doc_type": doc_type, "count_code": count_code });
        let found = self.control("find_document", &asked).ok()?;
        found.get("mk_id")?.as_str().map(str::to_owned)
    }

    /// A colleague changes a document: `status`, `notes`, `until`, `amount` (of the first line), `line` (`code`, `amount`,
    /// `price`), `paid` (a sum), `paid_on`, `partner` (the id of the customer it is of from now on).
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn change_document(&self, mk_id: &str, changes: &Value) -> Result<(), String> {
        let mut body = changes.clone();
        if let Some(body) = body.as_object_mut() {
            body.insert("mk_id".into(), mk_id.into());
        }
        self.control("change_document", &body).map(drop)
    }

    /// A colleague deletes a document.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_document(&self, mk_id: &str) -> Result<(), String> {
        self.control("delete_document", &json!({ "mk_id": mk_id }))
            .map(drop)
    }

    /// A colleague makes a document, described as for `put_document`; bills are issued. Answers what that call answers.
    ///
    /// # Errors
    /// What `put_document` would have refused.
    pub fn new_document(&self, body: &Value) -> Result<Value, String> {
        self.control("new_document", body)
    }

    /// A colleague gives a partner another name.
    ///
    /// # Errors
    /// When there is none.
    pub fn rename_partner(&self, mk_id: &str, name: &str) -> Result<(), String> {
        self.control("rename_partner", &json!({ "mk_id": mk_id, "name": name }))
            .map(drop)
    }

    /// A colleague deletes a partner; its documents stay and name it on.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_partner(&self, mk_id: &str) -> Result<(), String> {
        self.control("delete_partner", &json!({ "mk_id": mk_id }))
            .map(drop)
    }

    /// Pushes news of stock; answers when the receiver took it or three tries failed.
    #[must_use]
    pub fn push_stock(&self, what: &StockPush) -> Tries {
        control::push_stock(&self.shared, what)
    }

    /// Does what a `POST /_control/<name>` with this body does.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name or the body.
    pub fn control(&self, name: &str, body: &Value) -> Result<Value, String> {
        control::act(&self.shared, name, body)
    }
}
