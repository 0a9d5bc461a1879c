import type { Address } from "../../api/bindings.ts";

/** What a person typed or pasted into a recipient field: the addresses in it, and the pieces that are none. */
export type ParsedAddresses = { addresses: Address[]; invalid: string[] };

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uFFFF-]+";
const DOT_ATOM = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, "u");
const QUOTED = /^"(?:[^"\\\r\n]|\\[^\r\n])*"$/u;
const LITERAL = /^\[[0-9A-Fa-f:.]+\]$|^\[IPv6:[0-9A-Fa-f:.]+\]$/u;
// RFC 5321, 4.5.3.1: octets of a local part, and of a whole forward path without its brackets.
const LOCAL_MAX = 64;
const ADDRESS_MAX = 254;

/** True for one bare `local@domain`, as strict as a field a person types into may be. */
export const isAddress = (text: string): boolean => {
  const at = text.lastIndexOf("@");
  if (at < 1 || text.length > ADDRESS_MAX) return false;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (local.length > LOCAL_MAX || !(DOT_ATOM.test(local) || QUOTED.test(local))) return false;
  return LITERAL.test(domain) || isDomain(domain);
};

const isDomain = (domain: string): boolean =>
  DOT_ATOM.test(domain) &&
  domain.split(".").every((label) => label.length <= 63 && !/^-|-$/u.test(label));

/** The address as a header would write it: the name in quotes where it needs them. */
export const formatAddress = ({ name, address }: Address): string => {
  if (name === "" || name === address) return address;
  const bare = /^[^",;:<>()@[\]\\]+$/u.test(name);
  return `${bare ? name : `"${name.replace(/["\\]/gu, "\\$&")}"`} <${address}>`;
};

/**
 * Reads a list in any form a clipboard holds: commas, semicolons, lines, tabs, `Name <a@b>`, `a@b (Name)`,
 * RFC 5322 groups, bare addresses with spaces between. Never throws: what is no address comes back as text.
 */
export const parseAddresses = (text: string): ParsedAddresses => {
  const parsed: ParsedAddresses = { addresses: [], invalid: [] };
  for (const piece of pieces(text)) {
    const found = readPiece(piece);
    if (found === null) parsed.invalid.push(piece);
    else parsed.addresses.push(...found);
  }
  return parsed;
};

const readPiece = (piece: string): Address[] | null => {
  const one = readMailbox(piece);
  if (one !== null) return [one];
  const words = piece.replace(/^mailto:/iu, "").split(/\s+/u);
  return words.length > 0 && words.every(isAddress)
    ? words.map((address) => ({ name: "", address }))
    : null;
};

const readMailbox = (piece: string): Address | null => {
  const text = piece.replace(/^mailto:/iu, "");
  const angle = outside(text, "<");
  if (angle >= 0) {
    const end = text.lastIndexOf(">");
    const address = text.slice(angle + 1, end < angle ? undefined : end).trim();
    return end === text.length - 1 && isAddress(address)
      ? { name: unquote(text.slice(0, angle).trim()), address }
      : null;
  }
  const comment = /^(\S+)\s*\(([^()]*)\)$/u.exec(text);
  if (comment?.[1] !== undefined && isAddress(comment[1])) {
    return { name: comment[2]?.trim() ?? "", address: comment[1] };
  }
  return isAddress(text) ? { name: "", address: text } : null;
};

const unquote = (name: string): string =>
  QUOTED.test(name) ? name.slice(1, -1).replace(/\\(.)/gu, "$1").trim() : name;

/** Where `wanted` first stands outside quotes; -1 when nowhere. */
const outside = (text: string, wanted: string): number => {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === "\\") at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === wanted) return at;
  }
  return -1;
};

type Scan = { done: string[]; piece: string; quoted: boolean; angle: boolean; comment: number };

/** Cuts at separators that stand outside quotes, brackets and comments. */
const pieces = (text: string): string[] => {
  // A quote that never closes would swallow the rest of a pasted list.
  const open = (text.match(/(?<!\\)"/gu)?.length ?? 0) % 2 === 1;
  const scan: Scan = { done: [], piece: "", quoted: false, angle: false, comment: 0 };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (scan.quoted && char === "\\") {
      scan.piece += char + (text[at + 1] ?? "");
      at += 1;
    } else {
      step(scan, char, !open);
    }
  }
  cut(scan);
  return scan.done;
};

const step = (scan: Scan, char: string, quotes: boolean): void => {
  if (char === '"' && quotes) scan.quoted = !scan.quoted;
  if (!scan.quoted) {
    bracket(scan, char);
    if (isSeparator(scan, char)) {
      cut(scan);
      return;
    }
    // "Workshop: a@b, c@d;" names a group; its members are what counts.
    if (char === ":" && isGroupName(scan)) {
      scan.piece = "";
      return;
    }
  }
  scan.piece += char;
};

const bracket = (scan: Scan, char: string): void => {
  if (char === "<") scan.angle = true;
  else if (char === ">") scan.angle = false;
  else if (char === "(") scan.comment += 1;
  else if (char === ")") scan.comment = Math.max(0, scan.comment - 1);
};

const isSeparator = (scan: Scan, char: string): boolean =>
  char === "\n" || char === "\r"
    ? true
    : !scan.angle && scan.comment === 0 && (char === "," || char === ";" || char === "\t");

const isGroupName = ({ piece, angle, comment }: Scan): boolean =>
  !(angle || piece.includes("@") || /^\s*mailto$/iu.test(piece)) && comment === 0;

const cut = (scan: Scan): void => {
  const piece = scan.piece.trim();
  if (piece !== "") scan.done.push(piece);
  scan.piece = "";
  scan.angle = false;
  scan.comment = 0;
};
