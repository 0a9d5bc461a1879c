import type { NoteState } from "./exchange.ts";

/** How a note's words stand: changes with every key, so only what shows it watches. */
export type StateTold = {
  tell: (state: NoteState) => void;
  now: () => NoteState;
  watch: (changed: () => void) => () => void;
};

export function stateTold(): StateTold {
  let state: NoteState = { kind: "saved", ms: null };
  const watchers = new Set<() => void>();
  return {
    tell: (now) => {
      state = now;
      for (const changed of watchers) changed();
    },
    now: () => state,
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
