import type { Editor } from "@tiptap/core";
import { flushSync } from "react-dom";
import { textToHtml } from "../quote.ts";
import type { ComposerState } from "../use-composer.ts";

/** Writes a filled in template where the caret stands, and its subject where there is none yet. */
export function insert(
  text: string,
  subject: string,
  composer: ComposerState,
  editor: Editor | null,
  box: HTMLElement | null,
): void {
  const fields = composer.latest();
  const titled = fields.subject.trim() === "" && subject !== "" ? { subject } : {};
  if (fields.html !== null && editor !== null) {
    composer.change(titled);
    // A line goes into the line; a paragraph would break it.
    const line = text !== "" && !text.includes("\n");
    const content = line ? { type: "text", text } : textToHtml(text);
    editor.chain().focus().insertContent(content).run();
    return;
  }
  const area = box?.querySelector("textarea");
  const from = Math.min(area?.selectionStart ?? fields.own.length, fields.own.length);
  const to = Math.min(area?.selectionEnd ?? from, fields.own.length);
  // At once, so that what is typed next stands behind it.
  flushSync(() =>
    composer.change({ ...titled, own: fields.own.slice(0, from) + text + fields.own.slice(to) }),
  );
  area?.setSelectionRange(from + text.length, from + text.length);
  requestAnimationFrame(() => {
    // A dialog that closes takes the focus with it.
    if (document.activeElement !== area) area?.focus({ preventScroll: true });
  });
}
