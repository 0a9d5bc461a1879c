//! A page of PDF (ISO 32000-1), small and valid.

/// One page with these lines. Letters beyond Latin-1 lose their accents: the built-in fonts do not have them.
pub(crate) fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 11 Tf 14 TL 56 780 Td\n");
    for line in lines {
        text.push_str(&format!("({}) Tj T*\n", plain(line)));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in (1_u32..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{n} 0 obj\n{object}\nendobj\n"));
    }
    let (start, size) = (out.len(), objects.len().saturating_add(1));
    out.push_str(&format!(
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

/// Without accents, and with what has a meaning in PDF escaped.
fn plain(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars() {
        match c {
            '(' | ')' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            'č' | 'ć' => out.push('c'),
            'š' => out.push('s'),
            'ž' => out.push('z'),
            'Č' => out.push('C'),
            'Š' => out.push('S'),
            'Ž' => out.push('Z'),
            ' '..='~' => out.push(c),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_where_every_object_begins() {
        let bytes = pdf(&["Račun (1)".to_owned()]);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("(Racun \\(1\\)) Tj"), "escaped: {text}");
        let start: usize = {
            let after = text.split_once("startxref\n").unwrap().1;
            after.lines().next().unwrap().parse().unwrap()
        };
        let table = text.split_at(start).1;
        assert!(table.starts_with("xref\n0 6\n"), "the table: {table}");
        for (n, line) in (1..=5).zip(table.lines().skip(3)) {
            let at: usize = line.split(' ').next().unwrap().parse().unwrap();
            let object = text.split_at(at).1;
            assert!(object.starts_with(&format!("{n} 0 obj\n")), "object {n}");
        }
    }
}
