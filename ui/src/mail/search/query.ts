/**
 * The search text as the field shows it: operators that are done as chips, the rest as text.
 *
 * What is searched is always the whole text; Rust reads it (`crates/mail/src/search.rs`).
 */
export type Operator =
  | "from"
  | "to"
  | "subject"
  | "in"
  | "has"
  | "is"
  | "before"
  | "after"
  | "customer"
  | "doc"
  | "status"
  | "overdue"
  | "first";
export type Chip = {
  operator: Operator;
  /** A minus stands before it: what it does not find. */
  not: boolean;
  /** Without quotes. */
  value: string;
  /** As it stands in the search text. */
  text: string;
};

/** Operators in the order they are offered. */
export const OPERATORS: readonly Operator[] = [
  "from",
  "to",
  "subject",
  "in",
  "has",
  "is",
  "before",
  "after",
  "customer",
  "doc",
  "status",
  "overdue",
  "first",
];

/** Slovenian doubles. The chip says the English word, so that a search reads the same for everyone. */
const DOUBLES: Readonly<Record<string, Operator>> = {
  od: "from",
  za: "to",
  zadeva: "subject",
  v: "in",
  ima: "has",
  je: "is",
  pred: "before",
  po: "after",
  stranka: "customer",
  dok: "doc",
  dokument: "doc",
  stanje: "status",
  zapadlo: "overdue",
  prvi: "first",
};

const VALUES: Readonly<Record<string, string>> = {
  "has:priloga": "attachment",
  "has:priloge": "attachment",
  "has:prilogo": "attachment",
  "is:neprebrano": "unread",
  "is:prebrano": "read",
  "is:označeno": "flagged",
  "is:oznaceno": "flagged",
  "is:odgovorjeno": "answered",
  "status:zamuja": "overdue",
  "status:zapadlo": "overdue",
  "status:dolguje": "overdue",
  "status:nova": "new",
  "status:aktivna": "active",
  "status:speča": "sleeping",
  "status:speca": "sleeping",
  "status:spi": "sleeping",
  "status:možna": "prospect",
  "status:mozna": "prospect",
  "first:stik": "contact",
  "in:prejeto": "inbox",
  "in:poslano": "sent",
  "in:osnutki": "drafts",
  "in:koš": "trash",
  "in:neželeno": "junk",
  "in:arhiv": "archive",
};

function operatorOf(word: string): Operator | null {
  const small = word.toLocaleLowerCase();
  return OPERATORS.find((known) => known === small) ?? DOUBLES[small] ?? null;
}

/** Reads one finished word as an operator; null when it is none or has no value yet. */
export function chipOf(word: string): Chip | null {
  const [, minus = "", name = "", typed = ""] = /^(-?)(\p{L}+):(.+)$/u.exec(word) ?? [];
  const operator = operatorOf(name);
  if (operator === null) return null;
  const bare = typed.replace(/^["„“”]|["“”]$/g, "");
  if (bare === "") return null;
  const known = VALUES[`${operator}:${bare.toLocaleLowerCase()}`] ?? bare;
  const value = operator === "before" || operator === "after" ? isoDay(known) : known;
  const quoted = /\s/.test(value) ? `"${value}"` : value;
  return { operator, not: minus !== "", value, text: `${minus}${operator}:${quoted}` };
}

/** `1.9.2026` and `1. 9. 2026` as `2026-09-01`; anything else as it is. */
function isoDay(value: string): string {
  const [, day, month, year] = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/.exec(value) ?? [];
  if (!day || !month || !year) return value;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

// A word: runs without white space, in which quotes keep white space together.
const WORD = /(?:[^\s"„“”]|["„“”][^"“”]*(?:["“”]|$))+/gu;

/** Splits a search text. Only operators followed by white space are done; the last word is still typed. */
export function splitQuery(text: string): { chips: Chip[]; rest: string } {
  const chips: Chip[] = [];
  let rest = "";
  let from = 0;
  for (const match of text.matchAll(WORD)) {
    const end = match.index + match[0].length;
    const chip = end < text.length ? chipOf(match[0]) : null;
    if (chip) {
      chips.push(chip);
      rest += text.slice(from, match.index);
      // The white space after a chip belongs to it.
      from = end + 1;
    }
  }
  rest += text.slice(from);
  return { chips, rest: rest.trimStart() };
}

/** Puts chips and text together again. */
export function joinQuery(chips: readonly Chip[], rest: string): string {
  return [...chips.map((chip) => `${chip.text} `), rest].join("");
}

/** The search without one of its chips. */
export function without(chips: readonly Chip[], at: number, rest: string): string {
  return joinQuery(
    chips.filter((_, index) => index !== at),
    rest,
  );
}

/** Backspace before the text: the last chip becomes text again, at the end, where the caret goes. */
export function reopenLast(chips: readonly Chip[], rest: string): string | null {
  const last = chips.at(-1);
  if (!last) return null;
  const before = rest.trim() === "" ? "" : `${rest.trimEnd()} `;
  return joinQuery(chips.slice(0, -1), `${before}${last.text}`);
}
