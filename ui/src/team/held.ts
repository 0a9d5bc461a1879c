import { makeStore, useStore } from "../app/store.ts";

/** The mail in the outbox that is being decided about. */
const asked = makeStore<string | null>(null);

/** Asks what becomes of a reply that a colleague's overtook. */
export const decideAbout = (id: string | null): void => asked.set(id);

export const useDecidedAbout = (): string | null => useStore(asked);
