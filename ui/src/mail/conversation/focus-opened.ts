import { type RefObject, useEffect } from "react";

/** The conversation that takes the focus when it stands. */
let wanted: string | null = null;

/** Puts the focus into a conversation: now when it is shown, else as soon as it is. */
export function focusConversation(thread: string): void {
  const here = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(thread)}"]`);
  wanted = here === null ? thread : null;
  here?.focus();
}

/** Takes the focus that was promised to a conversation. */
export function useWantedFocus(thread: string, element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (wanted === thread) element.current?.focus();
    // Whatever else was wanted, something else has been opened since.
    wanted = null;
  }, [thread, element]);
}
