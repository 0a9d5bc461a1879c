import { describe, expect, it } from "vitest";
import { joinHtmlQuote, joinQuote, splitHtmlQuote, splitQuote, textToHtml } from "./quote.ts";

const QUOTE = "Tomaž Kovač, 19. 11. 2026 09:42:\n> Pozdravljena, Maja,\n>\n> hvala.";

describe("splitQuote", () => {
  it.each([
    ["own words above a quote", `Potrjujem.\n\n${QUOTE}`, "Potrjujem.", QUOTE],
    ["nothing written yet", `\n\n${QUOTE}`, "", QUOTE],
    ["a quote without its line", "Da.\n\n> Gremo?", "Da.", "> Gremo?"],
    ["no quote", "Pozdravljeni,\n\nhvala.", "Pozdravljeni,\n\nhvala.", ""],
    ["answers between the lines", "> Koliko?\nPet.", "> Koliko?\nPet.", ""],
    [
      "a line of two",
      "Da.\n\nOn Thursday, 19 November 2026 at 09:42, Tomaž Kovač\n<tomaz@mizarstvo.example> wrote:\n> Gremo?",
      "Da.",
      "On Thursday, 19 November 2026 at 09:42, Tomaž Kovač\n<tomaz@mizarstvo.example> wrote:\n> Gremo?",
    ],
    ["nothing at all", "", "", ""],
  ])("finds %s", (_, text, own, quoted) => {
    expect(splitQuote(text)).toEqual({ own, quoted });
  });

  it("loses no word on the way through", () => {
    for (const own of ["", "Da.", "Da.\n\nIn še nekaj: to."]) {
      const text = joinQuote({ own, quoted: QUOTE });
      expect(joinQuote(splitQuote(text)), "stored and opened again it is the same").toBe(text);
    }
  });
});

describe("HTML drafts", () => {
  it("keep the quote apart from the own words", () => {
    const parts = { own: "<p>Da.</p>", quoted: "<blockquote><p>Gremo?</p></blockquote>" };
    expect(splitHtmlQuote(joinHtmlQuote(parts))).toEqual(parts);
    expect(splitHtmlQuote("<p>Da.</p>")).toEqual({ own: "<p>Da.</p>", quoted: "" });
  });

  it("begin as the paragraphs of the plain text, nothing in them is markup", () => {
    expect(textToHtml("Pozdravljeni,\n\n1 < 2 & 3\nLep pozdrav\n")).toBe(
      "<p>Pozdravljeni,</p><p>1 &lt; 2 &amp; 3<br>Lep pozdrav</p>",
    );
  });
});
