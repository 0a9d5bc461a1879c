import { type RefObject, useEffect } from "react";
import type { MessageHead } from "../../api/bindings.ts";
import { useIsAhead } from "../../app/standing.tsx";
import { makeStore, useStore } from "../../app/store.ts";

/** The message somebody wants to see, until the conversation it stands in shows it. */
const wanted = makeStore<string | null>(null);

/** Opens a message of the conversation that is shown, or will be in a moment, and brings it into view. */
export const showMessage = (message: string): void => wanted.set(message);

type Props = {
  messages: readonly MessageHead[];
  scroll: RefObject<HTMLElement | null>;
  open: (id: string) => void;
};

/** Shows the message that is wanted, when it stands here. */
export function useShownMessage({ messages, scroll, open }: Props): void {
  const id = useStore(wanted);
  const ahead = useIsAhead();
  const here = !ahead && id !== null && messages.some((message) => message.id === id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that is wanted
  useEffect(() => {
    if (!here || id === null) return;
    wanted.set(null);
    open(id);
    requestAnimationFrame(() => {
      const card = scroll.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
      card?.scrollIntoView({ block: "start" });
      card?.focus({ preventScroll: true });
    });
  }, [here, id]);
}
