//! The small markup of the thread files: paragraphs, `| tables |`, `**bold**`, `~~struck~~`, `> quotes`.

/// As a text mail: tables in columns, marks dropped.
pub(crate) fn plain(body: &str) -> String {
    let mut out = String::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in body.lines().chain(std::iter::once("")) {
        if let Some(cells) = row(line) {
            table.push(cells.iter().map(|c| unmarked(c)).collect());
            continue;
        }
        out.push_str(&columns(&std::mem::take(&mut table)));
        out.push_str(&unmarked(line));
        out.push('\n');
    }
    format!("{}\n", out.trim_end())
}

/// As the body of an HTML mail.
pub(crate) fn html(body: &str) -> String {
    let mut out = String::new();
    for block in body.split("\n\n").filter(|b| !b.trim().is_empty()) {
        let lines: Vec<&str> = block.lines().collect();
        if lines.iter().all(|l| row(l).is_some()) {
            out.push_str(&html_table(&lines));
        } else if lines.iter().all(|l| l.starts_with('>')) {
            let inner: Vec<String> = lines
                .iter()
                .map(|l| marked(l.trim_start_matches(['>', ' '])))
                .collect();
            out.push_str(&format!(
                "<blockquote>{}</blockquote>\r\n",
                inner.join("<br>\r\n")
            ));
        } else {
            let inner: Vec<String> = lines.iter().map(|l| marked(l)).collect();
            out.push_str(&format!("<p>{}</p>\r\n", inner.join("<br>\r\n")));
        }
    }
    out
}

/// The first row is the head; all columns but the first are figures, to the right.
fn html_table(lines: &[&str]) -> String {
    let mut out = String::from("<table>\r\n");
    for (n, line) in lines.iter().enumerate() {
        let tag = if n == 0 { "th" } else { "td" };
        out.push_str("<tr>");
        for (i, cell) in row(line).unwrap_or_default().iter().enumerate() {
            let class = if i == 0 { "" } else { " class=\"r\"" };
            out.push_str(&format!("<{tag}{class}>{}</{tag}>", marked(cell)));
        }
        out.push_str("</tr>\r\n");
    }
    out.push_str("</table>\r\n");
    out
}

fn row(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

fn columns(table: &[Vec<String>]) -> String {
    let width = |i: usize| {
        table
            .iter()
            .filter_map(|r| r.get(i))
            .map(|c| c.chars().count())
            .max()
            .unwrap_or(0)
    };
    let mut out = String::new();
    for row in table {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(i, cell)| {
                if i == 0 {
                    format!("{cell:<w$}", w = width(i))
                } else {
                    format!("{cell:>w$}", w = width(i))
                }
            })
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn unmarked(text: &str) -> String {
    // What is struck out is gone where it cannot be shown.
    let kept: String = text
        .split("~~")
        .enumerate()
        .filter(|(i, _)| i % 2 == 0)
        .map(|(_, t)| t)
        .collect();
    kept.replace("**", "").trim_start_matches(' ').to_owned()
}

fn marked(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let linked = escaped.split(' ').map(link).collect::<Vec<_>>().join(" ");
    pairs(&pairs(&linked, "**", "b"), "~~", "s")
}

fn link(word: &str) -> String {
    if word.starts_with("https://") {
        format!("<a href=\"{word}\">{word}</a>")
    } else {
        word.to_owned()
    }
}

fn pairs(text: &str, mark: &str, tag: &str) -> String {
    let mut out = String::new();
    for (i, piece) in text.split(mark).enumerate() {
        match i {
            0 => {}
            i if i % 2 == 1 => out.push_str(&format!("<{tag}>")),
            _ => out.push_str(&format!("</{tag}>")),
        }
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str =
        "Hi,\n\n| Art | n |\n| Spona | ~~180~~ **240 kos** |\n\nBye & <x>\nMe\n\n> old";

    #[test]
    fn text_drops_the_marks() {
        assert_eq!(
            plain(BODY),
            "Hi,\n\nArt          n\nSpona  240 kos\n\nBye & <x>\nMe\n\n> old\n",
            "columns and words"
        );
    }

    #[test]
    fn html_keeps_them() {
        let html = html(BODY);
        for want in [
            "<th>Art</th>",
            "<s>180</s> <b>240 kos</b>",
            "Bye &amp; &lt;x&gt;<br>",
            "<blockquote>old</blockquote>",
        ] {
            assert!(html.contains(want), "{want} in {html}");
        }
    }
}
