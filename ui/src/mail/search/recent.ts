import { makeStore, useStore } from "../../app/store.ts";

const NAME = "kontor.searches";
/** As many as the design shows under an empty field. */
const KEPT = 5;

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter((text): text is string => typeof text === "string").slice(0, KEPT)
      : [];
  } catch {
    return [];
  }
}

const store = makeStore(read(), (searches) => localStorage.setItem(NAME, JSON.stringify(searches)));

export const useRecentSearches = (): readonly string[] => useStore(store);

/** Keeps a search that led somewhere; the newest comes first. */
export function rememberSearch(text: string): void {
  const kept = text.trim();
  if (kept === "") return;
  store.set((now) => [kept, ...now.filter((other) => other !== kept)].slice(0, KEPT));
}

export const forgetSearches = (): void => store.set([]);
