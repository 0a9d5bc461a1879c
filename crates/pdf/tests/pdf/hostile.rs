//! Files that were made to hurt: they end, and soon.

use kontor_pdf::{MOST_TEXT, text};
use proptest::prelude::*;
use rstest::rstest;

use crate::writing::{compressed, deflated, file, objects, packed, page, stream};

/// A file whose page is this stream.
fn showing(content: Vec<u8>) -> Vec<u8> {
    let mut all = objects(b"", 1);
    all[3] = content;
    file(&all)
}

fn nested(open: &str, times: usize) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj\n{}\nendobj\ntrailer<</Root 1 0 R>>",
        open.repeat(times)
    )
    .into_bytes()
}

#[rstest]
#[case::unpacks_to_very_much(showing(packed("", &vec![b' '; 40 << 20])))]
#[case::unpacks_to_much_twice(showing(stream(
    "/Filter[/FlateDecode/FlateDecode]",
    &deflated(&deflated(&vec![b' '; 40 << 20]))
)))]
#[case::unpacks_to_much_on_every_page(file(&{
    let mut all = objects(&vec![b' '; 15 << 20], 1);
    let kids: String = (0..20).map(|n| format!("{} 0 R ", 20 + n)).collect();
    all[1] = format!("<</Kids[{kids}]>>").into_bytes();
    all.resize(19, b"null".to_vec());
    all.extend((0..20).map(|_| b"<</Contents[4 0 R 4 0 R 4 0 R 4 0 R 4 0 R]>>".to_vec()));
    all
}))]
#[case::arrays_in_arrays(nested("[", 1 << 17))]
#[case::dictionaries_in_dictionaries(nested("<</A", 1 << 17))]
#[case::arrays_in_a_program(page("[".repeat(1 << 17).as_bytes()))]
#[case::one_array_of_very_much(page(format!("[{}] TJ", "0 ".repeat(1 << 20)).as_bytes()))]
#[case::streams_without_an_end([b"%PDF-1.7\n".to_vec(), b"1 0 obj<<>>stream\n".repeat(1 << 17)].concat())]
#[case::objects_without_an_end([b"%PDF-1.7\n".to_vec(), b"1 0 obj ".repeat(1 << 17)].concat())]
#[case::many_streams_of_objects([
    b"%PDF-1.7\n".to_vec(),
    b"1 0 obj<</Type/ObjStm/N 9/First 9/Length 99999>>stream\n1 0\nendstream ".repeat(20_000),
].concat())]
#[case::catalogues_everywhere([page(b""), b"/Root 1 0 R ".repeat(1 << 17)].concat())]
#[case::pages_within_themselves(file(&[
    b"<</Pages 2 0 R>>".to_vec(),
    b"<</Kids[2 0 R 2 0 R 1 0 R]>>".to_vec(),
]))]
#[case::pages_beyond_counting(file(&[
    b"<</Pages 2 0 R>>".to_vec(),
    format!("<</Kids[{}]>>", "<</Kids[<</A 1>><</A 2>>]>>".repeat(8000)).into_bytes(),
]))]
#[case::what_refers_to_itself(file(&[b"1 0 R".to_vec(), b"2 0 R".to_vec()]))]
#[case::a_length_that_is_its_own(showing(b"<</Length 4 0 R>>stream\nBT\nendstream".to_vec()))]
#[case::a_parent_that_is_its_own(file(&[b"<</Type/Page/Parent 1 0 R/Contents 1 0 R>>".to_vec()]))]
#[case::endless_names(page(&b"/a#".repeat(1 << 17)))]
#[case::endless_text(page(&b"(((\\".repeat(1 << 17)))]
fn hostile_files_end_without_text(#[case] bytes: Vec<u8>) {
    assert_eq!(text(&bytes), None);
}

#[rstest]
#[case::forms_within_themselves(page(&b"/X1 Do ".repeat(100_000)))]
#[case::one_text_without_an_end(page(&[b"BT /F1 9 Tf ".as_slice(), &b"(RA-2026/0012 in se kaj) Tj ".repeat(100_000)].concat()))]
#[case::letters_that_stand_for_many({
    let mut all = objects(&b"BT /F2 9 Tf <00010001000100010001000100010001> Tj ".repeat(50_000), 1);
    let many = format!("begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0001> <{}>", "0041".repeat(100_000));
    all[6] = packed("", many.as_bytes());
    file(&all)
})]
#[case::ranges_without_an_end({
    let mut all = objects(b"BT /F2 9 Tf <0041> Tj ET", 1);
    let range = "1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange ".repeat(5000);
    all[6] = packed("", range.as_bytes());
    file(&all)
})]
#[case::many_fonts_of_ranges_without_an_end({
    let content: String = (0..3000).map(|n| format!("/F{n} 9 Tf <0041> Tj ")).collect();
    let mut all = objects(content.as_bytes(), 1);
    let fonts: String = (0..3000).map(|n| format!("/F{n}<</Subtype/Type0/ToUnicode 7 0 R>>")).collect();
    all[1] = format!("<</Kids[3 0 R]/Resources<</Font<<{fonts}>>>>>>").into_bytes();
    all[6] = packed("", b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
    file(&all)
})]
#[case::much_to_choose_from({
    let mut all = objects(&b"/F1 9 Tf (a) Tj /X1 Do ".repeat(50_000), 1);
    let fonts: String = (0..30_000).map(|n| format!("/G{n} 5 0 R")).collect();
    all[1] = format!("<</Kids[3 0 R]/Resources<</Font<</F1 5 0 R{fonts}>>/XObject<</X1 9 0 R>>>>>>").into_bytes();
    all[8] = packed("/Subtype/Form", b"/F1 9 Tf (b) Tj");
    file(&all)
})]
#[case::widths_without_an_end({
    let mut all = objects(b"BT /F2 9 Tf <0041> Tj ET", 1);
    all[9] = format!("<</W[{}]>>", "0 999999999 600 ".repeat(10_000)).into_bytes();
    file(&all)
})]
fn hostile_files_end_with_a_bounded_text(#[case] bytes: Vec<u8>) {
    let text = text(&bytes).map_or(0, |text| text.len());
    assert!(text <= MOST_TEXT + 8, "{text} bytes");
}

const SOME: &[u8] =
    b"BT /F1 9 Tf 1 0 0 1 50 700 Tm [(RA-20) -20 (26)] TJ /F2 9 Tf <00120010> Tj ET /X1 Do";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn flipped_and_cut_bytes_are_read_or_left(
        newer in any::<bool>(),
        flips in proptest::collection::vec((0_usize..4000, any::<u8>()), 0..12),
        cut in 0_usize..700,
    ) {
        let mut file = if newer { compressed(SOME) } else { page(SOME) };
        for (at, byte) in flips {
            let at = at % file.len();
            file[at] = byte;
        }
        file.truncate(file.len().saturating_sub(cut));
        prop_assert!(text(&file).is_none_or(|text| text.len() <= MOST_TEXT + 8));
    }

    #[test]
    fn any_program_is_read_or_left(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(text(&page(&content)).is_none_or(|text| text.len() <= MOST_TEXT + 8));
    }

    #[test]
    fn any_words_are_read_or_left(words in proptest::collection::vec(
        proptest::sample::select(&["BT", "ET", "q", "Q", "cm", "Tm", "Td", "T*", "Tj", "TJ", "Tf", "Do", "ID", "EI",
            "/F1", "/F2", "/X1", "(a)", "<0012>", "[", "]", "<<", ">>", "0", "-1e9", "1", "1000000000", "%", "'"][..]), 0..200)) {
        let shown = text(&page(words.join(" ").as_bytes()));
        prop_assert!(shown.is_none_or(|text| text.len() <= MOST_TEXT + 8));
    }
}
