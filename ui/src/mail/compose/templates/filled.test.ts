import { expect, it } from "vitest";
import type { TemplatePiece } from "../../../api/bindings.ts";
import { type ByHand, finished } from "./filled.ts";

const text = (words: string): TemplatePiece => ({ text: words, placeholder: null, missing: false });
const missing = (name: string): TemplatePiece => ({ text: "", placeholder: name, missing: true });

it.each<[string, ByHand, string | null]>([
  ["nothing said", {}, null],
  ["an empty value is none", { due: "  " }, null],
  ["filled in by hand", { due: "4. 12." }, "Do 4. 12.!"],
  ["left out by choice", { due: null }, "Do !"],
])("%s", (_, byHand, want) => {
  expect(finished([text("Do "), missing("due"), text("!")], byHand)).toBe(want);
});
