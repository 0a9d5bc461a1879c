//! Two desks of a team and its real server: what one says of customers Metakocka has twice, the other one has, too.

use kontor_engine::{ActivityAsked, Engine, Span};
use kontor_simulators::metakocka::Metakocka;
use serde_json::json;
use tempfile::TempDir;

use crate::house::{House, open, until};
use crate::runtime;

/// A customer that is there twice, with an order each; answers what Metakocka calls them.
fn twins(erp: &Metakocka) -> [String; 2] {
    [1, 2].map(|n| {
        let partner = json!({ "partner": {
            "customer": format!("Dvojni {n} d.o.o."), "tax_id_number": "55667788", "buyer": "true",
        } });
        let made = erp.control("new_partner", &partner).unwrap();
        let id = made["mk_id"].as_str().unwrap().to_owned();
        let order = json!({
            "doc_type": "sales_order", "doc_date": "2026-11-19+01:00", "partner": { "mk_id": id },
            "product_list": [{ "code": "HP26AB", "amount": "2", "price": "64.5", "tax": "EX4" }],
        });
        erp.new_document(&order).unwrap();
        id
    })
}

/// What the desk shows of a customer: of how many it is made, its orders, whom it may be.
async fn shown(engine: &Engine, id: &str) -> Option<(usize, u32, Vec<String>)> {
    let customer = engine.dossier(id).await.ok()?.customer?;
    let duplicates = customer.duplicates.into_iter();
    Some((
        customer.partners.len(),
        customer.counts.orders,
        duplicates.map(|d| d.partner.id).collect(),
    ))
}

async fn until_it_shows(engine: &Engine, id: &str, want: (usize, u32, &[&str])) {
    let want = (
        want.0,
        want.1,
        want.2.iter().map(|id| (*id).to_owned()).collect(),
    );
    until(&format!("{id}: {want:?}"), || async {
        (shown(engine, id).await.as_ref() == Some(&want)).then_some(())
    })
    .await;
}

#[test]
fn what_one_desk_says_of_twins_the_other_one_shows_and_takes_back() {
    let dirs = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    runtime().block_on(async {
        let mut made = None;
        let house = House::open_with(|erp| made = Some(twins(erp))).await;
        let [one, other] = made.unwrap();
        let (maja, bor) = (open(&dirs[0]).await, open(&dirs[1]).await);
        house.join(&maja).await;
        house
            .join_as(&bor, "Bor Hrast", "bor@hrastvijak.example")
            .await;
        let (hold, hold_of_bor) = (maja.hold_line(), bor.hold_line());
        for engine in [&maja, &bor] {
            until_it_shows(engine, &one, (0, 1, &[&other])).await;
            until_it_shows(engine, &other, (0, 1, &[&one])).await;
        }

        // Maja merges: Bor's dossier adds up.
        let before = maja.merge_customers(&one, &other).await.unwrap();
        until_it_shows(&bor, &other, (2, 2, &[])).await;
        let name = bor.dossier(&other).await.unwrap().customer.unwrap().name;
        assert_eq!(name, "Dvojni 1 d.o.o.");
        let asked = ActivityAsked {
            span: Span::All,
            what: None,
            member: None,
            subject: None,
            text: None,
            page: None,
        };
        let log = bor.activity_lines(asked, 20).await.unwrap();
        let said: Vec<_> = log
            .lines
            .iter()
            .filter_map(|line| Some((line.name.as_deref()?, line.detail.as_deref()?)))
            .collect();
        assert_eq!(
            said,
            [("Dvojni 2 d.o.o.", "same_as: Dvojni 1 d.o.o.")],
            "with names, not numbers"
        );
        maja.say_same(before).await.unwrap();
        until_it_shows(&bor, &one, (0, 1, &[&other])).await;

        // Bor waves the suggestion away: Maja sees it no more, until he takes it back.
        let said = bor.dismiss_duplicate(&other, &one).await.unwrap();
        until_it_shows(&maja, &one, (0, 1, &[])).await;
        until_it_shows(&maja, &other, (0, 1, &[])).await;
        bor.say_apart(said).await.unwrap();
        until_it_shows(&maja, &one, (0, 1, &[&other])).await;
        hold.release().await;
        hold_of_bor.release().await;
    });
}
