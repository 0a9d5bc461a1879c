import type { Draft } from "../../api/bindings.ts";

/** Where the words are, for the line in the composer's corner. */
export type SaveState =
  | { kind: "clean" }
  | { kind: "dirty" }
  | { kind: "saving" }
  | { kind: "saved"; at: Date }
  | { kind: "failed"; why: string };

export type Autosave = {
  /** The newest state of the draft; written after a pause. */
  change: (draft: Draft) => void;
  /** Writes now what is not yet written. Resolves to the draft's id, null when it was never saved. */
  flush: () => Promise<string | null>;
  /** No writes after the one under way, for a draft that was sent or thrown away. Resolves to its id. */
  stop: () => Promise<string | null>;
  id: () => string | null;
};

export type AutosaveOptions = {
  initial: Draft;
  save: (draft: Draft) => Promise<{ ok: true; id: string } | { ok: false; why: string }>;
  onState: (state: SaveState) => void;
  now: () => Date;
  /** Milliseconds without a keystroke after which a draft is written. */
  pause?: number;
};

/** Long enough not to write at every key, short enough that a power cut costs a word. */
export const SAVE_PAUSE_MS = 400;
/** After a refused write: the person goes on writing, the draft tries again. */
const RETRY_MS = 3000;

/**
 * Saves a draft whenever the person pauses, one write at a time and the newest words last.
 *
 * The first write gives the draft its id; a change made meanwhile waits for it, or the same mail would be
 * stored twice. A draft nobody touched is never written: opening a reply leaves no litter.
 */
export const autosave = (options: AutosaveOptions): Autosave => {
  const { save, onState, now, pause = SAVE_PAUSE_MS } = options;
  let id = options.initial.id;
  let waiting: Draft | null = null;
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  /** One write. False when it was refused: the words wait and are tried again. */
  const writeOnce = async (draft: Draft): Promise<boolean> => {
    waiting = null;
    onState({ kind: "saving" });
    const result = await save({ ...draft, id });
    if (!result.ok) {
      waiting ??= draft;
      onState({ kind: "failed", why: result.why });
      schedule(RETRY_MS);
      return false;
    }
    id = result.id;
    if (!stopped) onState(waiting === null ? { kind: "saved", at: now() } : { kind: "dirty" });
    return true;
  };
  const write = async (): Promise<void> => {
    while (waiting !== null && !stopped) {
      if (!(await writeOnce(waiting))) return;
    }
  };
  const start = (): Promise<void> => {
    clearTimeout(timer);
    running ??= write().finally(() => {
      running = null;
    });
    return running;
  };
  const schedule = (delay: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void start(), delay);
  };

  return {
    change: (draft) => {
      if (stopped) return;
      waiting = draft;
      onState({ kind: "dirty" });
      schedule(pause);
    },
    flush: async () => {
      if (running !== null) await running;
      if (waiting !== null && !stopped) await start();
      return id;
    },
    stop: async () => {
      stopped = true;
      waiting = null;
      clearTimeout(timer);
      if (running !== null) await running;
      return id;
    },
    id: () => id,
  };
};
