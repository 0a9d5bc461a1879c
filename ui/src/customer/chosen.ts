import { makeStore, useStore } from "../app/store.ts";

type Chosen = { thread: string; customer: string };

/** Which of the customers of a conversation's address is looked at, where a person chose. */
const chosen = makeStore<Chosen | null>(null);

export const chooseCustomer = (thread: string, customer: string): void =>
  chosen.set({ thread, customer });

export const useChosen = (thread: string | null): string | null => {
  const now = useStore(chosen);
  return now !== null && now.thread === thread ? now.customer : null;
};
