import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
} from "@tanstack/react-query";
import type { SearchHit, SearchPage } from "./bindings.ts";
import { api } from "./commands.ts";
import { keys } from "./queries.ts";

const PAGE = 50;

/**
 * Results of a search, page by page.
 *
 * While the next answer is under way the last one stays on screen; an answer that a newer question
 * has overtaken is thrown away.
 */
export function useSearch(text: string) {
  return useInfiniteQuery({
    queryKey: keys.search(text),
    queryFn: ({ pageParam }) => api.search(text, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: text.trim() !== "",
    // Mail moves on while a search stands: an old answer is shown, then asked again.
    staleTime: 10_000,
    gcTime: 60_000,
  });
}

/** How many results a search has, for "Without has:attachment: 12 results". */
export async function countResults(text: string): Promise<number> {
  return (await api.search(text, null, 1)).total;
}

/** The hits of all loaded pages, each once. */
export function hitsOf(data: InfiniteData<SearchPage> | undefined): SearchHit[] {
  const seen = new Set<string>();
  return (data?.pages ?? [])
    .flatMap((page) => page.hits)
    .filter((hit) => !seen.has(hit.id) && seen.add(hit.id));
}

/** The results of a search as loaded now, without React. */
export function loadedHits(client: QueryClient, text: string): SearchHit[] {
  return hitsOf(client.getQueryData<InfiniteData<SearchPage>>(keys.search(text)));
}
