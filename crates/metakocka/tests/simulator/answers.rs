//! Answers nobody can use: whatever is asked, each is an error that says why, and none is taken for an empty list.

use kontor_metakocka::{
    Client, DocType, Error, MkId, PartnerKey, ProductQuery, Search, StockQuery,
};
use kontor_simulators::metakocka::{Fault, SPOILED};
use rstest::rstest;

use super::lost::writes;
use super::writes::{order, trace};
use super::{client, company, kind};

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    Search,
    Light,
    Discovery,
    Document,
    Partner,
    Products,
    Stock,
}

async fn read(client: &Client, what: Reads) -> Result<(), Error> {
    let orders = Search::of(DocType::SalesOrder);
    match what {
        Reads::Search => client.search(&orders).await.map(drop),
        Reads::Light => client.search_light(&orders).await.map(drop),
        Reads::Discovery => client.discovery().await.map(drop),
        Reads::Document => {
            let id = MkId::new("400000000001");
            let read = client.get_document(&DocType::SalesOrder, &id, &[]);
            read.await.map(drop)
        }
        Reads::Partner => {
            let key = PartnerKey::Name("a".to_owned());
            client.get_partner(&key).await.map(drop)
        }
        Reads::Products => {
            let all = ProductQuery::default();
            client.product_list(&all).await.map(drop)
        }
        Reads::Stock => {
            let all = StockQuery::default();
            client.warehouse_stock(&all).await.map(drop)
        }
    }
}

/// The kinds of error that say it well.
fn want(what: &str) -> &'static [&'static str] {
    match what {
        "page" | "page said to be JSON" | "redirect" => &["NotMetakocka"],
        "refusal under 200" => &["Refused"],
        "out of order" => &["Unreachable"],
        _ => &["Garbled"],
    }
}

#[rstest]
#[tokio::test]
async fn what_is_no_answer_is_never_taken_for_nothing_there(
    #[values(
        Reads::Search,
        Reads::Light,
        Reads::Discovery,
        Reads::Document,
        Reads::Partner,
        Reads::Products,
        Reads::Stock
    )]
    what: Reads,
) {
    let company = company();
    for spoiled in &SPOILED {
        // A breaker of its own: that many in a row are no company.
        let client = client(&company);
        company.fail(4, Fault::Says(spoiled));
        let error = read(&client, what).await.expect_err(spoiled.what);
        let kind = kind(&error);
        assert!(
            want(spoiled.what).contains(&kind.as_str()),
            "{} by {what:?}: {error:?}",
            spoiled.what
        );
        let words = error.to_string();
        assert!(!words.contains('<') && words.ends_with('.'), "{words}");
        assert!(!words.contains(company.secret_key()), "{words}");
        company.well();
    }
}

#[tokio::test]
async fn a_write_answered_by_rubbish_may_have_happened() {
    let company = company();
    let draft = order(&client(&company)).await;
    for spoiled in &SPOILED {
        let client = client(&company);
        let before = company.statistics().calls_of("put_document");
        company.fail_call("put_document", 1, Fault::Says(spoiled));
        let written = client.put_document(&draft, &trace("s")).await;
        let kind = kind(&written.expect_err(spoiled.what));
        let clear = matches!(spoiled.what, "refusal under 200" | "redirect");
        assert_eq!(kind != "UnknownOutcome", clear, "{}: {kind}", spoiled.what);
        let sent = company.statistics().calls_of("put_document") - before;
        assert_eq!(sent, 1, "{}: once and never again", spoiled.what);
    }
    assert_eq!(writes(&company, &trace("s")), 0);
}
