import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, expect, it } from "vitest";
import type { TeamMember } from "../../api/bindings.ts";
import { caretOf, carets, caretsIn, placeCarets, type TheirCaret } from "./carets.ts";

const views: EditorView[] = [];
afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
});

function editor(doc: string): EditorView {
  const view = new EditorView({
    parent: document.body,
    state: EditorState.create({ doc, extensions: [carets] }),
  });
  views.push(view);
  return view;
}

const ana = (head: number, anchor = head): TheirCaret => ({
  member: "ana",
  name: "Ana",
  colour: 2,
  anchor,
  head,
});

/** The text with every caret in it, as a reader sees it: `|Ana` at the head, `[…]` around what is chosen. */
function shown(view: EditorView): string {
  const parts: string[] = [];
  const walk = (node: Node) => {
    if (node instanceof HTMLElement && node.className === "note-caret") {
      parts.push(`|${node.querySelector("span")?.dataset.name}`);
    } else if (node instanceof HTMLElement && node.className === "note-chosen") {
      parts.push("[");
      node.childNodes.forEach(walk);
      parts.push("]");
    } else if (node.nodeType === Node.TEXT_NODE) {
      parts.push(node.textContent ?? "");
    } else {
      node.childNodes.forEach(walk);
    }
  };
  walk(view.contentDOM);
  return parts.join("");
}

it.each<[string, string, TheirCaret[], string]>([
  ["at the beginning", "rok", [ana(0)], "|Anarok"],
  ["behind an emoji, counted as Rust counts", "😀 rok", [ana(2)], "😀 |Anarok"],
  ["past an end that is not here yet", "rok", [ana(99)], "rok|Ana"],
  ["with what is chosen", "dostava zjutraj", [ana(7, 0)], "[dostava]|Ana zjutraj"],
  ["chosen backwards", "dostava zjutraj", [ana(0, 7)], "|Ana[dostava] zjutraj"],
])("shows a caret %s", (_, text, told, want) => {
  const view = editor(text);
  view.dispatch({ effects: placeCarets.of(told) });
  expect(shown(view)).toBe(want);
});

it("carries a caret along with the text, and behind what its owner types", () => {
  const view = editor("rok");
  view.dispatch({ effects: placeCarets.of([ana(3)]) });
  view.dispatch({ changes: { from: 0, insert: "dobavni " } });
  expect(shown(view), "what stands before it grew").toBe("dobavni rok|Ana");
  view.dispatch({ changes: { from: 11, insert: " je" } });
  expect(shown(view), "what is typed at it").toBe("dobavni rok je|Ana");
  view.dispatch({ effects: placeCarets.of([ana(3)]) });
  expect(shown(view), "told once more, not moved").toBe("dobavni rok je|Ana");
  view.dispatch({ effects: placeCarets.of([ana(0)]) });
  expect(shown(view), "moved by its owner").toBe("|Anadobavni rok je");
  view.dispatch({ effects: placeCarets.of([]) });
  expect(shown(view), "gone").toBe("dobavni rok je");
});

it("tells the own caret in scalar values", () => {
  const view = editor("😀 rok\nčas");
  view.dispatch({ selection: { anchor: 3, head: 8 } });
  expect(caretOf("customer:1", view)).toEqual({ subject: "customer:1", anchor: 2, head: 7 });
});

it("knows whose carets are in a note", () => {
  const member = (id: string, subject: string | null): TeamMember => ({
    id,
    name: id,
    email: `${id}@hrast.example`,
    role: "member",
    active: true,
    state: "online",
    since: null,
    viewing: null,
    writing: null,
    caret: subject === null ? null : { subject, anchor: 1, head: 1 },
  });
  const members = [member("ana", "customer:1"), member("bor", "customer:2"), member("jan", null)];
  const found = caretsIn([...members, member("me", "customer:1")], "customer:1", "me");
  expect(found.map(({ member }) => member)).toEqual(["ana"]);
});
