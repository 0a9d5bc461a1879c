import { ChangeSet, Text } from "@codemirror/state";
import { expect, it } from "vitest";
import { changesOf, difference, scalarsIn, splicesOf, unitsAfter } from "./splices.ts";

const text = (words: string) => Text.of(words.split("\n"));
const change = (words: string, from: number, to: number, insert: string) =>
  ChangeSet.of({ from, to, insert }, words.length, "\n");

it.each([
  ["", 0],
  ["čšž", 3],
  ["a😀b", 3],
  ["👩‍👧", 3],
  ["\ud83d", 1],
  ["\ude00\ud83d", 2],
])("counts the scalar values of %j", (words, want) => {
  expect(scalarsIn(words), "as Rust counts them").toBe(want);
  expect(unitsAfter(words, want), "and finds the end again").toBe(words.length);
});

it.each<[string, string, number, number, string, { at: number; del: number; insert: string }]>([
  ["letters", "rok", 3, 3, " dobave", { at: 3, del: 0, insert: " dobave" }],
  ["behind an emoji", "😀 rok", 3, 6, "čas", { at: 2, del: 3, insert: "čas" }],
  ["an emoji taken out", "a😀b", 1, 3, "", { at: 1, del: 1, insert: "" }],
  // 😀 and 😁 share their first half: an editor may see only the second one change.
  ["half an emoji", "a😀b", 2, 3, "\ude01", { at: 1, del: 1, insert: "😁" }],
  ["a line break", "a\nb", 1, 2, "\n\n", { at: 1, del: 1, insert: "\n\n" }],
  ["half a letter", "ab", 1, 1, "\ud83d", { at: 1, del: 0, insert: "\ufffd" }],
])("says %s in scalar values", (_, before, from, to, insert, want) => {
  expect(splicesOf(text(before), change(before, from, to, insert))).toEqual([want]);
});

it("says several changes from the end, so that both readings of their positions agree", () => {
  const before = "- a\n- b😀\n- c";
  const changes = ChangeSet.of(
    [
      { from: 2, to: 3, insert: "A" },
      { from: before.length, insert: "!" },
    ],
    before.length,
  );
  const splices = splicesOf(text(before), changes);
  expect(
    splices.map(({ at }) => at),
    "the last one first",
  ).toEqual([12, 2]);
  expect(changesOf(text(before), splices).apply(text(before)).toString()).toBe("- A\n- b😀\n- c!");
});

it("reads splices one after the other", () => {
  const before = text("😀😀");
  const changes = changesOf(before, [
    { at: 0, del: 1, insert: "ab" },
    { at: 2, del: 1, insert: "" },
  ]);
  expect(changes.apply(before).toString(), "each in the text the earlier ones left").toBe("ab");
});

it.each([
  ["rok dobave", "rok za dobavo"],
  ["", "a"],
  ["aa", "a"],
  ["ab", "ab"],
  ["a\nb", "b"],
])("finds the way from %j to %j", (before, after) => {
  expect(difference(text(before), after).apply(text(before)).toString()).toBe(after);
});

/** A cut may leave half a letter, which becomes the sign for what cannot be shown. */
const whole = (words: string) => new TextDecoder().decode(new TextEncoder().encode(words));

const LETTERS = ["a", "č", "😀", "\n", "- [ ] ", "🇸🇮"];

it("carries random edits there and back", () => {
  // A small generator with a fixed seed: the same edits every time.
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  let before = text("# Kovač 😀\n- Rok dobave");
  for (let round = 0; round < 400; round += 1) {
    const from = random(before.length + 1);
    const to = Math.min(before.length, from + random(5));
    const insert = Array.from({ length: random(4) }, () => LETTERS[random(LETTERS.length)]).join(
      "",
    );
    const changes = ChangeSet.of({ from, to, insert }, before.length, "\n");
    const after = changes.apply(before).toString();
    const read = changesOf(before, splicesOf(before, changes)).apply(before).toString();
    expect(read, `round ${round}`).toBe(whole(after));
    before = text(whole(after));
  }
});
