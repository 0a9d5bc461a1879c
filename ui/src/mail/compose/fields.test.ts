import { describe, expect, it } from "vitest";
import type { Draft } from "../../api/bindings.ts";
import { draftOf, fieldsOf, formatted, isBlank, unfolded } from "./fields.ts";
import { plainText } from "./rich-plain.ts";

const DRAFT: Draft = {
  id: "d1",
  account: "a1",
  to: [{ name: "Tomaž Kovač", address: "tomaz@mizarstvo-kovac.example" }],
  cc: [],
  bcc: [],
  subject: "Re: Ponudba",
  text: "Da.\n\nTomaž, 19. 11. 2026:\n> Gremo?",
  html: null,
  replyTo: "m1",
  began: 1_795_078_200_000,
  messageId: null,
};

describe("fields of a draft", () => {
  it("come back as the same draft", () => {
    expect(draftOf(fieldsOf(DRAFT), DRAFT)).toEqual(DRAFT);
  });

  it("carry the quote into HTML when formatting begins", () => {
    const draft = draftOf(formatted(fieldsOf(DRAFT)), DRAFT);
    expect(draft.text, "the plain twin stays").toBe(DRAFT.text);
    expect(draft.html).toBe(
      '<p>Da.</p><div class="kontor-quote"><p>Tomaž, 19. 11. 2026:</p><blockquote><p>Gremo?</p></blockquote></div>',
    );
    expect(fieldsOf(draft), "and is found again").toMatchObject({
      own: "Da.",
      html: "<p>Da.</p>",
      quoted: "Tomaž, 19. 11. 2026:\n> Gremo?",
    });
  });

  it("take the quote into the own words to answer between its lines", () => {
    const open = unfolded(fieldsOf(DRAFT));
    expect(open).toMatchObject({ own: DRAFT.text, quoted: "" });
  });

  it("are blank only when nobody wrote anything", () => {
    expect(isBlank(fieldsOf({ ...DRAFT, to: [], subject: "", text: "\n\n> Gremo?" }))).toBe(true);
    expect(isBlank(fieldsOf(DRAFT))).toBe(false);
  });
});

describe("plainText", () => {
  const text = (words: string, ...marks: { type: string; attrs?: Record<string, unknown> }[]) => ({
    type: "text",
    text: words,
    marks,
  });
  const p = (...content: object[]) => ({ type: "paragraph", content });
  it.each([
    [
      "paragraphs and breaks",
      [p(text("Da,"), { type: "hardBreak" }, text("gremo.")), p(text("LP"))],
      "Da,\ngremo.\n\nLP",
    ],
    [
      "lists",
      [
        {
          type: "bulletList",
          content: [
            { type: "listItem", content: [p(text("ena"))] },
            { type: "listItem", content: [p(text("dve"))] },
          ],
        },
      ],
      "- ena\n- dve",
    ],
    [
      "numbers",
      [
        {
          type: "orderedList",
          attrs: { start: 3 },
          content: [{ type: "listItem", content: [p(text("tri"))] }],
        },
      ],
      "3. tri",
    ],
    [
      "quotes",
      [{ type: "blockquote", content: [p(text("Gremo?")), p(text("LP"))] }],
      "> Gremo?\n>\n> LP",
    ],
    [
      "links whose words are not the address",
      [p(text("cenik", { type: "link", attrs: { href: "https://h.example/c" } }))],
      "cenik (https://h.example/c)",
    ],
    [
      "links that say their address",
      [p(text("h.example", { type: "link", attrs: { href: "https://h.example" } }))],
      "h.example",
    ],
  ])("writes %s", (_, content, want) => {
    expect(plainText({ type: "doc", content })).toBe(want);
  });
});
