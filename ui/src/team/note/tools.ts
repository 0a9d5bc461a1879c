import { type ChangeSpec, EditorSelection } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

/** The formatting a note knows. */
export type NoteTool = "bold" | "italic" | "list" | "task" | "link";

const TASK = /^(\s*(?:[-*+]|\d+[.)])[ \t]+)\[([ xX])\](?:[ \t]|$)/;

/** The check box a line begins with: where its sign stands and where the words begin. */
export function taskOf(line: string): { sign: number; end: number; done: boolean } | null {
  const [whole = "", before = "", sign = ""] = TASK.exec(line) ?? [];
  if (whole === "") return null;
  return { sign: before.length + 1, end: whole.length, done: sign !== " " };
}

/** Ticks or clears the check box of the line at a position. False where there is none. */
export function toggleTaskAt(view: EditorView, position: number): boolean {
  const line = view.state.doc.lineAt(position);
  const task = taskOf(line.text);
  if (!task || view.state.readOnly) return false;
  const from = line.from + task.sign;
  view.dispatch({
    changes: { from, to: from + 1, insert: task.done ? " " : "x" },
    userEvent: "input.tick",
  });
  return true;
}

/** Formats what is selected, or takes the same formatting away. */
export function applyTool(view: EditorView, tool: NoteTool): void {
  if (tool === "bold") wrap(view, "**");
  else if (tool === "italic") wrap(view, "*");
  else if (tool === "list") prefix(view, "- ");
  else if (tool === "task") prefix(view, "- [ ] ");
  else makeLink(view);
  view.focus();
}

function wrap(view: EditorView, sign: string): void {
  const { state } = view;
  const spec = state.changeByRange((range) => {
    const { from, to } = range;
    const size = sign.length;
    const around =
      state.sliceDoc(from - size, from) === sign && state.sliceDoc(to, to + size) === sign;
    if (around) {
      return {
        changes: [
          { from: from - size, to: from },
          { from: to, to: to + size },
        ],
        range: EditorSelection.range(from - size, to - size),
      };
    }
    return {
      changes: [
        { from, insert: sign },
        { from: to, insert: sign },
      ],
      range: EditorSelection.range(from + size, to + size),
    };
  });
  view.dispatch(spec, { userEvent: "input.format" });
}

const ITEM = /^(\s*)(?:(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?/;

function prefix(view: EditorView, sign: string): void {
  const { doc, selection } = view.state;
  const first = doc.lineAt(selection.main.from).number;
  const last = doc.lineAt(selection.main.to).number;
  const lines = Array.from({ length: last - first + 1 }, (_, index) => doc.line(first + index));
  const has = (text: string) => {
    const [whole = "", indent = ""] = ITEM.exec(text) ?? [];
    return whole.slice(indent.length).replace(/\[[xX]\]/, "[ ]") === sign;
  };
  const all = lines.every((line) => has(line.text));
  const changes = lines.map((line): ChangeSpec => {
    const [whole = "", indent = ""] = ITEM.exec(line.text) ?? [];
    const from = line.from + indent.length;
    return { from, to: line.from + whole.length, insert: all ? "" : sign };
  });
  view.dispatch({ changes, userEvent: "input.format" });
}

function makeLink(view: EditorView): void {
  const { from, to } = view.state.selection.main;
  const words = view.state.sliceDoc(from, to);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  const insert = isAddress ? `[](${words})` : `[${words}](https://)`;
  const caret =
    isAddress || words === ""
      ? EditorSelection.cursor(from + 1)
      : EditorSelection.range(from + words.length + 3, from + insert.length - 1);
  view.dispatch({
    changes: { from, to, insert },
    selection: caret,
    userEvent: "input.format",
  });
}
