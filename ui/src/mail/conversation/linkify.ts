/** A run of text, or a link in it. `href` always starts with http:, https: or mailto:. */
export type Segment = { text: string; href: string | null };

const URL_OR_MAIL =
  /\b(?:https?:\/\/|www\.)[^\s<>"'`]+|\b[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b/giu;

/**
 * Finds web and mail addresses in plain text. Only http, https and mailto become links: other schemes start
 * programs. Punctuation that ends the sentence, and a bracket opened before the link, stay outside.
 */
export const linkify = (text: string): Segment[] => {
  const segments: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(URL_OR_MAIL)) {
    const url = trimEnd(match[0]);
    const href = toHref(url);
    if (href === null) continue;
    if (match.index > from) segments.push({ text: text.slice(from, match.index), href: null });
    segments.push({ text: url, href });
    from = match.index + url.length;
  }
  if (from < text.length) segments.push({ text: text.slice(from), href: null });
  return segments;
};

const toHref = (url: string): string | null => {
  if (/^https?:\/\//iu.test(url)) return URL.canParse(url) ? url : null;
  if (/^www\./iu.test(url)) return URL.canParse(`https://${url}`) ? `https://${url}` : null;
  return `mailto:${url}`;
};

const trimEnd = (url: string): string => {
  let end = url.length;
  for (;;) {
    const last = url[end - 1] ?? "";
    const body = url.slice(0, end);
    const unopened =
      (last === ")" && count(body, ")") > count(body, "(")) ||
      (last === "]" && count(body, "]") > count(body, "["));
    if (/[.,;:!?…»“”*]/u.test(last) || unopened) end -= 1;
    else return body;
  }
};

const count = (text: string, char: string): number => text.split(char).length - 1;
