/** A run of text, or a link in it. `href` always starts with http:, https: or mailto:. */
export type Segment = { text: string; href: string | null };

// Each of these is read from a fixed place and never backs up: a mail of one endless word costs one pass.
const START = /https?:\/\/|www\.|@/giu;
const URL_BODY = /[^\s<>"'`«»]*/uy;
const DOMAIN = /[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/uy;
const LOCAL_CHAR = /[A-Za-z0-9._%+-]/u;
const WORD_CHAR = /[\p{L}\p{N}_]/u;
/** RFC 5321: longer local parts are no addresses. */
const LOCAL_MAX = 64;

/**
 * Finds web and mail addresses in plain text. Only http, https and mailto become links: other schemes start
 * programs. Punctuation that ends the sentence, and a bracket opened before the link, stay outside.
 */
export const linkify = (text: string): Segment[] => {
  const segments: Segment[] = [];
  let from = 0;
  for (const { index, 0: sign } of text.matchAll(START)) {
    if (index < from) continue;
    const found = sign === "@" ? mailAt(text, index, from) : urlAt(text, index);
    if (found === null) continue;
    if (found.start > from) segments.push({ text: text.slice(from, found.start), href: null });
    const words = text.slice(found.start, found.end);
    segments.push({ text: words, href: found.href });
    from = found.end;
  }
  if (from < text.length) segments.push({ text: text.slice(from), href: null });
  return segments;
};

type Found = { start: number; end: number; href: string };

const urlAt = (text: string, start: number): Found | null => {
  if (WORD_CHAR.test(text[start - 1] ?? "")) return null;
  const url = trimEnd(runAt(URL_BODY, text, start));
  const href = /^www\./iu.test(url) ? `https://${url}` : url;
  return URL.canParse(href) ? { start, end: start + url.length, href } : null;
};

const mailAt = (text: string, at: number, from: number): Found | null => {
  let start = at;
  while (start > from && at - start < LOCAL_MAX && LOCAL_CHAR.test(text[start - 1] ?? "")) {
    start -= 1;
  }
  while (start < at && !/[A-Za-z0-9]/u.test(text[start] ?? "")) start += 1;
  const domain = runAt(DOMAIN, text, at + 1).replace(/[.-]+$/u, "");
  if (start === at || !/\.[A-Za-z]{2,}$/u.test(domain)) return null;
  const end = at + 1 + domain.length;
  return { start, end, href: `mailto:${text.slice(start, end)}` };
};

const runAt = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
};

const trimEnd = (url: string): string => {
  const surplus: Record<string, number> = {
    ")": count(url, ")") - count(url, "("),
    "]": count(url, "]") - count(url, "["),
  };
  let end = url.length;
  for (;;) {
    const last = url[end - 1] ?? "";
    const unopened = (surplus[last] ?? 0) > 0;
    if (unopened) surplus[last] = (surplus[last] ?? 0) - 1;
    else if (!/[.,;:!?…“”*]/u.test(last)) return url.slice(0, end);
    end -= 1;
  }
};

const count = (text: string, char: string): number => text.split(char).length - 1;
