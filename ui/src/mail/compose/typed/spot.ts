import type { Editor } from "@tiptap/core";
import { type Begun, begunAt } from "./begun.ts";

/** Where something was begun in the body, and how it is taken out again. */
export type Spot = Begun & {
  /** Where the caret stands, counted as `from`. */
  to: number;
  /** Of the first letter in the window, px; null where nothing is painted. */
  rect: { left: number; top: number; bottom: number } | null;
};

/** What was begun at the caret of the body within a composer. */
export function spotIn(box: HTMLElement | null, editor: Editor | null): Spot | null {
  if (editor !== null) return inEditor(editor);
  const area = box?.querySelector("textarea");
  if (!area || document.activeElement !== area) return null;
  const { selectionStart: to, selectionEnd, value } = area;
  if (to !== selectionEnd) return null;
  const begun = begunAt(value.slice(0, to), value.slice(to));
  return begun && { ...begun, to, rect: painted(area, begun.from) };
}

function inEditor(editor: Editor): Spot | null {
  const { selection } = editor.state;
  if (editor.isDestroyed || !selection.empty || !editor.view.hasFocus()) return null;
  const { $from, from: to } = selection;
  const text = (from: number, until: number) =>
    // A line break counts as one, as it does in the editor's places.
    $from.parent.textBetween(from, until, "\n", "\n");
  const offset = $from.parentOffset;
  const begun = begunAt(text(0, offset), text(offset, $from.parent.content.size));
  if (begun === null) return null;
  const from = to - offset + begun.from;
  return { ...begun, from, to, rect: coords(editor, from) };
}

function coords(editor: Editor, at: number): Spot["rect"] {
  try {
    return editor.view.coordsAtPos(at);
  } catch {
    // Nothing is painted there yet.
    return null;
  }
}

/** A field does not tell where its letters stand; the same words stand behind it for the facts' marks. */
function painted(area: HTMLTextAreaElement, at: number): Spot["rect"] {
  const copy = area.previousElementSibling;
  if (copy === null) return null;
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  for (let left = at; walker.nextNode(); ) {
    const node = walker.currentNode as Text;
    if (left >= node.length) {
      left -= node.length;
      continue;
    }
    const range = document.createRange();
    range.setStart(node, left);
    range.setEnd(node, left + 1);
    // Where pages are not painted, as in tests, ranges have no place.
    return range.getClientRects?.()[0] ?? null;
  }
  return null;
}

/** Selects what was typed, so that what is inserted takes its place. */
export function select({ from, to }: Spot, box: HTMLElement | null, editor: Editor | null): void {
  if (editor !== null) editor.commands.setTextSelection({ from, to });
  else box?.querySelector("textarea")?.setSelectionRange(from, to);
}
