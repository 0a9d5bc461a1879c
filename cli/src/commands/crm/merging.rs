//! `crm duplicates`, `crm merge`, `crm unmerge`.

use anyhow::Result;
use kontor_engine::PartnerView;
use serde_json::json;

use super::super::App;

pub(super) async fn duplicates(app: &App, named: Option<&str>) -> Result<()> {
    let Some(named) = named else {
        for pair in app.engine.duplicates().await? {
            let text = line(&pair.one, &pair.other, &pair.reasons);
            if !app.answer(&serde_json::to_value(&pair)?, &text) {
                return Ok(());
            }
        }
        return Ok(());
    };
    let id = app.engine.find_customer(named).await?;
    let Some(customer) = app.engine.dossier(&id).await?.customer else {
        return Ok(());
    };
    let one = PartnerView {
        id: customer.id,
        name: customer.name,
        number: customer.number,
        place: String::new(),
        gone: customer.gone,
        documents: 0,
    };
    for like in customer.duplicates {
        let text = line(&one, &like.partner, &like.reasons);
        let row = json!({ "one": one.id, "other": like.partner, "reasons": like.reasons });
        if !app.answer(&row, &text) {
            return Ok(());
        }
    }
    Ok(())
}

fn line(one: &PartnerView, other: &PartnerView, reasons: &[&str]) -> String {
    let reasons = reasons.join(",");
    format!(
        "{}\t{}\t{}\t{}\t{reasons}",
        one.id, one.name, other.id, other.name
    )
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
