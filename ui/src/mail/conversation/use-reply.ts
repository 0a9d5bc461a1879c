import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { MessageHead } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { draftsQuery } from "../../api/queries.ts";
import { showFailure } from "../../api/show-failure.ts";
import { useT } from "../../i18n/language.tsx";
import { keepAnswer } from "../compose/composing.ts";

/**
 * Opens an answer to a message: the kept draft when there is one in this thread, else a fresh one. Pressed
 * again while one is open it puts the caret there.
 */
export function useReply(thread: string, messages: MessageHead[]) {
  const t = useT();
  const client = useQueryClient();
  const starting = useRef(false);
  const open = async (message: MessageHead, all: boolean) => {
    const field = document.querySelector<HTMLElement>(
      "[data-composer] textarea, [data-composer] [contenteditable]",
    );
    if (field !== null) {
      field.focus();
      return;
    }
    if (starting.current) return;
    starting.current = true;
    try {
      const drafts = await client.fetchQuery({ ...draftsQuery, staleTime: 0 });
      const kept = drafts.find(
        ({ id, replyTo }) =>
          id === message.id || messages.some((candidate) => candidate.id === replyTo),
      );
      const draft = kept ?? (await start(message, all));
      keepAnswer(thread, draft);
    } catch (error) {
      showFailure(t, "compose.start.failed", error);
    } finally {
      starting.current = false;
    }
  };
  return (message: MessageHead, all: boolean): void => void open(message, all);
}

/** A draft made elsewhere is taken on as it is; anything else is answered. */
const start = (message: MessageHead, all: boolean) =>
  api.startDraft(message.draft ? "new" : all ? "reply_all" : "reply", message.id);
