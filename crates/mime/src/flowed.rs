//! format=flowed (RFC 3676): paragraphs that were broken for transport are whole again.

/// Joins soft-broken lines. `delsp`: the space before a soft break goes too (for scripts without spaces).
///
/// Quoted paragraphs come out as one line with `>` for each level and a space, the signature mark `-- ` stays a line
/// of its own.
pub(crate) fn unfold(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Depth of the paragraph that goes on; `None` at the start of one.
    let mut open: Option<usize> = None;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_none() && line.is_empty() {
            break; // what follows the last line end is no line
        }
        let content = line.trim_start_matches('>');
        let depth = line.len().saturating_sub(content.len());
        let content = content.strip_prefix(' ').unwrap_or(content); // space-stuffing, §4.4
        let signature = content == "-- ";
        match open {
            Some(before) if before == depth && !signature && !content.is_empty() => {}
            Some(_) => {
                // A soft break before another depth, a signature (§4.5) or an empty line is a mistake of the sender.
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                begin(&mut out, depth, content);
            }
            None => begin(&mut out, depth, content),
        }
        let soft = content.ends_with(' ') && !signature;
        if soft {
            out.push_str(if delsp {
                content.strip_suffix(' ').unwrap_or(content)
            } else {
                content
            });
            open = Some(depth);
        } else {
            out.push_str(content);
            out.push('\n');
            open = None;
        }
    }
    if open.is_some() {
        out.push('\n');
    }
    out
}

fn begin(out: &mut String, depth: usize, content: &str) {
    for _ in 0..depth {
        out.push('>');
    }
    if depth > 0 && !content.is_empty() {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::soft("ena \ndve\n", false, "ena dve\n")]
    #[case::hard("ena\ndve\n", false, "ena\ndve\n")]
    #[case::delsp("日本 \n語\n", true, "日本語\n")]
    #[case::stuffed(" From here\n >no quote\n", false, "From here\n>no quote\n")]
    #[case::quoted("> ena \n> dve\ntri\n", false, "> ena dve\ntri\n")]
    #[case::depths(">> ena \n> dve\n", false, ">> ena\n> dve\n")]
    #[case::depth_written_apart("> > ena\n", false, "> > ena\n")]
    #[case::signature("lep pozdrav \n-- \nAna\n", false, "lep pozdrav\n-- \nAna\n")]
    #[case::quoted_signature("> -- \n> Ana\n", false, "> -- \n> Ana\n")]
    #[case::blank("ena \n\ndve\n", false, "ena\n\ndve\n")]
    #[case::open_end("ena \ndve ", false, "ena dve \n")]
    #[case::empty("", false, "")]
    fn unfolds(#[case] raw: &str, #[case] delsp: bool, #[case] want: &str) {
        assert_eq!(unfold(raw, delsp), want, "{raw:?}");
    }
}
