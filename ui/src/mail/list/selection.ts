import { useSyncExternalStore } from "react";
import { makeStore, useStore } from "../../app/store.ts";

/**
 * Which rows of the list in view are meant.
 *
 * `cursor` is where J and K stand. `picked` are the ticked ones; while there are any, actions mean
 * them. `anchor` is where a range with Shift begins.
 */
export type Selection = {
  cursor: string | null;
  picked: ReadonlySet<string>;
  anchor: string | null;
};

const NOTHING: Selection = { cursor: null, picked: new Set(), anchor: null };
const store = makeStore<Selection>(NOTHING);

export const useSelection = (): Selection => useStore(store);
/** The ticked ones alone: they stay the same while the cursor moves. */
export const usePicked = (): ReadonlySet<string> =>
  useSyncExternalStore(store.subscribe, () => store.get().picked);
export const getSelection = (): Selection => store.get();
/** Tells whenever other rows are meant. */
export const onSelection = store.subscribe;
export const resetSelection = (): void => store.set(NOTHING);

export function moveCursor(id: string | null): void {
  store.set((now) => (now.cursor === id ? now : { ...now, cursor: id }));
}

export function clearPicked(): void {
  store.set((now) => (now.picked.size === 0 ? now : { ...now, picked: new Set(), anchor: null }));
}

/** Ticks or unticks one row; it becomes the start of the next range. */
export function togglePicked(id: string): void {
  store.set((now) => {
    const picked = new Set(now.picked);
    if (!picked.delete(id)) picked.add(id);
    return { cursor: id, picked, anchor: id };
  });
}

/** Ticks everything between the anchor and a row, in the order of the list. */
export function pickRange(id: string, order: readonly string[]): void {
  store.set((now) => {
    const from = order.indexOf(now.anchor ?? now.cursor ?? id);
    const to = order.indexOf(id);
    if (to < 0) return now;
    const [first, last] = from < 0 ? [to, to] : from < to ? [from, to] : [to, from];
    const picked = new Set([...now.picked, ...order.slice(first, last + 1)]);
    return { cursor: id, picked, anchor: now.anchor ?? now.cursor ?? id };
  });
}

export function pickAll(order: readonly string[]): void {
  store.set((now) => ({ ...now, picked: new Set(order) }));
}

/** Forgets ticks on rows that left the list. */
export function keepPicked(present: ReadonlySet<string>): void {
  store.set((now) => {
    const picked = new Set([...now.picked].filter((id) => present.has(id)));
    return picked.size === now.picked.size ? now : { ...now, picked };
  });
}
