//! Products: found by words and by code, and forgotten with the company they are of.

use kontor_store::{CustomerRow, MOST_PRODUCTS, ProductRow, Write};
use rstest::rstest;

use crate::support::Profile;

fn put(w: &mut Write<'_>, id: &str, code: &str, name: &str) -> kontor_store::Result<()> {
    w.put_product(&ProductRow {
        id: id.to_owned(),
        version: 1,
        code: code.to_owned(),
        number: format!("00{id}"),
        name: name.to_owned(),
        body: "{}".to_owned(),
    })
}

fn shop() -> Profile {
    let p = Profile::new();
    p.write(|w| {
        w.put_facts_state("one", "{}")?;
        put(w, "1", "VM6", "Vijak M6 × 40")?;
        put(w, "2", "VM60", "Vijak M60")?;
        put(w, "3", "HR-1", "Hrastova deska, čista")?;
        put(w, "4", "", "Čiščenje po VM6")?;
        w.set_products_cursor(7)
    });
    p
}

#[rstest]
#[case::a_beginning("vij", &["1", "2"])]
#[case::without_accents("cista deska", &["3"])]
#[case::number("003", &["3"])]
#[case::the_code_itself_first("vm6", &["1", "2", "4"])]
#[case::all_words("vijak m60", &["2"])]
#[case::not_the_middle("ijak", &[])]
#[case::nothing_typed("  ", &[])]
fn products_are_found_by_words(#[case] text: &str, #[case] want: &[&str]) {
    let p = shop();
    let text = text.to_owned();
    let found = p.store.read(|r| r.products_named(&text, 10)).unwrap();
    let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, want, "{text}");
}

#[test]
fn a_product_has_one_row_until_it_is_sold_no_more() {
    let p = shop();
    let coded = |code: &'static str| p.store.read(|r| r.product_coded(code)).unwrap();
    assert_eq!(coded("HR-1").unwrap().id, "3");
    assert_eq!(coded(""), None, "no code names nothing");
    p.write(|w| put(w, "3", "HR-2", "Hrastova deska"));
    assert_eq!(coded("HR-1"), None, "the code of before");
    assert_eq!(p.store.read(|r| r.product_count()).unwrap(), 4);
    p.write(|w| w.remove_product("3"));
    assert_eq!(p.store.read(|r| r.product("3")).unwrap(), None);
}

#[test]
fn no_more_come_than_a_person_reads() {
    let p = Profile::new();
    p.write(|w| {
        for n in 0..=MOST_PRODUCTS {
            put(w, &n.to_string(), "", "Vijak")?;
        }
        Ok(())
    });
    let few = p.store.read(|r| r.products_named("vijak", 3)).unwrap();
    assert_eq!(few.len(), 3);
    let all = p.store.read(|r| r.products_named("vijak", u32::MAX));
    assert_eq!(all.unwrap().len(), MOST_PRODUCTS as usize);
}

#[test]
fn another_company_has_other_products() {
    let p = shop();
    p.write(|w| w.put_facts_state("two", "{}"));
    let (count, row) = p
        .store
        .read(|r| Ok((r.product_count()?, r.facts()?)))
        .unwrap();
    assert_eq!((count, row.unwrap().products), (0, 0));
}

#[test]
fn a_customer_that_is_gone_answers_for_its_address_while_nobody_else_has_it() {
    let p = Profile::new();
    let put = |w: &mut Write<'_>, id: &str, gone: bool| {
        let row = CustomerRow {
            id: id.to_owned(),
            version: 1,
            name: format!("Firma {id}"),
            gone,
        };
        w.put_customer(&row, &["ana@firma.example".to_owned()])
    };
    let whose = || {
        let rows = p
            .store
            .read(|r| r.customers_of_address("ana@firma.example"));
        let ids = rows.unwrap().into_iter().map(|row| (row.id, row.gone));
        ids.collect::<Vec<_>>()
    };
    p.write(move |w| put(w, "1", true));
    assert_eq!(
        whose(),
        [("1".to_owned(), true)],
        "its documents are read on"
    );
    p.write(move |w| put(w, "2", false));
    assert_eq!(whose(), [("2".to_owned(), false)], "two were made one");
}
