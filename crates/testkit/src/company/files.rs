//! Attachments that open: PDF, XLSX, PNG and an invitation, written by hand and as large as asked for.

use crate::Rng;

/// A PDF of two pages, about `kilobytes` large: text, and a stream as dense as a scanned page would be.
pub(crate) fn pdf(title: &str, kilobytes: u64) -> Vec<u8> {
    let title: String = title
        .chars()
        .filter(|c| c.is_ascii() && !matches!(c, '(' | ')' | '\\'))
        .collect();
    let page = |n: u8| {
        format!(
            "BT /F1 20 Tf 56 780 Td ({title}) Tj /F1 11 Tf 0 -28 Td (Hrast & Vijak d.o.o., stran {n}) Tj ET"
        )
    };
    let mut objects: Vec<Vec<u8>> = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 7 0 R >> >> >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /Font << /F1 7 0 R >> >> >>".to_owned(),
        stream(&page(1)),
        stream(&page(2)),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    let filling = noise(
        kilobytes.saturating_mul(1000).saturating_sub(1500),
        title.len(),
    );
    let mut dense = format!("<< /Length {} >>\nstream\n", filling.len()).into_bytes();
    dense.extend(filling);
    dense.extend(b"\nendstream");
    objects.push(dense);

    let mut out = b"%PDF-1.4\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in (1_u32..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{n} 0 obj\n").bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let (start, size) = (out.len(), objects.len().saturating_add(1));
    out.extend(format!("xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

fn stream(text: &str) -> String {
    format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len())
}

/// A workbook of one sheet, about `kilobytes` large: a price list.
pub(crate) fn xlsx(title: &str, kilobytes: u64) -> Vec<u8> {
    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const DOC: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut rows = String::new();
    let mut n: u64 = 0;
    while rows.len()
        < usize::try_from(kilobytes.saturating_mul(1000).saturating_sub(1900)).unwrap_or(0)
    {
        n = n.saturating_add(1);
        let text = format!("{title} {n}");
        rows.push_str(&format!(
            r#"<row r="{n}"><c t="inlineStr"><is><t>{}</t></is></c><c><v>{}</v></c></row>"#,
            escape(&text),
            n.saturating_mul(7) % 240
        ));
    }
    let content = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    zip(&[
        (
            "[Content_Types].xml",
            format!(
                r#"{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{content}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets><sheet name="List1" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ])
}

/// A small picture, different for every seed: a board with its grain.
pub(crate) fn png(seed: u64) -> Vec<u8> {
    const SIDE: u32 = 96;
    let mut rng = Rng::new(seed);
    let (base, step) = (rng.between(90, 140), rng.between(3, 9));
    let mut pixels = Vec::new();
    for y in 0..u64::from(SIDE) {
        pixels.push(0); // filter: none
        for x in 0..u64::from(SIDE) {
            let grain = y
                .saturating_mul(step)
                .saturating_add(x / 9)
                .wrapping_rem(24)
                .saturating_add(rng.below(6));
            let light = base.saturating_add(grain);
            pixels.extend(
                [
                    light.saturating_add(40),
                    light.saturating_add(10),
                    light.saturating_sub(30),
                ]
                .map(byte),
            );
        }
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(SIDE.to_be_bytes());
    header.extend(SIDE.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]); // eight bits, RGB
    for (kind, body) in [
        (b"IHDR", header),
        (b"IDAT", zlib_stored(&pixels)),
        (b"IEND", Vec::new()),
    ] {
        out.extend(length(body.len()).to_be_bytes());
        let mut checked = kind.to_vec();
        checked.extend(body);
        let sum = crc32(&checked);
        out.extend(checked);
        out.extend(sum.to_be_bytes());
    }
    out
}

/// Deflate without compression (RFC 1951 section 3.2.4) in a zlib coat (RFC 1950).
fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut chunks = bytes.chunks(65_535).peekable();
    while let Some(chunk) = chunks.next() {
        let size = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
        out.push(u8::from(chunks.peek().is_none()));
        out.extend(size.to_le_bytes());
        out.extend((!size).to_le_bytes());
        out.extend(chunk);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = a.saturating_add(u32::from(*byte)) % 65_521;
        b = b.saturating_add(a) % 65_521;
    }
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

/// A ZIP archive without compression (PKWARE APPNOTE 4.3).
fn zip(files: &[(&str, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let (sum, size) = (
            crc32(text.as_bytes()).to_le_bytes(),
            length(text.len()).to_le_bytes(),
        );
        let offset = length(out.len());
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]; // version 2.0, UTF-8 names, stored, 1 January 1980
        common.extend(sum.iter().chain(&size).chain(&size));
        common.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.bytes());
        out.extend(text.bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.bytes());
    }
    let (at, count) = (
        length(out.len()),
        u16::try_from(files.len()).unwrap_or(0).to_le_bytes(),
    );
    let size = length(directory.len());
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.iter().chain(&count));
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// The checksum of ZIP and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |s, _| {
            if s & 1 == 1 {
                (s >> 1) ^ 0xEDB8_8320
            } else {
                s >> 1
            }
        })
    })
}

fn noise(bytes: u64, seed: usize) -> Vec<u8> {
    let mut rng = Rng::new(u64::try_from(seed).unwrap_or(0));
    (0..bytes / 8)
        .flat_map(|_| rng.next_u64().to_le_bytes())
        .collect()
}

fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn byte(n: u64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_size_asked_for() {
        for (name, bytes, kilobytes) in [
            ("pdf", pdf("Naročilo (2)", 184), 184),
            ("xlsx", xlsx("Spona 110°", 22), 22),
        ] {
            let size = u64::try_from(bytes.len()).unwrap();
            assert!(
                size.abs_diff(kilobytes * 1000) < 1000,
                "{name}: {size} bytes"
            );
        }
    }

    #[test]
    fn checksums_are_the_known_ones() {
        assert_eq!(
            crc32(b"123456789"),
            0xCBF4_3926,
            "the check value of CRC-32"
        );
        assert!(
            zlib_stored(b"Wikipedia").ends_with(&0x11E6_0398_u32.to_be_bytes()),
            "Adler-32 of Wikipedia"
        );
    }

    #[test]
    fn python_opens_them() {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("a.xlsx", xlsx("Spona", 5)),
            ("a.png", png(1)),
            ("a.pdf", pdf("Ponudba", 5)),
        ] {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let code = "import zipfile,zlib;z=zipfile.ZipFile('a.xlsx');assert z.testzip() is None and len(z.namelist())==5\n\
            b=open('a.png','rb').read();i=b.index(b'IDAT');n=int.from_bytes(b[i-4:i],'big');zlib.decompress(b[i+4:i+4+n])\n\
            p=open('a.pdf','rb').read();s=int(p.split(b'startxref')[1].split()[0]);assert p[s:s+4]==b'xref'";
        match std::process::Command::new("python3")
            .args(["-c", code])
            .current_dir(&dir)
            .output()
        {
            Ok(out) => assert!(
                out.status.success(),
                "{}",
                String::from_utf8_lossy(&out.stderr)
            ),
            // Without Python the checks above must do.
            Err(missing) => assert_eq!(missing.kind(), std::io::ErrorKind::NotFound, "{missing}"),
        }
    }
}
