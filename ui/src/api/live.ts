import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { refreshBadges } from "./badges.ts";
import { events, type NoteNews, type Notice, type Open, type Stale } from "./bindings.ts";
import { keys } from "./queries.ts";
import { atRest } from "./rest.ts";
import { keysOf } from "./tags.ts";
import { teamKeys } from "./team.ts";
import { refreshLists, refreshOrdered } from "./thread-list.ts";

/** Who shows a note: notes take differences and are no queries. */
export type NoteWatcher = {
  /** The line to the team brought something. */
  came: (news: NoteNews) => void;
  /** Others may have written. */
  ask: () => void;
};

const noteWatchers = new Set<NoteWatcher>();

export function watchNotes(watcher: NoteWatcher): () => void {
  noteWatchers.add(watcher);
  return () => noteWatchers.delete(watcher);
}

function askNotes(): void {
  for (const watcher of noteWatchers) watcher.ask();
}

/** So long after its last word the line is taken to be this program's own, ms: it brings what others write. */
const SPOKE = 2000;

let spoke = Number.NEGATIVE_INFINITY;

/** Hands on what the line brought, before anything else is asked for. */
export function onNoteNews(news: NoteNews): void {
  spoke = performance.now();
  for (const watcher of noteWatchers) watcher.came(news);
}

/** What only counts or lists keys waits until they rest: asked at every key, it would be in the way of the next. */
const keysRested = atRest(
  (client: QueryClient) => {
    askNotes();
    // A question that fails shows its failure where the answer is shown.
    client.invalidateQueries({ queryKey: teamKeys.all }).catch(() => undefined);
  },
  { rest: 400, longest: 3000 },
);

/** A view is two searches: while mail streams in they are counted now and then. */
const viewsRested = atRest(
  (client: QueryClient) => {
    client.invalidateQueries({ queryKey: keys.views }).catch(() => undefined);
  },
  { rest: 800, longest: 10_000 },
);

/** Makes what an event calls stale be asked again; lists take only the difference. */
export async function onStale(client: QueryClient, stale: Stale): Promise<void> {
  if (stale.tags.includes("team")) {
    keysRested.cancel();
    askNotes();
  } else if (stale.tags.includes("notes")) {
    if (performance.now() - spoke > SPOKE) askNotes();
    keysRested.call(client);
  }
  if (stale.tags.some((tag) => tag === "customers" || tag === "threads")) {
    refreshBadges.call(client);
    viewsRested.call(client);
  }
  if (stale.tags.includes("customers")) refreshOrdered(client);
  const asked = stale.tags
    .flatMap(keysOf)
    .map((queryKey) => client.invalidateQueries({ queryKey }));
  const lists = stale.tags.includes("threads") ? [refreshLists(client)] : [];
  await Promise.all([...asked, ...lists]);
}

/** Follows Rust while the window lives: stale data is asked again, notices and clicked notifications are handed on. */
export function useLiveData(
  onNotice: (notice: Notice) => void,
  onOpen: (what: Open) => void,
): void {
  const client = useQueryClient();
  useEffect(() => {
    const stop = [
      events.stale.listen(({ payload: stale }) => {
        // A question that fails shows its failure where the answer is shown.
        onStale(client, stale).catch(() => undefined);
      }),
      events.noteNews.listen(({ payload }) => onNoteNews(payload)),
      events.notice.listen(({ payload }) => onNotice(payload)),
      events.open.listen(({ payload }) => onOpen(payload)),
    ];
    return () => {
      for (const unlisten of stop) unlisten.then((off) => off()).catch(() => undefined);
    };
  }, [client, onNotice, onOpen]);
}
