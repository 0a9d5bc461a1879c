//! `crm duplicates`, `crm apart`, `crm merge`, `crm unmerge`.

use anyhow::Result;
use serde_json::json;

use super::super::App;

pub(super) async fn duplicates(app: &App, named: Option<&str>, dismissed: bool) -> Result<()> {
    let mut ids = Vec::new();
    if let Some(named) = named {
        let id = app.engine.find_customer(named).await?;
        let customer = app.engine.dossier(&id).await?.customer;
        let partners = customer.map(|c| c.partners).unwrap_or_default();
        ids.extend(partners.into_iter().map(|partner| partner.id));
        ids.push(id);
    }
    for pair in app.engine.duplicates().await? {
        let (one, other) = (&pair.one, &pair.other);
        if pair.dismissed != dismissed {
            continue;
        }
        if named.is_some() && !ids.contains(&one.id) && !ids.contains(&other.id) {
            continue;
        }
        let reasons = pair.reasons.join(",");
        let text = format!(
            "{}\t{}\t{}\t{}\t{reasons}",
            one.id, one.name, other.id, other.name
        );
        if !app.answer(&serde_json::to_value(&pair)?, &text) {
            return Ok(());
        }
    }
    Ok(())
}

pub(super) async fn apart(app: &App, one: &str, other: &str, undo: bool) -> Result<()> {
    let one = app.engine.find_customer(one).await?;
    let other = app.engine.find_customer(other).await?;
    let text = if undo {
        app.engine.suggest_again(&one, &other).await?;
        format!("{one} and {other} may be the same again.")
    } else {
        app.engine.dismiss_duplicate(&one, &other).await?;
        format!("{one} and {other} are not the same.")
    };
    let row = json!({ "one": one, "other": other, "dismissed": !undo });
    app.answer(&row, &text);
    Ok(())
}

pub(super) async fn merge(app: &App, main: &str, other: &str) -> Result<()> {
    // An address leads to whoever stands for its customer; an id is meant as it is.
    let main = app.engine.find_customer(main).await?;
    let other = app.engine.find_customer(other).await?;
    app.engine.merge_customers(&main, &other).await?;
    tell(app, &main).await
}

pub(super) async fn unmerge(app: &App, customer: &str) -> Result<()> {
    let id = app.engine.find_customer(customer).await?;
    app.engine.part_customer(&id).await?;
    tell(app, &id).await
}

/// What a customer is made of now.
async fn tell(app: &App, id: &str) -> Result<()> {
    let dossier = app.engine.dossier(id).await?;
    let partners = dossier.customer.map(|c| c.partners).unwrap_or_default();
    let ids: Vec<&str> = partners.iter().map(|p| p.id.as_str()).collect();
    let text = match ids.as_slice() {
        [] => format!("{id} is one of its own."),
        [main, ..] => format!("{} are one, shown as {main}.", ids.join(", ")),
    };
    app.answer(
        &json!({ "customer": ids.first().unwrap_or(&id), "partners": partners }),
        &text,
    );
    Ok(())
}
