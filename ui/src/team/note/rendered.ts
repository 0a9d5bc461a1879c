import { syntaxTree } from "@codemirror/language";
import { type EditorState, type Extension, Facet, type Range } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { fileTarget } from "./files/target.ts";
import { taskOf, toggleTaskAt } from "./tools.ts";

type Walk = Parameters<ReturnType<typeof syntaxTree>["iterate"]>[0];
type SyntaxNodeRef = Parameters<Walk["enter"]>[0];

/** Names that may follow an @, and what a check box is called. */
export type NoteWords = { members: readonly string[]; tick: string; followLink: string };

export const noteWords = Facet.define<NoteWords, NoteWords>({
  combine: (values) => values[0] ?? { members: [], tick: "", followLink: "" },
});

/** The box in the place of `- [ ] `. */
class CheckBox extends WidgetType {
  private readonly done: boolean;
  private readonly label: string;

  constructor(done: boolean, label: string) {
    super();
    this.done = done;
    this.label = label;
  }

  override eq(other: CheckBox): boolean {
    return other.done === this.done && other.label === this.label;
  }

  toDOM(view: EditorView): HTMLElement {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "note-box";
    box.checked = this.done;
    box.tabIndex = -1;
    box.setAttribute("aria-label", this.label);
    box.onmousedown = (event) => event.preventDefault();
    box.onclick = (event) => {
      event.preventDefault();
      toggleTaskAt(view, view.posAtDOM(box));
    };
    return box;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** A file's name in the place of its link; the file itself stands under the note. */
class FileChip extends WidgetType {
  private readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override eq(other: FileChip): boolean {
    return other.name === this.name;
  }

  toDOM(): HTMLElement {
    const chip = document.createElement("span");
    chip.className = "note-file";
    chip.textContent = this.name;
    return chip;
  }
}

class Bullet extends WidgetType {
  override eq(): boolean {
    return true;
  }

  toDOM(): HTMLElement {
    const bullet = document.createElement("span");
    bullet.className = "note-bullet";
    bullet.textContent = "•";
    return bullet;
  }
}

const HIDDEN = Decoration.replace({});
const BULLET = Decoration.replace({ widget: new Bullet() });
const MARKS: Readonly<Record<string, Decoration>> = {
  StrongEmphasis: Decoration.mark({ class: "note-strong" }),
  Emphasis: Decoration.mark({ class: "note-emphasis" }),
  Strikethrough: Decoration.mark({ class: "note-struck" }),
  InlineCode: Decoration.mark({ class: "note-code" }),
};
const SIGNS = new Set(["EmphasisMark", "CodeMark", "StrikethroughMark"]);

/** Whether someone writes in this stretch: then its signs are shown, or nobody could change them. */
function writtenIn(view: EditorView, from: number, to: number): boolean {
  return (
    view.hasFocus &&
    view.state.selection.ranges.some((range) => range.from <= to && range.to >= from)
  );
}

type Found = Range<Decoration>[];

function heading(view: EditorView, node: SyntaxNodeRef, found: Found): void {
  const line = view.state.doc.lineAt(node.from);
  found.push(Decoration.line({ class: `note-h${node.name.at(-1)}` }).range(line.from));
  if (writtenIn(view, line.from, line.to)) return;
  const signs = /^#{1,6}[ \t]*/.exec(line.text.slice(node.from - line.from))?.[0].length ?? 0;
  if (signs > 0) found.push(HIDDEN.range(node.from, Math.min(node.from + signs, line.to)));
}

function listItem(view: EditorView, node: SyntaxNodeRef, found: Found): void {
  const line = view.state.doc.lineAt(node.from);
  found.push(Decoration.line({ class: "note-item" }).range(line.from));
  const task = taskOf(line.text);
  if (task) {
    const end = line.from + task.end;
    const box = new CheckBox(task.done, view.state.facet(noteWords).tick);
    found.push(Decoration.replace({ widget: box }).range(node.from, end));
    if (task.done && end < line.to) {
      found.push(Decoration.mark({ class: "note-done" }).range(end, line.to));
    }
    return;
  }
  const sign = /^[-*+][ \t]/.exec(line.text.slice(node.from - line.from));
  if (sign && !writtenIn(view, node.from, node.from)) {
    found.push(BULLET.range(node.from, node.from + 2));
  }
}

function link(view: EditorView, node: SyntaxNodeRef, found: Found): void {
  const text = view.state.sliceDoc(node.from, node.to);
  const file = /^!?\[((?:\\.|[^\]\\])*)\]\((kontor-file:[^)\s]*)\)$/.exec(text);
  if (file && fileTarget(file[2] ?? "") !== null) {
    if (writtenIn(view, node.from, node.to)) return;
    const name = (file[1] ?? "").replace(/\\([\\[\]])/g, "$1");
    const chip = new FileChip(name === "" ? "file" : name);
    found.push(Decoration.replace({ widget: chip }).range(node.from, node.to));
    return;
  }
  const parts = /^\[([^\]]*)\]\(([^)\s]*)[^)]*\)$/.exec(text);
  if (!parts) return;
  const [, words = "", href = ""] = parts;
  found.push(linkMark(view.state, href).range(node.from, node.to));
  if (words === "" || writtenIn(view, node.from, node.to)) return;
  found.push(HIDDEN.range(node.from, node.from + 1));
  found.push(HIDDEN.range(node.from + 1 + words.length, node.to));
}

function linkMark(state: EditorState, href: string): Decoration {
  const title = `${href}\n${state.facet(noteWords).followLink}`;
  return Decoration.mark({ class: "note-link", attributes: { "data-href": href, title } });
}

function enter(view: EditorView, node: SyntaxNodeRef, found: Found): boolean | undefined {
  const { name, from, to } = node;
  if (/^ATXHeading\d$/.test(name)) heading(view, node, found);
  else if (name === "ListItem") listItem(view, node, found);
  else if (name === "Link" || name === "Image") {
    link(view, node, found);
    return false;
  } else if (name === "URL") {
    found.push(linkMark(view.state, view.state.sliceDoc(from, to)).range(from, to));
  } else if (SIGNS.has(name)) {
    const around = node.node.parent;
    if (around && !writtenIn(view, around.from, around.to)) found.push(HIDDEN.range(from, to));
  } else {
    const mark = MARKS[name];
    if (mark && from < to) found.push(mark.range(from, to));
  }
  return undefined;
}

const MENTION = Decoration.mark({ class: "note-mention" });

/**
 * What an @ with one of these names looks like, in any case; null without names. The first name is enough where only one
 * is called so. Longer names first: one may begin another.
 */
export function mentionPattern(names: readonly string[]): RegExp | null {
  const whole = names.filter((name) => name.trim() !== "");
  const firsts = whole.map((name) => name.trim().split(/\s+/u)[0] ?? name);
  const alone = firsts.filter((name) => firsts.indexOf(name) === firsts.lastIndexOf(name));
  const known = [...new Set([...whole, ...alone])];
  if (known.length === 0) return null;
  const any = known
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}])@(?:${any})(?![\\p{L}\\p{N}])`, "giu");
}

function decorate(view: EditorView): DecorationSet {
  const found: Found = [];
  const mention = mentionPattern(view.state.facet(noteWords).members);
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({ from, to, enter: (node) => enter(view, node, found) });
    if (!mention) continue;
    for (const hit of view.state.sliceDoc(from, to).matchAll(mention)) {
      found.push(MENTION.range(from + hit.index, from + hit.index + hit[0].length));
    }
  }
  return Decoration.set(found, true);
}

const plugin = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate): void {
      const { docChanged, selectionSet, viewportChanged, focusChanged, view } = update;
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state);
      const words = update.startState.facet(noteWords) !== update.state.facet(noteWords);
      if (docChanged || selectionSet || viewportChanged || focusChanged || parsed || words) {
        this.decorations = decorate(view);
      }
    }
  },
  {
    decorations: (value) => value.decorations,
    provide: (of) =>
      EditorView.atomicRanges.of((view) => {
        const all = view.plugin(of)?.decorations ?? Decoration.none;
        return all.update({ filter: (_from, _to, value) => value.point });
      }),
  },
);

/** Shows Markdown as what it means while it is written: signs disappear where nobody writes. */
export function rendered(onLink: (href: string) => void): Extension {
  return [
    plugin,
    EditorView.domEventHandlers({
      click: (event) => {
        if (!event.ctrlKey && !event.metaKey) return false;
        const target = event.target instanceof Element ? event.target.closest("[data-href]") : null;
        const href = target?.getAttribute("data-href");
        if (!href) return false;
        onLink(href);
        return true;
      },
    }),
  ];
}
