import { describe, expect, it } from "vitest";
import { linkify } from "./linkify.ts";

describe("linkify", () => {
  it.each([
    ["an address", "see https://a.example/x?y=1#z now", ["https://a.example/x?y=1#z"]],
    ["one without a scheme", "www.a.example", ["https://www.a.example"]],
    ["the full stop after it", "Look at https://a.example/x.", ["https://a.example/x"]],
    ["a bracket around it", "(https://a.example/x)", ["https://a.example/x"]],
    ["a bracket in it", "https://a.example/x_(y)", ["https://a.example/x_(y)"]],
    [
      "a mail address",
      "write to ana@hrastvijak.example, please",
      ["mailto:ana@hrastvijak.example"],
    ],
    ["several", "http://a.example http://b.example", ["http://a.example", "http://b.example"]],
    ["no program", "javascript:alert(1) file:///etc/passwd data:text/html,x", []],
    ["no half address", "https:// and www. and a@b", []],
    ["Slovenian quotation marks", "»https://a.example/x«", ["https://a.example/x"]],
  ])("finds %s", (_, text, want) => {
    const segments = linkify(text);
    expect(segments.flatMap(({ href }) => href ?? [])).toEqual(want);
    expect(segments.map((segment) => segment.text).join(""), "no letter is lost").toBe(text);
  });

  it.each(["a.", "a@", "@", "www.", "https://", "https://a.example/))))", "a@b."])(
    "reads an endless line of %s in one pass",
    (piece) => {
      const text = piece.repeat(20_000);
      expect(
        linkify(text)
          .map((segment) => segment.text)
          .join(""),
      ).toBe(text);
    },
  );
});
