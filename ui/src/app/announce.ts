import { makeStore, useStore } from "./store.ts";

const store = makeStore("");

/** Says something to screen readers when there is a pause; the newest sentence counts. */
export function announce(text: string): void {
  // A second equal sentence would not be read: a no-break space at the end makes it another one.
  store.set((now) => (now === text ? `${text}\u00a0` : text));
}

export const useAnnouncement = (): string => useStore(store);
