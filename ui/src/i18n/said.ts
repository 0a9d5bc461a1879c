import { fill } from "./message.ts";
import { DOINGS, ENGINE, NEXT } from "./sl/engine.ts";

const LOCALE = "sl-SI";
const HOLE = /\{(\w+)\}/g;
/** Sentences within sentences go this deep: "The change was undone: the outgoing server: …". */
const DEEPEST = 3;

/** What a name stands for, where it is not just any text. */
const FORM: Readonly<Record<string, string>> = {
  n: "\\d+",
  port: "\\d+",
  host: "\\S+?",
  email: "\\S+?",
  address: "\\S+?",
  domain: "\\S+?",
  operator: "[^”]+?",
  doing: "[^:(]+?",
  said: "(?: \\(.*\\))?",
  about: "(?: for \\S+)?",
  next: NEXT.map(([english]) => escaped(english)).join("|"),
};

/** Parts that are sentences of the engine themselves, if the catalogue knows them. */
const SENTENCES = new Set(["why", "next", "reply"]);

type Known = { pattern: RegExp; slovenian: (typeof ENGINE)[number][1]; literal: number };

/** The catalogue as patterns, the most telling first; made when the first sentence asks for it. */
let known: readonly Known[] | null = null;

function patterns(): readonly Known[] {
  known ??= ENGINE.map(([english, slovenian]) => ({
    pattern: patternOf(english),
    slovenian,
    literal: english.replace(HOLE, "").length,
  })).sort((a, b) => b.literal - a.literal);
  return known;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function patternOf(english: string): RegExp {
  const seen = new Set<string>();
  const source = english.split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (name === undefined) return escaped(piece);
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>${FORM[name] ?? ".+?"})`;
  });
  return new RegExp(`^${source.join("")}$`, "su");
}

/**
 * A sentence of the engine in Slovenian. What the catalogue does not know, most of it a server's own words, is quoted as
 * it came: a guess at its meaning would be worse than a foreign language.
 */
export function inSlovenian(text: string): string {
  return text.trim() === "" ? text : (recognised(text, DEEPEST) ?? `V izvirniku: »${text}«`);
}

function recognised(text: string, depth: number): string | null {
  for (const { pattern, slovenian } of patterns()) {
    const found = pattern.exec(text);
    if (found) return fill(slovenian, valuesOf(found.groups ?? {}, depth), LOCALE);
  }
  return null;
}

function valuesOf(
  groups: Readonly<Record<string, string>>,
  depth: number,
): Record<string, string | number> {
  const entries = Object.entries(groups).map(([name, value]) => {
    if (name === "n") return [name, Number(value)];
    if (name === "doing") return [name, DOINGS[value] ?? `»${value}«`];
    if (name === "about") return [name, value.replace(/^ for /, " za ")];
    const isSentence = SENTENCES.has(name) && depth > 0;
    return [name, isSentence ? (recognised(value, depth - 1) ?? value) : value];
  });
  return Object.fromEntries(entries);
}
