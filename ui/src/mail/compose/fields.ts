import type { Address, Draft } from "../../api/bindings.ts";
import {
  escapeHtml,
  joinHtmlQuote,
  joinQuote,
  splitHtmlQuote,
  splitQuote,
  textToHtml,
} from "./quote.ts";

/** A draft as the composer shows it: the person's own words apart from what they quote. */
export type Fields = {
  account: string;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  /** The own words; in formatted drafts their plain form, kept in step with `html`. */
  own: string;
  /** The own words in simple HTML; null while the draft is plain text. */
  html: string | null;
  /** The quoted mail in plain form, with its "… wrote:" line. */
  quoted: string;
};

export const fieldsOf = (draft: Draft): Fields => {
  const { account, to, cc, bcc, subject } = draft;
  const { own, quoted } = splitQuote(draft.text);
  const html = draft.html === null ? null : splitHtmlQuote(draft.html).own;
  return { account, to, cc, bcc, subject, own, html, quoted };
};

/** The draft to store: `base` gives the id and the message it answers. */
export const draftOf = (fields: Fields, base: Draft): Draft => {
  const { account, to, cc, bcc, subject, own, html, quoted } = fields;
  return {
    ...base,
    account,
    to,
    cc,
    bcc,
    subject,
    text: joinQuote({ own, quoted }),
    html: html === null ? null : joinHtmlQuote({ own: html, quoted: quoteToHtml(quoted) }),
  };
};

/** The same words with formatting allowed. */
export const formatted = (fields: Fields): Fields =>
  fields.html === null ? { ...fields, html: textToHtml(fields.own) } : fields;

/** Takes the quoted mail into the own words, to answer between its lines. */
export const unfolded = (fields: Fields): Fields => ({
  ...fields,
  own: joinQuote(fields),
  html: fields.html === null ? null : fields.html + quoteToHtml(fields.quoted),
  quoted: "",
});

/** Nothing worth asking about before it is thrown away. */
export const isBlank = ({ own, subject, to, cc, bcc }: Fields): boolean =>
  own.trim() === "" && subject.trim() === "" && to.length + cc.length + bcc.length === 0;

/** Quoted lines as one blockquote, the line that says who wrote before it. */
export const quoteToHtml = (quoted: string): string => {
  if (quoted === "") return "";
  const lines = quoted.split("\n");
  const first = lines.findIndex((line) => line.startsWith(">"));
  const before = lines.slice(0, Math.max(first, 0)).join("\n").trim();
  const inside = lines.slice(Math.max(first, 0)).map((line) => line.replace(/^> ?/u, ""));
  const intro = before === "" ? "" : `<p>${escapeHtml(before).replaceAll("\n", "<br>")}</p>`;
  return `${intro}<blockquote>${textToHtml(inside.join("\n"))}</blockquote>`;
};
