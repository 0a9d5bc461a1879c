import type { ThreadRow } from "../../api/bindings.ts";
import { makeStore, useStore } from "../../app/store.ts";
import type { PlainKey } from "../../i18n/language.tsx";

/** What a list may be narrowed to. */
export type Filter = "unread" | "flagged" | "attachment";

type Choice = { id: Filter; label: PlainKey; search: string };

export const FILTERS: readonly Choice[] = [
  { id: "unread", label: "list.filterUnread", search: "is:unread" },
  { id: "flagged", label: "list.filterFlagged", search: "is:flagged" },
  { id: "attachment", label: "list.filterAttachment", search: "has:attachment" },
];

const MATCHES: Record<Filter, (row: ThreadRow) => boolean> = {
  unread: (row) => row.unread,
  flagged: (row) => row.flagged,
  attachment: (row) => row.hasAttachment,
};

/** The filter of the list in view, and the row that was opened under it: reading a mail must not take it away. */
type Narrowed = { filter: Filter | null; opened: string | null };

const NOT: Narrowed = { filter: null, opened: null };
const store = makeStore<Narrowed>(NOT);

export function useFilter(): Choice | null {
  const { filter } = useStore(store);
  return FILTERS.find(({ id }) => id === filter) ?? null;
}

export const clearFilter = (): void => store.set(NOT);

/** Narrows the list, or shows all of it again when it is narrowed so already. */
export function toggleFilter(filter: Filter): void {
  store.set((now) => (now.filter === filter ? NOT : { filter, opened: null }));
}

/** Keeps a row that matched when it was opened for as long as it is open. */
export function keepOpened(row: ThreadRow | null): void {
  store.set((now) => {
    if (now.filter === null) return now;
    const stays = row !== null && (row.id === now.opened || MATCHES[now.filter](row));
    const opened = stays ? row.id : null;
    return opened === now.opened ? now : { ...now, opened };
  });
}

/** The rows the filter leaves. The same array when there is none. */
export function narrowed(rows: ThreadRow[]): ThreadRow[] {
  const { filter, opened } = store.get();
  if (filter === null) return rows;
  return rows.filter((row) => row.id === opened || MATCHES[filter](row));
}

export function useNarrowed(rows: ThreadRow[]): ThreadRow[] {
  useStore(store);
  return narrowed(rows);
}
