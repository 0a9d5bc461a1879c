import { expect, it } from "vitest";
import { marked } from "./Marked.tsx";

const O = "\u{e000}";
const C = "\u{e001}";

it.each([
  ["plain text", "račun", ["račun"]],
  ["one match", `plačan ${O}račun${C} danes`, ["plačan ", "[račun]", " danes"]],
  ["two matches", `${O}a${C} ${O}b${C}`, ["[a]", " ", "[b]"]],
  ["a mark never closed", `a ${O}b`, ["a b"]],
  ["a mark never opened", `a${C} b`, ["a b"]],
  ["nested marks", `${O}a${O}b${C}c${C}`, ["[ab]", "c"]],
  ["nothing", "", []],
])("reads %s", (_, text, want) => {
  const got = marked(text).map((part) => (part.match ? `[${part.text}]` : part.text));
  expect(got, "marks never reach the eye").toEqual(want);
});
