import {
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
  useInfiniteQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { Scope, ThreadRow } from "./bindings.ts";
import { api } from "./commands.ts";
import { keys } from "./queries.ts";
import { applyDelta, rowsOf, seqOf, type ThreadPages } from "./thread-rows.ts";

/** Rows asked for at once: three screens, small enough to be answered within a frame or two. */
const PAGE = 60;

function threadsQuery(scope: Scope) {
  return infiniteQueryOptions({
    queryKey: keys.threads(scope),
    queryFn: ({ pageParam }) => api.listThreads(scope, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page): string | null => page.next,
    // Lists are kept right by differences; see refreshLists.
    meta: { scope },
  });
}

/** One list of threads, endless downwards, patched in place by events. */
export function useThreadList(scope: Scope) {
  const query = useInfiniteQuery(threadsQuery(scope));
  const rows = useMemo(() => rowsOf(query.data as ThreadPages | undefined), [query.data]);
  return { ...query, rows };
}

/** The rows of a list as loaded now, without React. */
export function loadedRows(client: QueryClient, scope: Scope): ThreadRow[] {
  return rowsOf(client.getQueryData<ThreadPages>(keys.threads(scope)));
}

/** Lists being patched now, and whether another event came meanwhile. */
const patching = new WeakMap<QueryClient, Map<string, { again: boolean }>>();

/**
 * Asks what changed in every loaded list and patches it in.
 *
 * One question per list at a time: a burst of events while it is under way leads to one more.
 * A list nobody looks at is dropped instead and loads fresh when it is opened.
 */
export async function refreshLists(client: QueryClient): Promise<void> {
  const cached = client.getQueryCache().findAll({ queryKey: keys.allThreads });
  await Promise.all(
    cached.map((query) => {
      const scope = query.meta?.scope as Scope | undefined;
      if (!scope || !query.isActive()) {
        client.removeQueries({ queryKey: query.queryKey, exact: true });
        return Promise.resolve();
      }
      return patchInTurn(client, scope, query.queryKey);
    }),
  );
}

async function patchInTurn(client: QueryClient, scope: Scope, key: QueryKey): Promise<void> {
  const running = patching.get(client) ?? new Map<string, { again: boolean }>();
  patching.set(client, running);
  const name = JSON.stringify(key);
  const turn = running.get(name);
  if (turn) {
    turn.again = true;
    return;
  }
  const mine = { again: true };
  running.set(name, mine);
  try {
    while (mine.again) {
      mine.again = false;
      await patch(client, scope, key);
    }
  } finally {
    running.delete(name);
  }
}

async function patch(client: QueryClient, scope: Scope, key: QueryKey): Promise<void> {
  const known = client.getQueryData<ThreadPages>(key);
  if (!known) {
    // Still loading for the first time: what it brings may be older than the event.
    await client.invalidateQueries({ queryKey: key, exact: true });
    return;
  }
  const delta = await api.changesSince(scope, seqOf(known));
  if (delta.reset) {
    await client.invalidateQueries({ queryKey: key, exact: true });
    return;
  }
  client.setQueryData<ThreadPages>(key, (now) => (now ? applyDelta(now, delta) : now));
}
