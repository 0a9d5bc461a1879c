import { ChangeSet, Text } from "@codemirror/state";
import type { NoteEdit, NoteEdited, NoteView } from "../../api/bindings.ts";
import { Failure } from "../../api/failure.ts";
import { byWholeLetters, changesOf, difference, splicesOf } from "./splices.ts";

/** How a note's words stand: on their way to the disk, there but not yet with the team, or with everyone. */
export type NoteState =
  | {
      kind: "saved" /** From the first letter to the team's server, ms; null when nothing was written. */;
      ms: number | null;
    }
  | { kind: "saving" }
  | { kind: "waiting"; changes: number }
  | { kind: "failed"; error: unknown };

export type NoteDoor = {
  read: (subject: string) => Promise<NoteView>;
  edit: (edit: NoteEdit) => Promise<NoteEdited>;
};

export type NoteExchange = {
  /** Takes in what was written just now: the text on screen before it, and its change. */
  wrote: (before: Text, changes: ChangeSet) => void;
  /** Others may have written, or what was not saved is tried again. */
  ask: () => void;
  /** Nobody looks any more. What is written still goes its way. */
  leave: () => void;
};

type Options = {
  view: NoteView;
  door: NoteDoor;
  /** A change by others, in the text on screen. */
  onTheirs: (changes: ChangeSet) => void;
  onState: (state: NoteState) => void;
  /** Milliseconds of a clock that only goes forward. */
  clock: () => number;
};

/**
 * Brings a note's edits to Rust and the others' edits back, one question at a time.
 *
 * Three texts: `known`, what Rust had at `revision`; `known` with `sent`; and that with `unsent`, which is what stands on
 * screen. What the answer brings is moved over `unsent`, which meanwhile grew: nothing typed is lost or moved.
 */
export function exchangeNote({ view, door, onTheirs, onState, clock }: Options): NoteExchange {
  let known = Text.of(view.text.split("\n"));
  let { revision, waiting } = view;
  let unsent = ChangeSet.empty(known.length);
  let sent: ChangeSet | null = null;
  let busy = false;
  let again = false;
  let left = false;
  let failure: unknown = null;
  let begunAnew = 0;
  let began: number | null = null;
  let took: number | null = null;

  const tell = () => {
    if (left) return;
    if (failure !== null) return onState({ kind: "failed", error: failure });
    if (sent?.empty === false || !unsent.empty) return onState({ kind: "saving" });
    if (waiting > 0) return onState({ kind: "waiting", changes: waiting });
    if (began !== null) took = Math.max(1, Math.round(clock() - began));
    began = null;
    onState({ kind: "saved", ms: took });
  };

  /** Moves what others did, in the text that Rust has now, over what it does not have yet. */
  const takeIn = (base: Text, theirs: ChangeSet) => {
    const onScreen = theirs.map(unsent);
    unsent = unsent.map(theirs, true);
    known = theirs.apply(base);
    if (!onScreen.empty && !left) onTheirs(onScreen);
  };

  const one = async () => {
    const mine = unsent;
    sent = mine;
    unsent = ChangeSet.empty(mine.newLength);
    tell();
    try {
      const answer = await door.edit({
        subject: view.subject,
        revision,
        splices: splicesOf(known, mine),
      });
      sent = null;
      const base = mine.apply(known);
      takeIn(base, changesOf(base, answer.splices));
      ({ revision, waiting } = answer);
      failure = null;
      begunAnew = 0;
    } catch (error) {
      unsent = mine.compose(unsent);
      sent = null;
      const unknown = error instanceof Failure && error.code === "usage";
      if (!unknown || begunAnew > 0) throw error;
      begunAnew += 1;
      await startOver();
    }
  };

  /** Rust does not know the revision any more, as after it began anew: the difference of the texts takes its place. */
  const startOver = async () => {
    const now = await door.read(view.subject);
    takeIn(known, difference(known, now.text));
    ({ revision, waiting } = now);
    again = true;
  };

  const run = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        await one();
      } while (again || !unsent.empty);
    } catch (error) {
      failure = error;
    }
    busy = false;
    tell();
  };
  // What fails is shown by its state; `run` itself never does.
  const start = () => void run();

  tell();
  return {
    wrote: (before, changes) => {
      unsent = unsent.compose(byWholeLetters(before, changes));
      began ??= clock();
      start();
    },
    ask: start,
    leave: () => {
      left = true;
    },
  };
}
