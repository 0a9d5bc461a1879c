//! PDFs as programs write them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A stream of these bytes as they are.
pub(crate) fn stream(said: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{said}/Length {}>>\nstream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

/// A stream of these bytes, deflated.
pub(crate) fn packed(said: &str, content: &[u8]) -> Vec<u8> {
    stream(&format!("{said}/Filter/FlateDecode"), &deflated(content))
}

pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A file of these objects, numbered from 1; the first is the catalogue.
pub(crate) fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", n + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let (xref, size) = (file.len(), objects.len() + 1);
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes());
    for at in places {
        file.extend(format!("{at:010} 00000 n \n").into_bytes());
    }
    file.extend(
        format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").into_bytes(),
    );
    file
}

const TABLE: &str = "/CIDInit /ProcSet findresource begin begincmap
    1 begincodespacerange <0000> <FFFF> endcodespacerange
    3 beginbfrange <0010> <0019> <0030> <0041> <005A> <0041> <0061> <007A> <0061> endbfrange
    3 beginbfchar <0001> <002D> <0002> <010D> <0003> <0020> endbfchar endcmap";

/// The objects of a file whose pages all show this. F1 is western with widths of 500, F2 composite with 600, F3 has named
/// glyphs and no widths; X1 is a form that shows itself.
pub(crate) fn objects(content: &[u8], pages: usize) -> Vec<Vec<u8>> {
    let kids = "3 0 R ".repeat(pages);
    let widths = "500 ".repeat(224);
    vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!(
            "<</Type/Pages/Kids[{kids}]/Count {pages}/Resources<</Font<</F1 5 0 R/F2 6 0 R/F3 8 0 R>>/XObject<</X1 9 0 R>>>>>>"
        )
        .into_bytes(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>".to_vec(),
        packed("", content),
        format!(
            "<</Type/Font/Subtype/TrueType/BaseFont/Arial/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255/Widths[{widths}]>>"
        )
        .into_bytes(),
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[10 0 R]>>".to_vec(),
        packed("", TABLE.as_bytes()),
        b"<</Type/Font/Subtype/Type1/BaseFont/B/Encoding<</Differences[1/R/A/hyphen/two/zero/six/slash/ccaron/uni0161]>>>>"
            .to_vec(),
        packed(
            "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</Font<</F1 5 0 R>>/XObject<</X1 9 0 R>>>>",
            b"BT /F1 9 Tf (V obrazcu 2026-77) Tj ET /X1 Do",
        ),
        b"<</Type/Font/Subtype/CIDFontType2/DW 1000/W[0 [600] 1 255 600]>>".to_vec(),
    ]
}

/// Such a file with one page.
pub(crate) fn page(content: &[u8]) -> Vec<u8> {
    file(&objects(content, 1))
}

/// The same file as newer programs write it: what is no stream stands in a stream of objects, the table is a stream too.
pub(crate) fn compressed(content: &[u8]) -> Vec<u8> {
    let (mut head, mut body) = (String::new(), Vec::new());
    let mut file = b"%PDF-1.7\n".to_vec();
    for (n, object) in objects(content, 1).into_iter().enumerate() {
        if object.ends_with(b"endstream") {
            file.extend(format!("{} 0 obj\n", n + 1).into_bytes());
            file.extend(object);
            file.extend(b"\nendobj\n");
        } else {
            head.push_str(&format!("{} {} ", n + 1, body.len()));
            body.extend(object);
            body.push(b' ');
        }
    }
    let said = format!(
        "/Type/ObjStm/N {}/First {}",
        head.split_whitespace().count() / 2,
        head.len()
    );
    file.extend(b"20 0 obj\n");
    file.extend(packed(&said, &[head.into_bytes(), body].concat()));
    file.extend(b"\nendobj\n21 0 obj\n");
    file.extend(packed("/Type/XRef/Size 22/W[1 2 1]/Root 1 0 R", &[0; 88]));
    file.extend(b"\nendobj\nstartxref\n0\n%%EOF\n");
    file
}
