import { Editor } from "@tiptap/core";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { expect, it } from "vitest";
import type { Draft } from "../../../api/bindings.ts";
import { fieldsOf } from "../fields.ts";
import type { ComposerState } from "../use-composer.ts";
import { insert } from "./insert.ts";

it.each([
  ["a value", "20 €", "<p>Odprto 20 € danes.</p>"],
  ["no letters but signs", "<20 & več", "<p>Odprto &lt;20 &amp; več danes.</p>"],
  ["paragraphs", "A\n\nB", "<p>Odprto </p><p>A</p><p>B</p><p> danes.</p>"],
])("puts %s into formatted text where the caret stands", (_, text, want) => {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement("div")),
    extensions: [Document, Paragraph, Text, HardBreak],
    content: "<p>Odprto X danes.</p>",
  });
  editor.commands.setTextSelection({ from: 8, to: 9 });
  const draft = { account: "1", to: [], cc: [], bcc: [], subject: "S", text: "", html: "<p></p>" };
  const composer = {
    latest: () => fieldsOf(draft as unknown as Draft),
    change: () => undefined,
  } as unknown as ComposerState;
  insert(text, "", composer, editor, null);
  expect(editor.getHTML()).toBe(want);
  editor.destroy();
});
