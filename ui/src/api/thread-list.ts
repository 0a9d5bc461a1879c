import {
  infiniteQueryOptions,
  type QueryClient,
  type QueryKey,
  useInfiniteQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { currentOrder, useOrder } from "../app/list-order.ts";
import type { Scope, ThreadOrder, ThreadRow } from "./bindings.ts";
import { api } from "./commands.ts";
import { keys } from "./queries.ts";
import { atRest } from "./rest.ts";
import { applyDelta, rowsOf, seqOf, type ThreadPages } from "./thread-rows.ts";

/** Rows asked for at once: three screens, small enough to be answered within a frame or two. */
const PAGE = 60;

function threadsQuery(scope: Scope, order: ThreadOrder) {
  return infiniteQueryOptions({
    queryKey: keys.threads(scope, order),
    queryFn: ({ pageParam }) => api.listThreads(scope, order, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page): string | null => page.next,
    // Lists are kept right by differences; see refreshLists.
    meta: { scope, order },
  });
}

/** One list of threads, endless downwards, patched in place by events. */
export function useThreadList(scope: Scope) {
  const query = useInfiniteQuery(threadsQuery(scope, useOrder(scope)));
  const rows = useMemo(() => rowsOf(query.data as ThreadPages | undefined), [query.data]);
  return { ...query, rows };
}

/** The rows of a list as loaded now, without React. */
export function loadedRows(client: QueryClient, scope: Scope): ThreadRow[] {
  return rowsOf(client.getQueryData<ThreadPages>(keys.threads(scope, currentOrder(scope))));
}

/**
 * Lists in an order of business are asked again whole, once changes rest: where a row belongs, only Rust knows, and rows must
 * not jump about while facts stream in.
 */
const orderedRested = atRest(
  (client: QueryClient) => {
    // A question that fails shows its failure where the answer is shown.
    client
      .invalidateQueries({
        queryKey: keys.allThreads,
        predicate: ({ meta }) => meta?.order !== "newest",
      })
      .catch(() => undefined);
  },
  { rest: 300, longest: 2000 },
);

/** What is known of customers changed: lists that stand by it follow. */
export const refreshOrdered = (client: QueryClient): void => orderedRested.call(client);

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
      if (query.meta?.order !== "newest") {
        orderedRested.call(client);
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
