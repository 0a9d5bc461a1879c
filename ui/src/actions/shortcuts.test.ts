// @vitest-environment jsdom
import { expect, it } from "vitest";
import { voiceOf } from "../i18n/language.tsx";
import { findIn, fold } from "./match.ts";
import { isSingleKey, meaningOf, pressOf } from "./shortcuts.ts";
import { ACTIONS } from "./table.ts";

const press = (key: string, modifiers: Partial<KeyboardEvent> = {}) =>
  pressOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...modifiers });

it.each([
  ["a letter", press("e"), "e"],
  ["Caps Lock", press("E"), "e"],
  ["Shift and a letter", press("R", { shiftKey: true }), "Shift+r"],
  ["a sign that needs Shift", press("#", { shiftKey: true }), "#"],
  ["a sign on a Slovenian keyboard", press("/", { shiftKey: true }), "/"],
  [
    "a sign on AltGr, which Windows reports as Control and Alt",
    press("]", { ctrlKey: true, altKey: true, getModifierState: (key) => key === "AltGraph" }),
    "]",
  ],
  ["Control", press("k", { ctrlKey: true }), "Mod+k"],
  ["a function key", press("F6", { shiftKey: true }), "Shift+F6"],
  ["Alt and an arrow", press("ArrowLeft", { altKey: true }), "Alt+ArrowLeft"],
])("writes %s as the table does", (_, got, want) => {
  expect(got, "letters know Shift, signs are what the layout makes them").toBe(want);
});

const meant = (keys: string, pending: string | null = null) => {
  const meaning = meaningOf(keys, pending, ACTIONS);
  if (meaning === null) return null;
  return "pending" in meaning ? `${meaning.pending} …` : meaning.action.id;
};

it.each([
  ["e", null, "thread.archive"],
  ["#", null, "thread.trash"],
  ["g", null, "g …"],
  ["i", "g", "go.inbox"],
  ["i", null, "message.images"],
  ["e", "g", "thread.archive"],
  ["q", null, null],
  ["Mod+k", null, "palette"],
])("understands %s after %s", (keys, pending, want) => {
  expect(meant(keys, pending), "a broken pair counts as its second key alone").toBe(want);
});

it.each([
  ["e", true],
  ["g i", true],
  ["Shift+r", true],
  ["Mod+k", false],
  ["F6", false],
  ["Escape", false],
])("knows whether %s is a single key", (keys, want) => {
  expect(isSingleKey(keys), "only these can be switched off").toBe(want);
});

it("gives every key to one action", () => {
  const all = ACTIONS.flatMap((action) => action.keys);
  expect(new Set(all).size, "two actions on one key would race").toBe(all.length);
  const whole = new Set<string>(all);
  const halves = all.filter((keys) => keys.includes(" ")).map((keys) => keys.split(" ")[0] ?? "");
  expect(
    halves.filter((half) => whole.has(half)),
    "the first half of a pair must be free",
  ).toEqual([]);
});

it("names every action in two languages", () => {
  for (const action of ACTIONS) {
    const names = [voiceOf("en").t(action.title), voiceOf("sl").t(action.title)];
    expect(new Set(names).size, `${action.id} has one name for both`).toBe(2);
  }
});

it.each([
  ["Pojdi v arhiv", "arh", [8, 11], 1],
  ["Arhiviraj", "ARH", [0, 3], 0],
  ["Show open račune", "racun", [10, 15], 1],
  ["Archive", "chive", [2, 7], 2],
])("finds in %s the search %s", (title, search, span, rank) => {
  expect(findIn(title, search), "starts of words first, accents do not matter").toEqual({
    span,
    rank,
  });
});

it("does not find one letter inside words", () => {
  expect(findIn("Archive", "v"), "every title would match").toBeNull();
});

it("keeps positions while folding", () => {
  expect(fold("Žagar Čop"), "one letter for one letter").toBe("zagar cop");
});
