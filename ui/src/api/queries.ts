import { QueryClient, queryOptions } from "@tanstack/react-query";
import type { Scope, ThreadOrder } from "./bindings.ts";
import { api } from "./commands.ts";
import { Failure } from "./failure.ts";

/** A scope as one word, for keys and addresses: `inbox`, `folder:12`. */
export function scopeKey(scope: Scope): string {
  return scope.kind === "role" ? scope.role : `folder:${scope.folder}`;
}

/** Keys by what the answer is about. `tags.ts` says which go stale together. */
export const keys = {
  overview: ["overview"] as const,
  threads: (scope: Scope, order: ThreadOrder) => ["threads", scopeKey(scope), order] as const,
  allThreads: ["threads"] as const,
  conversation: (thread: string) => ["conversation", thread] as const,
  /** All bodies of one message; `body` adds how they are shown. */
  bodies: (message: string) => ["body", message] as const,
  body: (message: string, images: boolean, dark: boolean) =>
    ["body", message, { images, dark }] as const,
  search: (text: string) => ["search", text] as const,
  allSearches: ["search"] as const,
  drafts: ["drafts"] as const,
  outbox: ["outbox"] as const,
  health: ["health"] as const,
  settings: ["settings"] as const,
  views: ["views"] as const,
};

export const overviewQuery = queryOptions({
  queryKey: keys.overview,
  queryFn: () => api.overview(),
});

export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: () => api.getSettings(),
});

/** The searches kept in the rail, with their numbers. */
export const viewsQuery = queryOptions({
  queryKey: keys.views,
  queryFn: () => api.savedViews(),
});

export const draftsQuery = queryOptions({
  queryKey: keys.drafts,
  queryFn: () => api.listDrafts(),
});

export const outboxQuery = queryOptions({
  queryKey: keys.outbox,
  queryFn: () => api.outbox(),
});

export const healthQuery = queryOptions({
  queryKey: keys.health,
  queryFn: () => api.health(),
});

export const conversationQuery = (thread: string) =>
  queryOptions({
    queryKey: keys.conversation(thread),
    queryFn: () => api.openThread(thread),
  });

export const bodyQuery = (message: string, images: boolean, dark: boolean) =>
  queryOptions({
    queryKey: keys.body(message, images, dark),
    queryFn: () => api.messageBody(message, images, dark),
  });

/**
 * Makes the cache. Data comes from this computer and goes stale by event, never by time or focus,
 * so nothing is asked twice without a reason.
 */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (failures, error) =>
          error instanceof Failure && error.code === "internal" && failures < 1,
      },
      mutations: { networkMode: "always" },
    },
  });
}
