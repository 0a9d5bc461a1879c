import type { Draft } from "../../api/bindings.ts";
import { goToMail } from "../../app/route.ts";
import { makeStore, useStore } from "../../app/store.ts";

/**
 * Answers being written, by thread, with their newest words.
 *
 * Only what is on screen or was a moment ago: the words themselves are safe in Rust (`autosave.ts`).
 * It lets someone look at another thread and come back to the caret's text without waiting.
 */
const answers = makeStore<ReadonlyMap<string, Draft>>(new Map());

/** Drafts on their way out. Rust keeps them until they have left, so that taking one back loses nothing. */
const leaving = new Set<string>();

export const markLeaving = (id: string): void => void leaving.add(id);
export const markBack = (id: string): void => void leaving.delete(id);
/** A draft someone may go on writing: not one that is being sent. */
export const isOpenDraft = ({ id }: Draft): boolean => id === null || !leaving.has(id);

/** Drafts taken back from the outbox, by id, until the composer that shows them is open. */
const reopened = new Map<string, Draft>();

export const useAnswer = (thread: string): Draft | null => useStore(answers).get(thread) ?? null;

export const hasAnswer = (thread: string): boolean => answers.get().has(thread);

export const keepAnswer = (thread: string, draft: Draft): void =>
  answers.set((now) => new Map(now).set(thread, draft));

/** An answer was kept for the first time. One that is over stays over. */
export const nameAnswer = (thread: string, id: string): void =>
  answers.set((now) => {
    const draft = now.get(thread);
    return draft === undefined ? now : new Map(now).set(thread, { ...draft, id });
  });

export const dropAnswer = (thread: string): void =>
  answers.set((now) => {
    const next = new Map(now);
    next.delete(thread);
    return next;
  });

/** Shows a draft again where it was written: under its thread, or in the pane of its own. */
export const reopen = (draft: Draft, thread: string | null): void => {
  if (thread !== null) {
    keepAnswer(thread, draft);
    goToMail({ thread, compose: null });
    return;
  }
  if (draft.id !== null) reopened.set(draft.id, draft);
  goToMail({ compose: draft.id ?? "new" });
};

/** The draft handed over by `reopen`; it is handed over once. */
export const takeReopened = (id: string): Draft | null => {
  const draft = reopened.get(id) ?? null;
  reopened.delete(id);
  return draft;
};

/** Forgets everything: a new profile, a new test. */
export const forgetComposing = (): void => {
  reopened.clear();
  leaving.clear();
  answers.set(new Map());
};
