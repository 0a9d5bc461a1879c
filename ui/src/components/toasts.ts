import { useSyncExternalStore } from "react";

export type Toast = {
  id: number;
  text: string;
  tone: "plain" | "error";
  /** One thing to do about it. */
  action: { label: string; keys?: string; run: () => void } | null;
  /** What is seen in place of `text` while time runs, by the seconds left; `text` is what is read out. */
  countdown?: (left: number) => string;
  /** How long it stays, s; null until dismissed. Errors stay. */
  seconds: number | null;
};

/** More would cover the list; the oldest goes. */
const AT_ONCE = 3;

let shown: readonly Toast[] = [];
let lastId = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  shown = next;
  for (const watcher of watchers) watcher();
}

/** Shows a toast and returns its number. */
export function showToast(toast: Omit<Toast, "id" | "tone"> & { tone?: Toast["tone"] }): number {
  lastId += 1;
  set([...shown, { tone: "plain" as const, ...toast, id: lastId }].slice(-AT_ONCE));
  return lastId;
}

export function dismissToast(id: number): void {
  set(shown.filter((toast) => toast.id !== id));
}

/** Takes all away: for tests and for leaving a profile. */
export function clearToasts(): void {
  set([]);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => shown,
  );
}
