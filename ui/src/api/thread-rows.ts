import type { InfiniteData } from "@tanstack/react-query";
import type { MailAction, ThreadDelta, ThreadPage, ThreadRow } from "./bindings.ts";

/** A list as far as it is loaded: pages of rows, newest first, cursors between them. */
export type ThreadPages = InfiniteData<ThreadPage, string | null>;

/** Newest first; the id breaks ties, so that equal dates never swap places. */
export function newestFirst(a: ThreadRow, b: ThreadRow): number {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** All loaded rows once. Pages may overlap when rows moved between two of them: the first wins. */
export function rowsOf(pages: ThreadPages | undefined): ThreadRow[] {
  const seen = new Set<string>();
  const rows: ThreadRow[] = [];
  for (const page of pages?.pages ?? []) {
    for (const row of page.threads) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}

/** Up to which change the list is known to be complete: the oldest of its pages decides. */
export function seqOf(pages: ThreadPages): number {
  return Math.min(...pages.pages.map((page) => page.seq));
}

/**
 * Puts a difference into a list without asking for its pages again.
 *
 * Rows older than what is loaded stay out: they come with their page. The cursor of the last page
 * is kept, so loading goes on where it was.
 */
export function applyDelta(pages: ThreadPages, delta: ThreadDelta): ThreadPages {
  const last = pages.pages.at(-1);
  if (!last) return pages;
  const next = withRows(pages, delta.upserts, delta.removed);
  return { ...next, pages: next.pages.map((page) => ({ ...page, seq: delta.seq })) };
}

/** The same for a list that does not stand by date: what is in it stays where it is, what comes stands at the top. */
export function withRowsInPlace(
  pages: ThreadPages,
  upserts: readonly ThreadRow[],
  removed: readonly string[],
): ThreadPages {
  const last = pages.pages.at(-1);
  if (!last) return pages;
  const gone = new Set(removed);
  const changed = new Map(upserts.map((row) => [row.id, row]));
  const before = rowsOf(pages).filter((row) => !gone.has(row.id));
  const known = new Set(before.map((row) => row.id));
  const threads = [
    ...upserts.filter((row) => !known.has(row.id)),
    ...before.map((row) => changed.get(row.id) ?? row),
  ];
  const first = pages.pageParams[0] ?? null;
  return { pages: [{ threads, next: last.next, seq: seqOf(pages) }], pageParams: [first] };
}

/** The list with some rows put in or replaced and others taken out. */
export function withRows(
  pages: ThreadPages,
  upserts: readonly ThreadRow[],
  removed: readonly string[],
): ThreadPages {
  const last = pages.pages.at(-1);
  const first = pages.pageParams[0] ?? null;
  if (!last) return pages;
  const before = rowsOf(pages);
  const gone = new Set([...removed, ...upserts.map((row) => row.id)]);
  const kept = before.filter((row) => !gone.has(row.id));
  const edge = last.next === null ? null : before.at(-1);
  const fits = (row: ThreadRow) => !edge || newestFirst(row, edge) <= 0;
  const threads = [...kept, ...upserts.filter(fits)].sort(newestFirst);
  return { pages: [{ threads, next: last.next, seq: seqOf(pages) }], pageParams: [first] };
}

/** What a row looks like after an action, or null when it leaves the list. */
export function afterAction(row: ThreadRow, action: MailAction): ThreadRow | null {
  switch (action.kind) {
    case "read":
      return { ...row, unread: false };
    case "unread":
      return { ...row, unread: true };
    case "flag":
      return { ...row, flagged: true };
    case "unflag":
      return { ...row, flagged: false };
    case "archive":
    case "trash":
    case "junk":
    case "move":
      return null;
  }
}
