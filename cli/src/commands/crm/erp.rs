//! `crm connect`, `crm disconnect`, `crm audit`

use anyhow::Result;
use kontor_engine::ErpForm;
use kontor_engine::auth::Secret;
use serde_json::json;

use super::super::team::moment;
use super::super::{App, account};

pub(super) async fn connect(
    app: &App,
    base_url: String,
    company: String,
    key_stdin: bool,
) -> Result<()> {
    let whose = format!("Secret key of company {company}");
    let key = Secret::new(account::secret(key_stdin, "key", &whose)?);
    let form = ErpForm {
        base_url,
        company,
        key,
    };
    let done = app.engine.connect_erp(form).await?;
    let (company, base_url) = (&done.company, &done.base_url);
    let text = if done.renewed {
        format!("The new key of company {company} at {base_url} is kept.")
    } else {
        format!("Company {company} at {base_url} is connected.")
    };
    let row = json!({ "base_url": base_url, "company": company, "renewed": done.renewed });
    app.answer(&row, &text);
    Ok(())
}

pub(super) async fn disconnect(app: &App, anyway: bool) -> Result<()> {
    let done = app.engine.disconnect_erp(anyway).await?;
    let (company, base_url) = (&done.company, &done.base_url);
    let text = format!(
        "Company {company} at {base_url} is disconnected; its key and all facts are forgotten."
    );
    app.answer(&json!({ "base_url": base_url, "company": company }), &text);
    Ok(())
}

pub(super) async fn audit(app: &App, limit: u32) -> Result<()> {
    for line in app.engine.audit_log(limit).await? {
        let at = moment(line.at);
        let row = json!({
            "at": at,
            "member": line.member,
            "action": line.action,
            "detail": line.detail,
        });
        app.answer(&row, &format!("{at}  {}  {}", line.action, line.detail));
    }
    Ok(())
}
