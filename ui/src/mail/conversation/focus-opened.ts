import { type RefObject, useEffect } from "react";
import { findShown, useIsAhead } from "../../app/standing.tsx";

/** The conversation that takes the focus when it stands. */
let wanted: string | null = null;

/** Puts the focus into a conversation: now when it is shown, else as soon as it is. */
export function focusConversation(thread: string): void {
  const here = findShown(`[data-conversation="${CSS.escape(thread)}"]`);
  wanted = here === null ? thread : null;
  here?.focus();
}

/** Takes the focus that was promised to a conversation. */
export function useWantedFocus(thread: string, element: RefObject<HTMLElement | null>): void {
  const ahead = useIsAhead();
  useEffect(() => {
    if (ahead) return;
    if (wanted === thread) element.current?.focus();
    // Whatever else was wanted, something else has been opened since.
    wanted = null;
  }, [ahead, thread, element]);
}
