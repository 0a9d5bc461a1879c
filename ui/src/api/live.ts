import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { events, type Notice, type Open, type Stale } from "./bindings.ts";
import { keysOf } from "./tags.ts";
import { refreshLists } from "./thread-list.ts";

const teamWatchers = new Set<() => void>();

/** Calls back whenever the team's data may have changed: for notes, which take differences and are no queries. */
export function watchTeam(watcher: () => void): () => void {
  teamWatchers.add(watcher);
  return () => teamWatchers.delete(watcher);
}

/** Makes what an event calls stale be asked again; lists take only the difference. */
export async function onStale(client: QueryClient, stale: Stale): Promise<void> {
  if (stale.tags.includes("team")) for (const watcher of teamWatchers) watcher();
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
      events.notice.listen(({ payload }) => onNotice(payload)),
      events.open.listen(({ payload }) => onOpen(payload)),
    ];
    return () => {
      for (const unlisten of stop) unlisten.then((off) => off()).catch(() => undefined);
    };
  }, [client, onNotice, onOpen]);
}
