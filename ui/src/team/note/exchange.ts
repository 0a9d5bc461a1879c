import { ChangeSet, Text } from "@codemirror/state";
import type { NoteEdit, NoteEdited, NoteNews, NoteView } from "../../api/bindings.ts";
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
  /** Takes in what the line to the team brought. */
  came: (news: NoteNews) => void;
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
 * What the line to the team brings comes without being asked for, as long as it follows `known`; what does not is asked for.
 *
 * Three texts: `known`, what Rust had at `revision`; `known` with `sent`; and that with `unsent`, which is what stands on
 * screen. What the answer brings is moved over `unsent`, which meanwhile grew: nothing typed is lost or moved.
 */
export function exchangeNote({ view, door, onTheirs, onState, clock }: Options): NoteExchange {
  let known = Text.of(view.text.split("\n"));
  let { revision, version, waiting } = view;
  let count = 0;
  let unsent = ChangeSet.empty(known.length);
  let sent: ChangeSet | null = null;
  let busy = false;
  let again = false;
  let left = false;
  /** What the line brought while a question was open: the answer may have it already. */
  let late: NoteNews[] = [];
  let failure: unknown = null;
  let begunAnew = 0;
  let began: number | null = null;
  let took: number | null = null;
  let told: NoteState | null = null;

  const stateNow = (): NoteState => {
    if (failure !== null) return { kind: "failed", error: failure };
    if (sent?.empty === false || !unsent.empty) return { kind: "saving" };
    if (waiting > 0) return { kind: "waiting", changes: waiting };
    if (began !== null) took = Math.max(1, Math.round(clock() - began));
    began = null;
    return { kind: "saved", ms: took };
  };

  const tell = () => {
    if (left) return;
    const state = stateNow();
    if (!isSame(state, told)) onState(state);
    told = state;
  };

  /** Moves what others did, in the text that Rust has now, over what it does not have yet. */
  const takeIn = (base: Text, theirs: ChangeSet) => {
    const onScreen = theirs.map(unsent);
    unsent = unsent.map(theirs, true);
    known = theirs.apply(base);
    if (!onScreen.empty && !left) onTheirs(onScreen);
  };

  /** Takes in what others wrote into this note, where it follows what is known. */
  const follow = ({ written }: NoteNews) => {
    for (const one of written) {
      if (one.subject !== view.subject || one.version <= version) continue;
      if (one.from !== revision) {
        again = true;
        continue;
      }
      takeIn(known, changesOf(known, one.splices));
      ({ revision, version } = one);
    }
  };

  const followLate = () => {
    for (const news of late) follow(news);
    late = [];
  };

  /** Answers and news cross: of two counts the later one is right. */
  const wait = (now: { waiting: number; count: number }) => {
    if (now.count > count) ({ waiting, count } = now);
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
      ({ revision, version } = answer);
      wait(answer);
      failure = null;
      begunAnew = 0;
      followLate();
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
    ({ revision, version, waiting } = now);
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
      late = [];
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
    came: (news) => {
      wait(news);
      if (busy) {
        late.push(news);
        return;
      }
      follow(news);
      if (again) start();
      else tell();
    },
    ask: start,
    leave: () => {
      left = true;
    },
  };
}

/** Others' keys change nothing about how one's own words stand. */
function isSame(now: NoteState, before: NoteState | null): boolean {
  if (now.kind === "waiting") return before?.kind === now.kind && before.changes === now.changes;
  if (now.kind === "saved") return before?.kind === now.kind && before.ms === now.ms;
  return now.kind === "saving" && before?.kind === now.kind;
}
