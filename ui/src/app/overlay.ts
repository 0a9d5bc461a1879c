import { makeStore, useStore } from "./store.ts";

/** What lies over the panes. One at a time; Escape takes it away. */
export type Overlay =
  | { kind: "none" }
  | { kind: "palette"; mode: "all" | "move" }
  | { kind: "keys" }
  | { kind: "drawer" };

const store = makeStore<Overlay>({ kind: "none" });

export const showOverlay = (overlay: Overlay): void => store.set(overlay);
export const hideOverlay = (): void => store.set({ kind: "none" });
export const useOverlay = (): Overlay => useStore(store);
