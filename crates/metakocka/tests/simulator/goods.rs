//! Products written, prints in the background, messages, lanes of searches.

use std::time::Duration;

use kontor_metakocka::{
    Client, DocType, EmailMessage, LinePrice, LineTax, Message, MessagesAsked, MkId, PhoneMessage,
    PhoneWay, PriceDraft, PriceListDraft, Printing, Product, ProductDraft, ProductQuery,
    ProductUpdate, REPORT_OF_BILLS, Search, Sent,
};
use kontor_simulators::metakocka::Fault;
use kontor_simulators::{Metakocka, Options};
use rstest::rstest;

use super::{client, company, config, kind, knows_every_field};

fn shelf() -> ProductDraft {
    ProductDraft {
        code: "REG-900".to_owned(),
        name: "Regal Žiga".to_owned(),
        unit: "kos".to_owned(),
        name_desc: Some("<p>Jeklen</p>".to_owned()),
        barcode: Some("3830000000017".to_owned()),
        sales: true,
        categories: vec![vec!["Skladišče".to_owned()]],
        price_lists: vec![PriceListDraft {
            count_code: "1".to_owned(),
            prices: vec![PriceDraft {
                amount_from: Some(1.into()),
                price: LinePrice::Net("49.90".parse().expect("a number")),
                tax: LineTax::Code("EX4".to_owned()),
            }],
        }],
        ..ProductDraft::default()
    }
}

async fn coded(client: &Client, code: &str) -> Option<Product> {
    let query = ProductQuery {
        code: Some(code.to_owned()),
        with_prices: true,
        with_categories: true,
        ..ProductQuery::default()
    };
    let page = client.product_list(&query).await.expect("a page");
    page.items.into_iter().next()
}

#[tokio::test]
async fn a_product_is_added_and_read_back() {
    let company = company();
    let client = client(&company);
    let added = client.add_product(&shelf()).await.expect("added");
    let read = coded(&client, "REG-900").await.expect("it is there");
    assert_eq!(read.mk_id, added.mk_id);
    assert_eq!(read.count_code, added.count_code);
    assert_eq!(read.name.as_deref(), Some("Regal Žiga"));
    assert_eq!(read.categories, ["Skladišče"]);
    let price = read.price_lists[0].prices[0].price;
    assert_eq!(price, Some("49.90".parse().expect("a number")));
    let again = client
        .add_product(&shelf())
        .await
        .expect_err("a code is one");
    assert_eq!(kind(&again), "Refused", "{again}");
    knows_every_field(&company);
}

#[tokio::test]
async fn a_change_of_a_product_touches_what_it_names_and_empties_only_what_is_said_to_be_empty() {
    let company = company();
    let client = client(&company);
    let added = client.add_product(&shelf()).await.expect("added");
    let update = ProductUpdate {
        name: Some("Regal Žiga II".to_owned()),
        barcode: Some(String::new()),
        ..ProductUpdate::of(added.mk_id)
    };
    client.update_product(&update).await.expect("changed");
    let read = coded(&client, "REG-900").await.expect("it is there");
    assert_eq!(read.name.as_deref(), Some("Regal Žiga II"));
    assert_eq!(read.barcode, None, "emptied by the service's own word");
    assert_eq!(
        read.name_desc.as_deref(),
        Some("<p>Jeklen</p>"),
        "untouched"
    );
    let nobody = ProductUpdate {
        name: Some("x".to_owned()),
        ..ProductUpdate::of(MkId::new("17"))
    };
    let error = client.update_product(&nobody).await.expect_err("unknown");
    assert_eq!(kind(&error), "Refused", "{error}");
    knows_every_field(&company);
}

#[rstest]
#[case::no_code(ProductDraft { code: " ".to_owned(), ..shelf() }, "code")]
#[case::no_unit(ProductDraft { unit: String::new(), ..shelf() }, "unit")]
#[case::long_code(ProductDraft { code: "č".repeat(21), ..shelf() }, "20")]
#[case::long_name(ProductDraft { name: "a".repeat(201), ..shelf() }, "200")]
#[case::long_number(ProductDraft { count_code: Some("1".repeat(31)), ..shelf() }, "30")]
#[tokio::test]
async fn a_product_the_service_would_refuse_or_cut_is_not_sent(
    #[case] draft: ProductDraft,
    #[case] why: &str,
) {
    let company = company();
    let error = client(&company)
        .add_product(&draft)
        .await
        .expect_err("not sent");
    assert_eq!(kind(&error), "Settings");
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(company.statistics().calls_of("product_add"), 0);
}

#[tokio::test]
async fn a_product_without_an_answer_is_found_by_its_code() {
    let company = company();
    let client = client(&company);
    company.fail_call("product_add", 1, Fault::DropAfter);
    let error = client.add_product(&shelf()).await.expect_err("lost");
    assert_eq!(kind(&error), "UnknownOutcome");
    assert!(coded(&client, "REG-900").await.is_some());
    assert_eq!(company.statistics().calls_of("product_add"), 1);
}

#[tokio::test]
async fn a_long_print_is_begun_watched_and_fetched() {
    let company = company();
    let client = client(&company);
    let bills = Search::of(DocType::SalesBillDomestic);
    let bills = client.search(&bills).await.expect("a page");
    let bill = &bills.items[0].mk_id;
    let print = client.begin_report(bill, REPORT_OF_BILLS, None).await;
    let print = print.expect("begun");
    let first = client.report_progress(&print).await.expect("told");
    assert!(
        matches!(&first, Printing::Going(said) if said.contains("9 / 23")),
        "{first:?}"
    );
    let Printing::Ready(url) = client.report_progress(&print).await.expect("told") else {
        panic!("it is ready the second time");
    };
    let pdf = client.fetch_report(&url).await.expect("a PDF");
    assert!(pdf.starts_with(b"%PDF"));
    knows_every_field(&company);

    let missing = format!("{}/files/17", company.base_url());
    let error = client.fetch_report(&missing).await.expect_err("not there");
    assert_eq!(kind(&error), "NotMetakocka", "{error}");
    let elsewhere = "http://127.0.0.1:1/files/1";
    let error = client.fetch_report(elsewhere).await.expect_err("not asked");
    assert_eq!(kind(&error), "Garbled", "{error}");
    let forgotten = self::company();
    let other = self::client(&forgotten);
    let error = other.report_progress(&print).await.expect_err("unknown");
    assert_eq!(kind(&error), "NotFound", "{error}");
}

fn sms(to: &str) -> Message {
    Message::Phone(PhoneMessage {
        way: PhoneWay::Sms,
        to: to.to_owned(),
        country: Some("SI".to_owned()),
        text: "Vaša pošiljka je na poti.".to_owned(),
        sender: Some("Hrast".to_owned()),
        connection: None,
        marketing: false,
    })
}

#[tokio::test]
async fn of_several_messages_each_has_its_own_end() {
    let company = company();
    let client = client(&company);
    let mail = Message::Email(EmailMessage {
        from: "prodaja@hrastvijak.example".to_owned(),
        to: vec![
            "bor@kupec.example".to_owned(),
            "cene@kupec.example".to_owned(),
        ],
        subject: "Dobava".to_owned(),
        html: Some("<p>Jutri</p>".to_owned()),
        ..EmailMessage::default()
    });
    let messages = [sms("+386 41 111 222"), sms("123"), mail];
    let sent = client.send_messages(&messages).await.expect("answered");
    assert!(matches!(&sent[0], Sent::Queued(_)), "{sent:?}");
    let refused = Sent::Refused("to_number : Telefonska številka ni veljavna".to_owned());
    assert_eq!(sent[1], refused, "the service's words without HTML");
    assert!(matches!(&sent[2], Sent::Queued(_)), "{sent:?}");
    let asked = MessagesAsked {
        way: PhoneWay::Sms,
        document: None,
        came_since: None,
    };
    let threads = client.messages(&asked).await.expect("conversations");
    assert_eq!(threads.len(), 1, "one alone is a bare object: {threads:?}");
    assert_eq!(threads[0].to.as_deref(), Some("+386 41 111 222"));
    assert!(!threads[0].messages[0].inbound);
    assert!(threads[0].messages[0].created.is_some());
    knows_every_field(&company);
}

#[tokio::test]
async fn messages_whose_answer_is_lost_are_not_sent_again() {
    let company = company();
    let client = client(&company);
    company.fail_call("send_message", 1, Fault::DropAfter);
    let lost = client.send_messages(&[sms("+386 41 111 222")]).await;
    assert_eq!(kind(&lost.expect_err("lost")), "UnknownOutcome");
    assert_eq!(company.statistics().applied["/rest/eshop/send_message"], 1);
    let nobody = client.send_messages(&[sms(" ")]).await;
    assert_eq!(kind(&nobody.expect_err("not sent")), "Settings");
    assert_eq!(company.statistics().calls_of("send_message"), 1);
}

/// Searches of three clients at once, each in a lane of its own where there are some.
async fn running(groups: u8) -> u64 {
    let options = Options {
        search_groups: groups,
        ..Options::small()
    };
    let company = Metakocka::start(options).expect("the simulator starts");
    company.slow(Duration::from_millis(150));
    let lane = |group: Option<u8>| {
        let mut config = config(&company);
        config.search_group = group;
        Client::new(config).expect("a client")
    };
    let clients = [lane(None), lane(Some(1)), lane(Some(2))];
    let orders = Search::of(DocType::SalesOrder);
    let [one, two, three] = &clients;
    let (one, two, three) = tokio::join!(
        one.search_light(&orders),
        two.search_light(&orders),
        three.search_light(&orders)
    );
    one.and(two).and(three).expect("all are answered");
    company.statistics().most_running_searches
}

#[rstest]
#[case::as_everybody_has_it(0, 1)]
#[case::one_more(1, 2)]
#[case::two_more(2, 3)]
#[tokio::test]
async fn searches_run_beside_each_other_only_in_lanes_that_were_set_up(
    #[case] groups: u8,
    #[case] want: u64,
) {
    assert_eq!(running(groups).await, want);
}
