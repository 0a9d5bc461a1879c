import type { Editor } from "@tiptap/core";
import type { MailFact } from "../../../api/bindings.ts";
import type { ComposerState } from "../use-composer.ts";

/** Writes what a document says in place of what the text says. */
export function replaced(fact: MailFact, composer: ComposerState, editor: Editor | null): void {
  const { instead } = fact;
  if (instead === null) return;
  const { own, html } = composer.latest();
  if (html === null) {
    composer.change({
      own: own.slice(0, fact.at) + instead + own.slice(fact.at + fact.text.length),
    });
    return;
  }
  if (editor === null) return;
  // Formatted text has places of its own: the same words as often before it count.
  let left = own.slice(0, fact.at).split(fact.text).length - 1;
  let found: number | null = null;
  editor.state.doc.descendants((node, at) => {
    const text = node.text ?? "";
    for (let from = text.indexOf(fact.text); from >= 0 && found === null; ) {
      if (left === 0) found = at + from;
      left -= 1;
      from = text.indexOf(fact.text, from + fact.text.length);
    }
    return found === null;
  });
  if (found === null) return;
  const from: number = found;
  editor
    .chain()
    .focus()
    .insertContentAt({ from, to: from + fact.text.length }, instead)
    .run();
}
