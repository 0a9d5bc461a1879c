import type { RefObject } from "react";
import { useOfferActions } from "../../actions/pane-actions.ts";
import type { MessageHead } from "../../api/bindings.ts";
import { currentRoute } from "../../app/route.ts";
import { useIsAhead } from "../../app/standing.tsx";

/** What the open conversation can do, and where. */
export type ConversationDoors = {
  thread: string;
  scroll: RefObject<HTMLElement | null>;
  messages: MessageHead[];
  /** Null for the message: the one an answer means by itself. */
  onReply: (message: MessageHead | null, all: boolean) => void;
  onImages: (message: MessageHead | null) => void;
};

/** Offers the window what only the open conversation can do. The message with the focus is the one meant. */
export function useConversationKeys(props: ConversationDoors): void {
  const { thread, scroll, messages, onReply, onImages } = props;
  // While the next mail is on its way this one is still seen, but no longer meant.
  const meant = (act: () => void) => () => {
    const route = currentRoute();
    if (route.page === "mail" && route.thread === thread) act();
  };
  const focused = (): MessageHead | null => {
    const id = document.activeElement?.closest<HTMLElement>("[data-message]")?.dataset.message;
    return messages.find((message) => message.id === id && !message.draft) ?? null;
  };
  const step = (by: 1 | -1) => {
    const all = [...(scroll.current?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
    const here = document.activeElement?.closest<HTMLElement>("[data-message]");
    const at = here ? all.indexOf(here) : -1;
    const from = at < 0 && by < 0 ? all.length : at;
    const next = all[from + by];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  const ahead = useIsAhead();
  const offers = {
    "message.next": () => step(1),
    "message.previous": () => step(-1),
    "message.reply": meant(() => onReply(focused(), false)),
    "message.replyAll": meant(() => onReply(focused(), true)),
    "message.images": meant(() => onImages(focused())),
  };
  useOfferActions(ahead ? {} : offers);
}
