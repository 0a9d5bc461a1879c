/**
 * A message is a sentence with `{names}`, or one sentence per plural form.
 *
 * A plural message is chosen by its parameter `n` through `Intl.PluralRules`: English needs two
 * forms, Slovenian four (1, 2, 3–4, 5 …). `{n}` is written by the locale's number format.
 */
export type Message = string | Plural;
type Plural = { readonly one: string; readonly other: string };
type SlovenianPlural = {
  readonly one: string;
  readonly two: string;
  readonly few: string;
  readonly other: string;
};

/** A sentence of the engine, with names for the parts that differ, and how Slovenian says it. */
export type Sentence = readonly [english: string, slovenian: string | SlovenianPlural];

/** The Slovenian twin of an English catalogue: same keys, all four forms where English has two. */
export type Slovenian<C extends Record<string, Message>> = {
  readonly [K in keyof C]: C[K] extends string ? string : SlovenianPlural;
};

type NamesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type NamesOf<M extends Message> = M extends string
  ? NamesIn<M>
  : "n" | NamesIn<M extends Plural ? M["other"] : never>;
type Value<Name> = Name extends "n" ? number : string | number;

/** What a message must be given: nothing, or one object with every name in it. */
export type Params<M extends Message> = [NamesOf<M>] extends [never]
  ? []
  : [{ readonly [Name in NamesOf<M>]: Value<Name> }];

const NAME = /\{(\w+)\}/g;

/** Fills a message in. A name without a value stays visible, so that a test or a reader sees it. */
export function fill(
  message: Message | SlovenianPlural,
  params: Readonly<Record<string, string | number>>,
  locale: string,
): string {
  return pick(message, params, locale).replace(NAME, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numberFormat(locale).format(value) : value;
  });
}

function pick(
  message: Message | SlovenianPlural,
  params: Readonly<Record<string, string | number>>,
  locale: string,
): string {
  if (typeof message === "string") return message;
  const form = pluralRules(locale).select(Number(params.n ?? 0));
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = message;
  return forms[form] ?? message.other;
}

/** Four digits are grouped, too, as everywhere in the design; Slovenian alone would not. */
export const GROUPED = { useGrouping: "always" } as const;

// Building these costs more than a whole list of rows: kept per locale.
const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

function pluralRules(locale: string): Intl.PluralRules {
  const found = rules.get(locale) ?? new Intl.PluralRules(locale);
  rules.set(locale, found);
  return found;
}

function numberFormat(locale: string): Intl.NumberFormat {
  const found = numbers.get(locale) ?? new Intl.NumberFormat(locale, GROUPED);
  numbers.set(locale, found);
  return found;
}
