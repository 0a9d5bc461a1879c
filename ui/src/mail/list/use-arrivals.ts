import { useEffect, useRef, useState } from "react";
import type { ThreadRow } from "../../api/bindings.ts";

/**
 * Threads that got new mail since the list was first shown and that were not looked at yet.
 *
 * A row counts when its newest message was never in this list before and is newer than all that
 * were. What Undo brings back was there, so it does not count.
 */
export function useArrivals(rows: readonly ThreadRow[], list: string, loaded: boolean) {
  const seen = useRef<{ list: string; messages: Set<string>; newest: string } | null>(null);
  const [arrived, setArrived] = useState<readonly string[]>([]);

  useEffect(() => {
    if (!loaded) return;
    const before = seen.current;
    const known = before?.list === list ? before.messages : new Set<string>();
    if (before?.list !== list) setArrived([]);
    else {
      const fresh = freshRows(rows, known, before.newest);
      if (fresh.length > 0) setArrived((now) => [...new Set([...now, ...fresh])]);
    }
    for (const row of rows) known.add(row.newest);
    const newest = before?.list === list ? before.newest : "";
    seen.current = {
      list,
      messages: known,
      newest: rows.reduce((date, row) => later(row.date, date), newest),
    };
  }, [rows, list, loaded]);

  return { arrived, clear: () => setArrived((now) => (now.length === 0 ? now : [])) };
}

/** Ids of unread rows whose newest message is new to the list. */
export function freshRows(
  rows: readonly ThreadRow[],
  known: ReadonlySet<string>,
  newest: string,
): string[] {
  return rows
    .filter((row) => row.unread && row.date > newest && !known.has(row.newest))
    .map((row) => row.id);
}

/** The later of two moments as Rust writes them: such texts sort by time. */
function later(a: string, b: string): string {
  return a > b ? a : b;
}
