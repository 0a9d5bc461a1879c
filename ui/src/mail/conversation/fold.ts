import type { MessageHead } from "../../api/bindings.ts";

/** One line of the conversation: a message, open or collapsed, or a run of collapsed ones behind one row. */
export type Row =
  | { kind: "message"; message: MessageHead; open: boolean }
  | { kind: "fold"; messages: MessageHead[] };

/** A single message saves nothing by hiding behind a row of its own. */
const FOLD_AT_LEAST = 2;

/**
 * Lays out a conversation, oldest first. Open messages stand open; the first message stays in sight because it
 * says what the thread is about; runs of two or more collapsed ones fold. `tight` (someone is writing
 * an answer below) folds the first message too.
 */
export const layOut = (
  messages: MessageHead[],
  open: ReadonlySet<string>,
  unfolded: ReadonlySet<string>,
  tight: boolean,
): Row[] => {
  const rows: Row[] = [];
  let run: MessageHead[] = [];
  const flush = (): void => {
    const fold = run.length >= FOLD_AT_LEAST;
    if (fold) rows.push({ kind: "fold", messages: run });
    else rows.push(...run.map((message) => ({ kind: "message", message, open: false }) as const));
    run = [];
  };
  messages.forEach((message, index) => {
    const kept = unfolded.has(message.id) || index === messages.length - 1;
    const first = index === 0 && !tight;
    if (!(open.has(message.id) || kept || first)) {
      run.push(message);
      return;
    }
    flush();
    rows.push({ kind: "message", message, open: open.has(message.id) });
  });
  flush();
  return rows;
};

/** What stands open when a conversation appears: the unread, and the newest that is no draft. */
export const openAtFirst = (messages: MessageHead[]): Set<string> => {
  const open = new Set(messages.filter((m) => m.unread && !m.draft).map((m) => m.id));
  const newest = messages.findLast((m) => !m.draft) ?? messages.at(-1);
  if (newest !== undefined) open.add(newest.id);
  return open;
};
