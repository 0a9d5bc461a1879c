import { RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { NoteCaret, TeamMember } from "../../api/bindings.ts";
import { colourOf } from "../people.ts";
import { scalarsIn, unitsAfter } from "./splices.ts";

/** A colleague's caret as last told; positions in scalar values of the text as they saw it. */
export type TheirCaret = {
  member: string;
  name: string;
  /** Their person colour; undefined past six. */
  colour: number | undefined;
  anchor: number;
  head: number;
};

/** The carets in a note of everybody but oneself. */
export function caretsIn(
  members: readonly TeamMember[],
  subject: string,
  me: string | null,
): readonly TheirCaret[] {
  return members.flatMap(({ id, name, caret }) =>
    caret?.subject === subject && id !== me
      ? [
          {
            member: id,
            name,
            colour: colourOf(members, id),
            anchor: caret.anchor,
            head: caret.head,
          },
        ]
      : [],
  );
}

/** Where the own caret stands, as it is told. */
export function caretOf(subject: string, view: EditorView): NoteCaret {
  const { anchor, head } = view.state.selection.main;
  const text = view.state.doc;
  return { subject, anchor: scalarsBefore(text, anchor), head: scalarsBefore(text, head) };
}

const scalarsBefore = (text: Text, at: number): number => scalarsIn(text.sliceString(0, at));

/** Tells the editor who is where now. */
export const placeCarets = StateEffect.define<readonly TheirCaret[]>();

/** What was told, and where it stands after what was written since; in UTF-16 units. */
type Standing = { told: TheirCaret; anchor: number; head: number; moves: number };

const standing = StateField.define<readonly Standing[]>({
  create: () => [],
  update(carets, transaction) {
    let now = carets;
    if (transaction.docChanged) {
      now = now.map((caret) => ({
        ...caret,
        // What a colleague types comes before their caret's next place does: it stays behind the new letters.
        anchor: transaction.changes.mapPos(caret.anchor, 1),
        head: transaction.changes.mapPos(caret.head, 1),
      }));
    }
    for (const effect of transaction.effects) {
      if (effect.is(placeCarets)) now = placed(now, effect.value, transaction.newDoc);
    }
    return now;
  },
  provide: (field) =>
    EditorView.decorations.compute([field, "doc"], (state) =>
      drawn(state.field(field), state.doc.line(1).to),
    ),
});

/** A caret that was not told anew stays where the text carried it. */
function placed(before: readonly Standing[], told: readonly TheirCaret[], text: Text): Standing[] {
  const words = text.toString();
  return told.map((caret) => {
    const known = before.find((other) => other.told.member === caret.member);
    const same = known?.told.head === caret.head && known.told.anchor === caret.anchor;
    if (known !== undefined && same) return { ...known, told: caret };
    return {
      told: caret,
      anchor: unitsAfter(words, caret.anchor),
      head: unitsAfter(words, caret.head),
      moves: (known?.moves ?? 0) + 1,
    };
  });
}

/** Over the first line is no room for names: there they hang below it. */
function drawn(carets: readonly Standing[], firstLine: number): DecorationSet {
  const marks = carets.flatMap(({ told, anchor, head, moves }) => {
    const colour = String(told.colour ?? "");
    const caret = {
      from: head,
      to: head,
      value: Decoration.widget({
        widget: new Caret(told.name, colour, moves, head <= firstLine),
        side: 1,
      }),
    };
    if (anchor === head) return [caret];
    const value = Decoration.mark({ class: "note-chosen", attributes: { "data-colour": colour } });
    return [{ from: Math.min(anchor, head), to: Math.max(anchor, head), value }, caret];
  });
  marks.sort((a, b) => a.from - b.from || a.value.startSide - b.value.startSide);
  const set = new RangeSetBuilder<Decoration>();
  for (const { from, to, value } of marks) set.add(from, to, value);
  return set.finish();
}

class Caret extends WidgetType {
  readonly name: string;
  readonly colour: string;
  /** Drawn anew with each move, so that the name shows again. */
  readonly moves: number;
  readonly isFirst: boolean;

  constructor(name: string, colour: string, moves: number, isFirst: boolean) {
    super();
    this.name = name;
    this.colour = colour;
    this.moves = moves;
    this.isFirst = isFirst;
  }

  override eq(other: Caret): boolean {
    return other.name === this.name && other.colour === this.colour && other.moves === this.moves;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = "note-caret";
    caret.dataset.colour = this.colour;
    // The status beside the title says who is editing; read within the text it would be in the way.
    caret.ariaHidden = "true";
    const name = document.createElement("span");
    name.className = "note-caret-name";
    // Not as text: it is no part of the note, also when the note is copied.
    name.dataset.name = this.name;
    name.dataset.below = String(this.isFirst);
    caret.append(name);
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Colleagues' carets and what they have chosen, in their colours. */
export const carets = standing;
