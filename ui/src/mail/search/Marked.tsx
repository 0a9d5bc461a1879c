import styles from "./Search.module.css";

const OPEN = "\u{e000}";
const CLOSE = "\u{e001}";

/** Splits text at the marks Rust puts around matched words. Marks without a partner are left out. */
export function marked(text: string): { text: string; match: boolean }[] {
  const parts: { text: string; match: boolean }[] = [];
  const push = (piece: string, match: boolean) => {
    const clean = piece.replaceAll(OPEN, "").replaceAll(CLOSE, "");
    if (clean !== "") parts.push({ text: clean, match });
  };
  let at = 0;
  for (;;) {
    const open = text.indexOf(OPEN, at);
    const close = open < 0 ? -1 : text.indexOf(CLOSE, open);
    if (close < 0) break;
    push(text.slice(at, open), false);
    push(text.slice(open + 1, close), true);
    at = close + 1;
  }
  push(text.slice(at), false);
  return parts;
}

/** Text with the words that matched, marked. */
export function Marked({ text }: { text: string }) {
  return marked(text).map((part, index) =>
    part.match ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never reorder
      <mark key={index} className={styles.match}>
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}
