import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import type { TeamMember } from "../../api/bindings.ts";
import { mentionSource } from "./mentions.ts";
import { mentionPattern } from "./rendered.ts";
import { taskOf } from "./tools.ts";

const member = (name: string, active = true): TeamMember => ({
  id: name,
  name,
  email: "",
  role: "member",
  active,
  state: "online",
  since: null,
  viewing: null,
  writing: null,
  caret: null,
});
const MEMBERS = [member("Ana Zupančič"), member("Bor Kranjc"), member("Eva Gone", false)];

it.each([
  ["naj @", "@"],
  ["@Žan", "@Žan"],
  ["naj", null],
  ["ana@hrast", null],
  ["a@", null],
])("offers colleagues behind %j", (text, begun) => {
  const state = EditorState.create({ doc: text });
  const found = mentionSource(() => MEMBERS)(new CompletionContext(state, text.length, false));
  expect(found && text.slice(found.from), "an address is no mention").toBe(begun);
  if (found)
    expect(found.options.map(({ label }) => label)).toEqual(["@Ana Zupančič", "@Bor Kranjc"]);
});

it.each([
  ["@Ana Zupančič naj", ["@Ana Zupančič"]],
  ["@Ana Zupančičeva", ["@Ana"]],
  ["@Anamarija", []],
  ["x@Ana Zupančič", []],
  ["(@bor kranjc, @Ana, @Eva)", ["@bor kranjc", "@Ana"]],
])("knows colleagues in %j", (text, want) => {
  const pattern = mentionPattern(["Ana Zupančič", "Bor Kranjc"]) ?? /$./;
  expect([...text.matchAll(pattern)].map(([whole]) => whole)).toEqual(want);
});

it.each([
  ["- [ ] klic", { sign: 3, end: 6, done: false }],
  ["  * [x] klic", { sign: 5, end: 8, done: true }],
  ["1. [X]", { sign: 4, end: 6, done: true }],
  ["- [ ]klic", null],
  ["[ ] klic", null],
])("finds the check box of %j", (line, want) => {
  expect(taskOf(line)).toEqual(want);
});
