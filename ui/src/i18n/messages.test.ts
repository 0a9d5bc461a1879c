import { expect, it, vi } from "vitest";
import { en } from "./en.ts";
import { languageOf, voiceOf } from "./language.tsx";
import { fill } from "./message.ts";
import { sl } from "./sl.ts";

const formsOf = (message: unknown): Record<string, string> =>
  typeof message === "string" ? { text: message } : (message as Record<string, string>);
const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((name) => name[1]).sort();

it("has every message in both languages", () => {
  expect(Object.keys(sl).sort(), "a key is missing or has no twin").toEqual(Object.keys(en).sort());
});

it.each(["en", "sl"] as const)("has every plural form of %s", (language) => {
  const { locale } = voiceOf(language);
  const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
  for (const [key, message] of Object.entries(language === "en" ? en : sl)) {
    if (typeof message === "string") continue;
    expect(Object.keys(message).sort(), `${key} lacks a form`).toEqual(wanted);
  }
});

it("names the same values in both languages", () => {
  for (const [key, message] of Object.entries(en)) {
    const english = new Set(Object.values(formsOf(message)).flatMap(namesIn));
    for (const text of Object.values(formsOf(sl[key as keyof typeof sl]))) {
      for (const name of namesIn(text)) {
        expect(english, `${key} says {${name}} in Slovenian only`).toContain(name);
      }
    }
  }
});

it.each([
  [0, "0 neprebranih"],
  [1, "1 neprebrano"],
  [2, "2 neprebrani"],
  [3, "3 neprebrana"],
  [5, "5 neprebranih"],
  [101, "101 neprebrano"],
  [1204, "1.204 neprebrana"],
])("counts %i in Slovenian", (n, want) => {
  expect(voiceOf("sl").t("list.unread", { n }), "four forms by the language's own rule").toBe(want);
});

it("leaves a name without a value in sight", () => {
  expect(fill("On: {what}", {}, "en-GB"), "an empty gap would hide the mistake").toBe("On: {what}");
});

it.each([
  ["sl", ["en-GB"], "sl", "a chosen language is not second-guessed"],
  ["system", ["en-GB", "en"], "en", "the system speaks English"],
  ["system", ["de-AT", "SL-si"], "sl", "one of the system's languages is Slovenian"],
  ["system", ["de-AT"], "en", "a language Kontor has not learnt"],
] as const)("takes %s on a system in %j for %s", (setting, languages, want, why) => {
  vi.stubGlobal("navigator", { languages });
  expect(languageOf(setting), why).toBe(want);
  vi.unstubAllGlobals();
});
