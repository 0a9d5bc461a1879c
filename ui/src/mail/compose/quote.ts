/** A draft's text in two: what the person writes, and the quoted mail below it that stays folded. */
export type SplitText = { own: string; quoted: string };

const isQuoteLine = (line: string): boolean => line.startsWith(">") || line.trim() === "";

/**
 * Finds the quoted block that ends the text: lines with `>` in front and the one line (or two) before
 * them that says who wrote when. A quote with own words after it stays where it is: someone answers
 * between the lines.
 */
export const splitQuote = (text: string): SplitText => {
  const lines = text.split("\n");
  let start = lines.length;
  while (start > 0 && isQuoteLine(lines[start - 1] ?? "")) start -= 1;
  while (start < lines.length && !(lines[start] ?? "").startsWith(">")) start += 1;
  if (start === lines.length) return { own: text, quoted: "" };
  start = withAttribution(lines, start);
  return {
    own: lines.slice(0, start).join("\n").replace(/\n+$/u, ""),
    quoted: lines.slice(start).join("\n"),
  };
};

/** Takes the "… wrote:" line before the quote along, wrapped over two lines or not. */
const withAttribution = (lines: string[], quote: number): number => {
  let at = quote - 1;
  while (at >= 0 && (lines[at] ?? "").trim() === "") at -= 1;
  const line = lines[at] ?? "";
  if (at < 0 || !line.trimEnd().endsWith(":")) return quote;
  const before = lines[at - 1] ?? "";
  const wrapped = before.trim() !== "" && !/\d/u.test(line) && /\d/u.test(before);
  return wrapped ? at - 1 : at;
};

/** Puts both halves together again, one empty line between them. */
export const joinQuote = ({ own, quoted }: SplitText): string =>
  quoted === "" ? own : `${own}\n\n${quoted}`;

const MARK = '<div class="kontor-quote">';

/** The same split for a draft in simple HTML. */
export const splitHtmlQuote = (html: string): SplitText => {
  const at = html.indexOf(MARK);
  return at < 0
    ? { own: html, quoted: "" }
    : { own: html.slice(0, at), quoted: html.slice(at + MARK.length).replace(/<\/div>\s*$/u, "") };
};

export const joinHtmlQuote = ({ own, quoted }: SplitText): string =>
  quoted === "" ? own : `${own}${MARK}${quoted}</div>`;

/** Text as paragraphs, for the moment someone turns formatting on. */
export const textToHtml = (text: string): string =>
  text
    .replace(/\n+$/u, "")
    .split(/\n{2,}/u)
    .map((block) => `<p>${escapeHtml(block).replaceAll("\n", "<br>")}</p>`)
    .join("");

export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
