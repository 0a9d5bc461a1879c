import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { Draft, MessageBody, MessageHead } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { draftsQuery } from "../../api/queries.ts";
import { showFailure } from "../../api/show-failure.ts";
import { findShown } from "../../app/standing.tsx";
import { useT } from "../../i18n/language.tsx";
import { isOpenDraft, keepAnswer } from "../compose/composing.ts";
import { joinQuote } from "../compose/quote.ts";

/**
 * Opens an answer to a message: the kept draft when there is one in this thread, else a fresh one. Pressed
 * again while one is open it puts the caret there.
 */
export function useReply(thread: string, messages: MessageHead[]) {
  const t = useT();
  const client = useQueryClient();
  const starting = useRef(false);
  const open = async (message: MessageHead, all: boolean) => {
    const field = findShown("[data-composer] textarea, [data-composer] [contenteditable]");
    if (field !== null) {
      field.focus();
      return;
    }
    if (starting.current) return;
    starting.current = true;
    try {
      const stored = await client.fetchQuery({ ...draftsQuery, staleTime: 0 });
      const kept = keptDraft(stored.filter(isOpenDraft), message, messages);
      const draft = kept ?? (await begin(message, all));
      keepAnswer(thread, draft);
    } catch (error) {
      showFailure(t, "compose.start.failed", error);
    } finally {
      starting.current = false;
    }
  };
  return (message: MessageHead, all: boolean): void => void open(message, all);
}

/** The draft whose copy at the server this message is; for one that is no draft, the draft that answers this thread. */
const keptDraft = (
  drafts: Draft[],
  message: MessageHead,
  messages: MessageHead[],
): Draft | undefined =>
  message.draft
    ? drafts.find(({ messageId }) => messageId !== null && messageId === message.messageId)
    : drafts.find(({ replyTo }) => messages.some(({ id }) => id === replyTo));

const begin = async (message: MessageHead, all: boolean): Promise<Draft> => {
  if (!message.draft) return api.startDraft(all ? "reply_all" : "reply", message.id);
  // Written in another program: its people and words are taken over, and it is not shown beside them.
  const [blank, body] = await Promise.all([
    api.startDraft("new", null),
    api.messageBody(message.id, false, false),
  ]);
  const { to, cc, subject, messageId } = message;
  return { ...blank, to, cc, subject, messageId, text: wordsOf(body) };
};

const wordsOf = ({ html, text, quoted }: MessageBody): string => {
  if (text.trim() !== "" || html === null) return joinQuote({ own: text, quoted });
  return new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";
};
