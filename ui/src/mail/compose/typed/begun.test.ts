import { expect, it } from "vitest";
import { begunAt, fits } from "./begun.ts";

it.each([
  ["a slash alone", "/", "", { kind: "template", from: 0, query: "" }],
  ["on a later line", "Hvala\n/opo", "\nLp", { kind: "template", from: 6, query: "opo" }],
  ["two words", "/opomin za", "", { kind: "template", from: 0, query: "opomin za" }],
  ["within a line", "in/ali", "", null],
  ["after a space", " /", "", null],
  ["a path", "/home/maja", "", null],
  ["a space behind it", "/ ", "", null],
  ["words behind the caret", "/", "ali", null],
  ["spaces behind the caret", "/", "  \nLp", { kind: "template", from: 0, query: "" }],
  ["two braces", "Odprto: {{", "", { kind: "value", from: 8, query: "" }],
  ["a name begun", "{{order.la", " kos", { kind: "value", from: 0, query: "order.la" }],
  ["one brace", "{", "", null],
  ["closed", "{{today}}", "", null],
  ["a space within", "{{ to", "", null],
  ["a line further down", "{{\nto", "", null],
])("%s", (_, before, after, want) => {
  expect(begunAt(before, after)).toEqual(want);
});

it("compares words without accents and capitals", () => {
  expect(fits("placilo opo", "Opomin za plačilo")).toBe(true);
  expect(fits("dobava", "Opomin za plačilo")).toBe(false);
});
