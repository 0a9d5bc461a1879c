//! PDFs made here: what programs write, what is broken, and what wants too much.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail loudly"
)]

mod hostile;
mod writing;

use kontor_pdf::text;
use rstest::rstest;
use writing::{compressed, file, objects, packed, page, stream};

/// What a file shows, lines and all; empty without text.
fn shown(file: &[u8]) -> String {
    text(file).unwrap_or_default().trim().to_owned()
}

#[rstest]
#[case::western(
    "BT /F1 12 Tf 50 700 Td (\\232tevilka RA-2026/0012) Tj ET",
    "številka RA-2026/0012"
)]
#[case::escapes("BT /F1 12 Tf (a\\(b\\)\\\\ (c)\\\n d) Tj ET", "a(b)\\ (c) d")]
#[case::codes(
    "BT /F2 12 Tf <0052004100010012001000120016000300610002> Tj ET",
    "RA-2026 ač"
)]
#[case::named_glyphs("BT /F3 12 Tf <010203040504060708 09> Tj ET", "RA-2026/čš")]
#[case::kerned("BT /F1 12 Tf [(RA-20) 20 (26/00) -15 (12)] TJ ET", "RA-2026/0012")]
#[case::gap_is_a_space("BT /F1 12 Tf [(PO) -300 (4711)] TJ ET", "PO 4711")]
#[case::lines(
    "BT /F1 12 Tf 50 700 Td (prva) Tj 0 -14 Td (druga) Tj 14 TL T* (tretja) Tj ET",
    "prva\ndruga\ntretja"
)]
#[case::columns("BT /F1 12 Tf 50 700 Td (kos) Tj 200 0 Td (12) Tj ET", "kos 12")]
#[case::pieces_side_by_side("BT /F1 10 Tf 50 700 Td (RA-20) Tj 25 0 Td (26) Tj ET", "RA-2026")]
#[case::pieces_apart("BT /F1 10 Tf 50 700 Td (RA-20) Tj 28 0 Td (26) Tj ET", "RA-20 26")]
#[case::letter_by_letter(
    "BT /F3 10 Tf 1 0 0 1 50 700 Tm <04> Tj 1 0 0 1 55.6 700 Tm <05> Tj 1 0 0 1 61.1 700 Tm <06> Tj ET",
    "206"
)]
#[case::runs_of_composite_letters(
    "BT /F2 10 Tf 1 0 0 1 50 700 Tm <00120010> Tj 1 0 0 1 62 700 Tm <00120016> Tj ET",
    "2026"
)]
#[case::each_in_its_own_box(
    "q 1 0 0 1 50 700 cm BT /F1 10 Tf (RA-20) Tj ET Q q 1 0 0 1 75 700 cm BT /F1 10 Tf (26) Tj ET Q",
    "RA-2026"
)]
#[case::upside_down(
    "q 1 0 0 -1 0 842 cm BT /F1 10 Tf 1 0 0 -1 50 100 Tm (ena) Tj 0 -20 Td (dve) Tj ET Q",
    "ena\ndve"
)]
#[case::raised("BT /F1 10 Tf (RA) Tj 3 Ts (-7) Tj 0 Ts (11) Tj ET", "RA-711")]
#[case::quotes("BT /F1 9 Tf 12 TL (a) ' 1 2 (b) \" ET", "a\nb")]
#[case::a_picture_within(
    "BI /W 1 /H 1 ID \x01(x) Tj\x02 EI BT /F1 9 Tf (za sliko) Tj ET",
    "za sliko"
)]
#[case::comments("BT % (ne) Tj\n/F1 9 Tf (da) Tj ET", "da")]
fn what_a_page_shows_is_read(#[case] content: &str, #[case] want: &str) {
    assert_eq!(shown(&page(content.as_bytes())), want, "plain");
    assert_eq!(
        shown(&compressed(content.as_bytes())),
        want,
        "in streams of objects"
    );
}

const SHOWN: &[u8] = b"BT /F1 12 Tf (RA-2026/0012) Tj ET";

/// Replaces the first of some bytes.
fn with(file: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = file.windows(old.len()).position(|w| w == old).unwrap();
    [&file[..at], new, &file[at + old.len()..]].concat()
}

/// Cuts a file before some bytes.
fn cut(mut file: Vec<u8>, before: &[u8]) -> Vec<u8> {
    let at = file.windows(before.len()).position(|w| w == before);
    file.truncate(at.unwrap());
    file
}

#[rstest]
#[case::table_lies(with(&page(SHOWN), b"0000000009", b"0000099999"))]
#[case::no_table(with(&page(SHOWN), b"xref\n0 11", b"none\n0 11"))]
#[case::cut_before_the_table(cut(page(SHOWN), b"xref\n"))]
#[case::no_catalogue(with(&page(SHOWN), b"/Type/Catalog/Pages", b"/Type/Nothing/Peges"))]
#[case::bytes_before([b"Received: from nobody\r\n".as_slice(), &page(SHOWN)].concat())]
#[case::length_lies(with(&page(SHOWN), b"FlateDecode/Length 4", b"FlateDecode/Length 9"))]
#[case::length_is_nothing(with(&page(SHOWN), b"FlateDecode/Length ", b"FlateDecode/Lengte "))]
#[case::lines_end_as_on_windows(with(&page(SHOWN), b"\nstream\n", b"\r\nstream\r\n"))]
#[case::in_hexadecimal({
    let mut all = objects(b"", 1);
    all[3] = stream("/Filter/AHx", b"4254202f46312031322054662028\n52412d323032362f30303132 2920546a204554>");
    file(&all)
})]
#[case::in_base_85({
    let mut all = objects(b"", 1);
    all[3] = stream("/Filter[/A85]", b"6<#'\\7PQ#?1*BP.+=L,R/M]\"82D6a<0et1#<,*OE;u~>");
    file(&all)
})]
#[case::packed_twice({
    let mut all = objects(b"", 1);
    let twice = writing::deflated(&writing::deflated(SHOWN));
    all[3] = stream("/Filter[/FlateDecode/FlateDecode]", &twice);
    file(&all)
})]
#[case::in_two_streams({
    let mut all = objects(b"", 1);
    all[2] = b"<</Type/Page/Parent 2 0 R/Contents[11 0 R 12 0 R]>>".to_vec();
    all.push(packed("", b"BT /F1 12 Tf (RA-2026/) Tj"));
    all.push(packed("", b"(0012) Tj ET"));
    file(&all)
})]
#[case::written_over([page(b"BT /F1 12 Tf (old) Tj ET"), b"4 0 obj\n".to_vec(), packed("", SHOWN), b"\nendobj\n".to_vec()].concat())]
fn odd_files_are_read_all_the_same(#[case] bytes: Vec<u8>) {
    assert_eq!(shown(&bytes), "RA-2026/0012");
}

#[test]
fn what_a_form_shows_is_read() {
    assert!(shown(&page(b"/X1 Do")).starts_with("V obrazcu 2026-77"));
}

#[test]
fn only_the_first_pages_are_read() {
    let kids: String = (0..60).map(|n| format!("{} 0 R ", 20 + n)).collect();
    let mut all = objects(b"BT /F1 9 Tf (stran) Tj ET", 1);
    all[1] = format!("<</Type/Pages/Kids[{kids}]/Resources<</Font<</F1 5 0 R>>>>>>").into_bytes();
    all.resize(19, b"null".to_vec());
    all.extend((0..60).map(|_| b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_vec()));
    assert_eq!(shown(&file(&all)).matches("stran").count(), 20);
}

#[rstest]
#[case::no_pdf(b"Lep pozdrav".to_vec())]
#[case::empty(Vec::new())]
#[case::scan(page(b"q 100 0 0 100 0 0 cm /Im0 Do Q"))]
#[case::codes_of_nothing(page(b"BT /F9 12 Tf <0041> Tj ET"))]
#[case::encrypted(with(&page(SHOWN), b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R"))]
#[case::too_large([page(SHOWN), vec![b' '; usize::try_from(kontor_pdf::MOST_BYTES).unwrap()]].concat())]
#[case::another_packing({
    let mut all = objects(b"", 1);
    all[3] = stream("/Filter/LZWDecode", SHOWN);
    file(&all)
})]
fn no_text_is_no_text(#[case] bytes: Vec<u8>) {
    assert_eq!(text(&bytes), None);
}
