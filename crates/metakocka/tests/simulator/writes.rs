use jiff::civil::Date;
use kontor_metakocka::{
    AddressDraft, Attachment, Changes, Client, ContactDraft, Decimal, DocType, Document,
    DocumentDraft, FileDraft, LineDraft, LinePrice, LineTax, MkId, Order, PartnerDraft, PartnerKey,
    PartnerRef, PartnerUpdate, ProductQuery, Search, Show, Trace,
};

use super::lost::writes;
use super::{client, company, kind, knows_every_field};

pub(super) fn day() -> Date {
    "2026-11-19".parse().expect("a day")
}

pub(super) fn trace(id: &str) -> Trace {
    Trace::new(format!("kontor:{id}")).expect("a trace")
}

/// An order of two of the first product for the newest order's partner.
pub(super) async fn order(client: &Client) -> DocumentDraft {
    let newest = Search::of(DocType::SalesOrder).order(Order::NewestFirst);
    let page = client.search(&newest).await.expect("a page");
    let partner = page
        .items
        .first()
        .and_then(|d| d.partner.clone())
        .expect("a partner");
    let products = client
        .product_list(&ProductQuery::default())
        .await
        .expect("products");
    let code = products
        .items
        .first()
        .and_then(|p| p.code.clone())
        .expect("a code");
    let partner = PartnerRef {
        mk_id: partner.mk_id.expect("an id"),
        mk_address_id: partner.mk_address_id,
    };
    let mut draft = DocumentDraft::new(DocType::SalesOrder, day(), partner);
    draft.lines.push(LineDraft {
        code,
        amount: 2.into(),
        price: LinePrice::Net("24.80".parse().expect("a number")),
        tax: LineTax::Code("EX4".to_owned()),
        discount: None,
        doc_desc: None,
    });
    draft
}

#[tokio::test]
async fn an_order_is_written_and_read_back_as_it_was_meant() {
    let company = company();
    let client = client(&company);
    let mut draft = order(&client).await;
    draft.title = Some("Žični regal".to_owned());
    draft.buyer_order = Some("PO-2026/9".to_owned());
    let written = client
        .put_document(&draft, &trace("1"))
        .await
        .expect("written");
    assert_eq!(
        written.partner.as_ref(),
        Some(&draft.partner.mk_id),
        "no new partner was made"
    );
    let (read, defects) = client
        .get_document(&DocType::SalesOrder, &written.mk_id, &[Show::Changes])
        .await
        .expect("read back");
    assert_eq!(defects, []);
    assert_eq!(
        (read.count_code.clone(), read.sums.all),
        (written.count_code, written.total)
    );
    assert_eq!(
        (read.title, read.buyer_order),
        (draft.title, draft.buyer_order)
    );
    assert_eq!(read.doc_date, Some(day()));
    let line = read.lines.first().expect("the line");
    assert_eq!(
        (line.amount, line.code.as_ref()),
        (Some(2.into()), draft.lines.first().map(|l| &l.code))
    );
    assert!(!read.changes.is_empty());
    knows_every_field(&company);
}

#[tokio::test]
async fn what_the_service_refuses_is_said_and_nothing_is_left_behind() {
    let company = company();
    let client = client(&company);
    let mut draft = order(&client).await;
    for line in &mut draft.lines {
        line.code = "TEGA-NI".to_owned();
    }
    let error = client
        .put_document(&draft, &trace("6"))
        .await
        .expect_err("refused");
    assert_eq!(kind(&error), "Refused");
    assert!(
        error.to_string().contains("TEGA-NI") && !error.to_string().contains('<'),
        "{error}"
    );
    assert_eq!(writes(&company, &trace("6")), 0);
}

async fn written(client: &Client) -> (DocumentDraft, MkId) {
    let draft = order(client).await;
    let written = client
        .put_document(&draft, &trace("w"))
        .await
        .expect("written");
    (draft, written.mk_id)
}

async fn read(client: &Client, id: &MkId) -> Document {
    let show = [Show::Lines, Show::Payments, Show::Attachments];
    let read = client.get_document(&DocType::SalesOrder, id, &show).await;
    read.expect("read back").0
}

#[tokio::test]
async fn an_order_is_changed_in_parts() {
    let company = company();
    let client = client(&company);
    let (draft, id) = written(&client).await;
    let before = read(&client, &id).await;
    let row = before
        .lines
        .first()
        .and_then(|l| l.row_id.clone())
        .expect("a row");
    let line = draft.lines.first().cloned().expect("a line");
    let changes = Changes {
        notes: Some("Dostava pred 8. uro".to_owned()),
        tracking_code: Some("CE123".to_owned()),
        lines: vec![
            (
                Some(row),
                LineDraft {
                    amount: 3.into(),
                    ..line.clone()
                },
            ),
            (
                None,
                LineDraft {
                    amount: 5.into(),
                    ..line
                },
            ),
        ],
        ..Changes::default()
    };
    let done = client
        .update_document(&DocType::SalesOrder, &id, &changes, Some(&trace("u")))
        .await;
    done.expect("changed");
    let after = read(&client, &id).await;
    let amounts: Vec<Option<Decimal>> = after.lines.iter().map(|l| l.amount).collect();
    assert_eq!(
        amounts,
        [Some(3.into()), Some(5.into())],
        "one changed, one added"
    );
    assert_eq!(after.notes, changes.notes);
    let row = after
        .lines
        .first()
        .and_then(|l| l.row_id.clone())
        .expect("a row");
    let fewer = Changes {
        remove: vec![row],
        clear: vec!["notes".to_owned()],
        ..Changes::default()
    };
    client
        .update_document(&DocType::SalesOrder, &id, &fewer, None)
        .await
        .expect("changed");
    let last = read(&client, &id).await;
    assert_eq!((last.lines.len(), last.notes), (1, None));
    knows_every_field(&company);
}

#[tokio::test]
async fn a_state_is_set_and_an_order_deleted() {
    let company = company();
    let client = client(&company);
    let (_, id) = written(&client).await;
    let set = client
        .change_document_status(
            &DocType::SalesOrder,
            &id,
            "shipped",
            Some("ana@hrastvijak.example"),
        )
        .await;
    set.expect("set");
    assert_eq!(
        read(&client, &id).await.status_desc.as_deref(),
        Some("shipped")
    );
    let error = client
        .change_document_status(&DocType::SalesOrder, &id, "tega ni", None)
        .await;
    assert_eq!(kind(&error.expect_err("no such state")), "Refused");
    client
        .delete_document(&DocType::SalesOrder, &id)
        .await
        .expect("deleted");
    let gone = client
        .get_document(&DocType::SalesOrder, &id, &[])
        .await
        .expect_err("gone");
    assert_eq!(kind(&gone), "NotFound", "{gone}");
    let again = client
        .delete_document(&DocType::SalesOrder, &id)
        .await
        .expect_err("gone");
    assert_eq!(kind(&again), "NotFound", "{again}");
    knows_every_field(&company);
}

#[tokio::test]
async fn a_document_can_be_replaced_as_a_whole() {
    let company = company();
    let client = client(&company);
    let (mut draft, id) = written(&client).await;
    draft.replaces = Some(id.clone());
    draft.title = Some("Popravek".to_owned());
    let again = client
        .put_document(&draft, &trace("r"))
        .await
        .expect("written");
    assert_eq!(again.mk_id, id, "the same document");
    assert_eq!(read(&client, &id).await.title, draft.title);
}

#[tokio::test]
async fn a_file_is_attached() {
    let company = company();
    let client = client(&company);
    let (_, id) = written(&client).await;
    let file = FileDraft::new("naročilo.pdf", b"%PDF-1.4");
    client
        .add_attachment(&DocType::SalesOrder, &id, vec![file])
        .await
        .expect("attached");
    let files = client
        .attachments(&DocType::SalesOrder, &id)
        .await
        .expect("read");
    assert_eq!(files.len(), 1);
    let bytes = client.attached_bytes(&files[0]).await.expect("fetched");
    assert_eq!(bytes.as_deref(), Some(&b"%PDF-1.4"[..]));
    let elsewhere = Attachment {
        file_name: None,
        source_url: Some("http://127.0.0.1:1/file".to_owned()),
    };
    let unread = client.attached_bytes(&elsewhere).await;
    assert_eq!(unread, Ok(None), "nobody else's address is asked");
    let gone = Attachment {
        source_url: Some(format!("{}/files/1", company.base_url())),
        ..elsewhere
    };
    assert_eq!(client.attached_bytes(&gone).await, Ok(None));
    knows_every_field(&company);
}

pub(super) fn newcomer() -> PartnerDraft {
    PartnerDraft {
        name: "Žičarna Šmartno d.o.o.".to_owned(),
        business_entity: true,
        taxpayer: true,
        buyer: true,
        tax_number: Some("SI99887766".to_owned()),
        address: AddressDraft {
            street: Some("Na griču 7".to_owned()),
            post_number: Some("1275".to_owned()),
            place: Some("Šmartno pri Litiji".to_owned()),
            country: Some("Slovenija".to_owned()),
            ..AddressDraft::default()
        },
        contact: Some(ContactDraft {
            name: Some("Živa Ščuka".to_owned()),
            email: Some("ziva@zicarna.example".to_owned()),
            ..ContactDraft::default()
        }),
        ..PartnerDraft::default()
    }
}

#[tokio::test]
async fn a_partner_is_added_and_gets_another_contact() {
    let company = company();
    let client = client(&company);
    let added = client.add_partner(&newcomer()).await.expect("added");
    let address = added.addresses.first().cloned().expect("an address");
    let mut update = PartnerUpdate::of(added.mk_id.clone());
    update.contacts.push(ContactDraft {
        mk_address_id: Some(address),
        name: Some("Črt Žan".to_owned()),
        email: Some("crt@zicarna.example".to_owned()),
        ..ContactDraft::default()
    });
    let now = client
        .update_partner(&update)
        .await
        .expect("changed")
        .expect("as it is now");
    assert_eq!(now.contacts.len(), 2);
    let found = client
        .get_partner(&PartnerKey::Email("CRT@zicarna.example".to_owned()))
        .await;
    assert_eq!(
        found.expect("found").items.first().map(|p| p.mk_id.clone()),
        Some(added.mk_id)
    );
    knows_every_field(&company);
}
