use std::collections::BTreeSet;

use kontor_metakocka::{
    DocType, Document, Filter, Light, Order, PartnerKey, Product, ProductQuery, REPORT_OF_BILLS,
    Search, Show, StockQuery, summed,
};

use rstest::rstest;
use serde_json::json;

use super::{client, company, kind, knows_every_field};

#[tokio::test]
async fn every_sales_document_is_walked_to_without_a_defect() {
    let company = company();
    let client = client(&company);
    let mut all = 0;
    for doc_type in DocType::SALES {
        let show = [
            Show::Payments,
            Show::Lines,
            Show::TaxFactor,
            Show::CreditNotes,
        ];
        let mut walk = client.walk::<Document>(Search::of(doc_type.clone()).show(show));
        let mut ids = BTreeSet::new();
        let mut total = None;
        while let Some(step) = walk.next().await.expect("a page") {
            assert_eq!(step.defects, [], "{doc_type}");
            assert!(!step.shifted, "nothing changes meanwhile");
            total = step.total;
            for document in step.items {
                assert_eq!(document.doc_type, doc_type);
                assert!(document.count_code.is_some() && document.doc_date.is_some());
                assert!(document.partner.as_ref().is_some_and(|p| p.mk_id.is_some()));
                assert!(!document.lines.is_empty() && document.sums.all.is_some());
                assert!(ids.insert(document.mk_id), "each once");
            }
        }
        assert_eq!(Some(ids.len() as u64), total, "{doc_type}: all of them");
        all += ids.len();
    }
    assert!(all > 300, "the sample is there: {all}");
    knows_every_field(&company);
}

#[tokio::test]
async fn a_light_walk_finds_the_same_documents() {
    let company = company();
    let client = client(&company);
    let mut full = client.walk::<Document>(Search::of(DocType::SalesOrder));
    let mut light = client.walk::<Light>(Search::of(DocType::SalesOrder));
    while let Some(step) = full.next().await.expect("a page") {
        let same = light.next().await.expect("a page").expect("as many pages");
        let ids = |step: &[Document]| step.iter().map(|d| d.mk_id.clone()).collect::<Vec<_>>();
        let light_ids: Vec<_> = same.items.iter().map(|d| d.mk_id.clone()).collect();
        assert_eq!(ids(&step.items), light_ids);
        assert!(same.items.iter().all(|d| d.count_code.is_some()));
    }
    assert!(light.next().await.expect("the end").is_none());
}

#[tokio::test]
async fn a_document_alone_is_the_one_of_the_search() {
    let company = company();
    let client = client(&company);
    for doc_type in DocType::SALES {
        let page = client
            .search(&Search::of(doc_type.clone()))
            .await
            .expect("a page");
        let Some(found) = page.items.first() else {
            continue;
        };
        let (alone, defects) = client
            .get_document(&doc_type, &found.mk_id, &[])
            .await
            .expect("the document");
        assert_eq!(defects, []);
        assert_eq!(alone.count_code, found.count_code);
        assert_eq!(alone.sums, found.sums);
    }
    let error = client
        .get_document(&DocType::SalesOrder, &"17".into_id(), &[])
        .await
        .expect_err("not there");
    assert_eq!(kind(&error), "NotFound", "{error}");
}

/// Ids in tests.
trait IntoId {
    fn into_id(self) -> kontor_metakocka::MkId;
}

impl IntoId for &str {
    fn into_id(self) -> kontor_metakocka::MkId {
        kontor_metakocka::MkId::new(self)
    }
}

#[tokio::test]
async fn filters_that_are_offered_work_and_others_are_refused() {
    let company = company();
    let client = client(&company);
    let known = client.discovery().await.expect("filters");
    assert!(known.knows(&DocType::SalesOrder, "last_change_from"));
    assert!(
        !known.knows(&DocType::SalesOffer, "doc_date_from"),
        "offers have no dates"
    );
    let newest = Search::of(DocType::SalesOrder).order(Order::NewestFirst);
    let page = client.search(&newest).await.expect("a page");
    let first = page.items.first().expect("an order");
    let partner = first
        .partner
        .as_ref()
        .and_then(|p| p.mk_id.clone())
        .expect("a partner");
    let date = first.doc_date.expect("a day");
    let of_partner = newest
        .clone()
        .filter(Filter::Partner(partner.clone()))
        .filter(Filter::DateFrom(date))
        .filter(Filter::DateTo(date));
    let found = client.search(&of_partner).await.expect("a page");
    assert!(found.items.iter().any(|d| d.mk_id == first.mk_id));
    let all_theirs = found.items.iter().all(|d| {
        d.doc_date == Some(date)
            && d.partner.as_ref().and_then(|p| p.mk_id.as_ref()) == Some(&partner)
    });
    assert!(all_theirs, "and nobody else's");
    let changed = first.last_change.expect("a moment");
    let since = client
        .search(&newest.clone().filter(Filter::ChangedFrom(changed)))
        .await
        .expect("a page");
    assert!(
        since.items.iter().any(|d| d.mk_id == first.mk_id),
        "from then on, inclusive"
    );
    let offers = Search::of(DocType::SalesOffer).filter(Filter::DateFrom(date));
    let error = client
        .search(&offers)
        .await
        .expect_err("offers do not know it");
    assert_eq!(kind(&error), "Refused", "{error}");
}

#[rstest]
#[case(DocType::PurchaseOrder)]
#[case(DocType::PurchaseBillDomestic)]
#[case(DocType::PurchaseBillForeign)]
#[case(DocType::PurchaseBillPrepaid)]
#[case(DocType::PurchaseBillCreditNote)]
#[tokio::test]
async fn papers_of_purchase_are_read_by_their_names(#[case] doc_type: DocType) {
    let company = company();
    let client = client(&company);
    let supplier = json!({ "partner": { "customer": "Žagar les d.o.o.", "supplier": "true" } });
    let supplier = company
        .control("new_partner", &supplier)
        .expect("a partner");
    let paper = json!({
        "doc_type": doc_type.as_str(), "doc_date": "2026-11-18+01:00",
        "partner": { "mk_id": supplier["mk_id"] }, "credit_note_type": "standalone",
        "service_to_date": "2026-11-18+01:00", "duo_payment": "2026-12-18+01:00",
        "product_list": [{ "code": "HP26AB", "amount": "2", "price": "50", "tax": "EX4" }],
    });
    let made = company.new_document(&paper).expect("a document");
    let page = client
        .search(&Search::of(doc_type.clone()))
        .await
        .expect("a page");
    let [found] = page.items.as_slice() else {
        panic!("one of them: {:?}", page.items);
    };
    assert_eq!(found.mk_id.as_str(), made["mk_id"]);
    assert_eq!((&found.doc_type, page.defects.len()), (&doc_type, 0));
    assert!(found.sums.all.is_some());
    let due = found.bill.due;
    assert_eq!(due.is_some(), doc_type != DocType::PurchaseOrder);
    knows_every_field(&company);
}

#[tokio::test]
async fn searching_what_there_is_none_of_is_an_empty_page() {
    let company = company();
    let client = client(&company);
    for doc_type in ["complaint", "purchase_bill_prepaid", "workorder"] {
        let page = client
            .search(&Search::of(DocType::from(doc_type)))
            .await
            .expect("a page");
        assert_eq!(
            (page.items.len(), page.next_offset()),
            (0, None),
            "{doc_type}"
        );
    }
    let error = client
        .search(&Search::of(DocType::from("napaka")))
        .await
        .expect_err("no type");
    assert_eq!(kind(&error), "Refused", "{error}");
}

#[tokio::test]
async fn partners_are_found_by_what_one_knows_of_them() {
    let company = company();
    let client = client(&company);
    let page = client
        .search(&Search::of(DocType::SalesOrder))
        .await
        .expect("a page");
    let with_mail = page.items.iter().find_map(|d| {
        let partner = d.partner.as_ref()?;
        Some((
            partner.mk_id.clone()?,
            partner.contact.as_ref()?.email.clone()?,
        ))
    });
    let (id, email) = with_mail.expect("a partner with an address");
    let by_id = client
        .get_partner(&PartnerKey::Id(id.clone()))
        .await
        .expect("found");
    assert_eq!(by_id.defects, []);
    let partner = by_id.items.first().expect("the partner");
    assert!(partner.has_email(&email) && !partner.addresses.is_empty());
    let by_mail = client
        .get_partner(&PartnerKey::Email(email))
        .await
        .expect("found");
    assert!(by_mail.items.iter().any(|p| p.mk_id == id));
    let name = partner.name.clone().expect("a name");
    let by_name = client
        .get_partner(&PartnerKey::Name(name))
        .await
        .expect("found");
    assert!(by_name.items.iter().any(|p| p.mk_id == id));
    let nobody = PartnerKey::Email("nihce@nikjer.example".to_owned());
    let none = client.get_partner(&nobody).await.expect("no failure");
    assert_eq!(
        (none.items.len(), none.next_offset()),
        (0, None),
        "nobody is no error"
    );
    knows_every_field(&company);
}

#[tokio::test]
async fn products_have_prices_and_stock_adds_up() {
    let company = company();
    let client = client(&company);
    let query = ProductQuery {
        with_prices: true,
        with_stock: true,
        with_categories: true,
        limit: 25,
        ..ProductQuery::default()
    };
    let mut walk = client.walk::<Product>(query);
    let mut products = Vec::new();
    while let Some(step) = walk.next().await.expect("a page") {
        assert_eq!(step.defects, []);
        products.extend(step.items);
    }
    let ids: BTreeSet<_> = products.iter().map(|p| p.mk_id.clone()).collect();
    assert_eq!(
        (ids.len(), products.len()),
        (60, 60),
        "all of them, each once"
    );
    let priced = products
        .iter()
        .filter(|p| p.price_lists.iter().any(|l| !l.prices.is_empty()));
    assert!(priced.count() > 30);
    let warehouses = client.warehouse_list().await.expect("warehouses");
    assert!(warehouses.items.iter().all(|w| w.mark.is_some()) && !warehouses.items.is_empty());
    let stock = client
        .warehouse_stock(&StockQuery::default())
        .await
        .expect("stock");
    assert_eq!(stock.defects, []);
    assert!(summed(&stock.items).len() <= stock.items.len());
    let product = stock
        .items
        .first()
        .map(|row| row.product.clone())
        .expect("a row");
    let one = StockQuery {
        products: vec![product.clone()],
        ..StockQuery::default()
    };
    let rows = client.warehouse_stock(&one).await.expect("stock").items;
    assert!(!rows.is_empty() && rows.iter().all(|row| row.product == product));
    knows_every_field(&company);
}

#[tokio::test]
async fn a_bill_is_printed_and_what_cannot_be_is_an_error() {
    let company = company();
    let client = client(&company);
    let bills = client
        .search(&Search::of(DocType::SalesBillDomestic))
        .await
        .expect("a page");
    let bill = bills.items.first().expect("a bill");
    let pdf = client
        .report(&bill.mk_id, REPORT_OF_BILLS, Some("en"))
        .await
        .expect("a PDF");
    assert!(pdf.starts_with(b"%PDF"));
    let error = client
        .report(&bill.mk_id, "9999", None)
        .await
        .expect_err("no such report");
    assert_eq!(kind(&error), "Refused", "{error}");
    let error = client.report(&"17".into_id(), REPORT_OF_BILLS, None).await;
    assert_eq!(kind(&error.expect_err("no such document")), "NotFound");
    knows_every_field(&company);
}
