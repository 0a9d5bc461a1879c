/** What can be taken back, newest last. */
type Entry = {
  token: string;
  restore: () => void;
  /** Takes it back in place of Rust's `undo`, for what has a command of its own. */
  run?: () => Promise<void>;
};

/** Older ones are rarely meant any more, and Rust forgets them, too. */
const KEPT = 20;

let entries: Entry[] = [];

export function remember(entry: Entry): void {
  entries = [...entries, entry].slice(-KEPT);
}

/** Takes the entry with this token, or the newest. */
export function takeUndo(token: string | null): Entry | null {
  const found = token === null ? entries.at(-1) : entries.find((entry) => entry.token === token);
  if (!found) return null;
  entries = entries.filter((entry) => entry !== found);
  return found;
}

export function canUndo(): boolean {
  return entries.length > 0;
}

/** Forgets everything: a new profile, a new test. */
export function forgetUndo(): void {
  entries = [];
}
