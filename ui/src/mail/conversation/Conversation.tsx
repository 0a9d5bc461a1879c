import { useQuery } from "@tanstack/react-query";
import { Fragment, useRef, useState } from "react";
import type { Draft, MessageHead, Conversation as Thread } from "../../api/bindings.ts";
import { draftsQuery } from "../../api/queries.ts";
import { useNow } from "../../app/now.ts";
import { findShown } from "../../app/standing.tsx";
import { CustomerStrip } from "../../customer/CustomerStrip.tsx";
import { DocumentChips } from "../../customer/DocumentChips.tsx";
import { useT } from "../../i18n/language.tsx";
import { Composer } from "../compose/Composer.tsx";
import { dropAnswer, keepAnswer, nameAnswer, useAnswer } from "../compose/composing.ts";
import styles from "./ConversationPane.module.css";
import { layOut } from "./fold.ts";
import type { LinkTarget } from "./frame-links.ts";
import { LinkStatus } from "./LinkStatus.tsx";
import { MessageCard } from "./MessageCard.tsx";
import { FoldRow, MessageRow } from "./MessageRow.tsx";
import { Opened } from "./Opened.tsx";
import { QuickReply } from "./QuickReply.tsx";
import { useOpenMessages } from "./use-open-messages.ts";
import { useOwnAddresses } from "./use-own-addresses.ts";
import { useReply } from "./use-reply.ts";

/** A minute: "Today" turns to "Yesterday" while the window stands open. */
const MINUTE = 60_000;

/** The messages of a thread, oldest first, and the answer below them. */
export function Conversation({ conversation }: { conversation: Thread }) {
  const { id: thread, messages, subject } = conversation;
  const t = useT();
  const now = useNow(MINUTE);
  const own = useOwnAddresses();
  const scroll = useRef<HTMLDivElement>(null);
  const [target, setTarget] = useState<LinkTarget | null>(null);
  const [images, setImages] = useState<ReadonlySet<string>>(new Set());
  const answer = useAnswer(thread);
  const writing = answer !== null;
  const view = useOpenMessages(messages, writing);
  const isCopy = useCopies(answer);
  const listed = messages.filter((message) => !isCopy(message));
  const reply = useReply(thread, messages);
  const meant = answerable(messages, view.open);
  const showImages = (id: string) => setImages((shown) => new Set(shown).add(id));

  return (
    <>
      <Opened
        thread={thread}
        scroll={scroll}
        messages={messages}
        onShow={(id) => view.set(id, true)}
        onReply={(message, all) => reply(message ?? meant, all)}
        onImages={(message) => showImages((message ?? meant).id)}
      />
      <div
        ref={scroll}
        className={styles.scroll}
        data-conversation={thread}
        data-writing={writing || undefined}
        data-pane-focus
        tabIndex={-1}
      >
        <div className={styles.subject}>
          <h1 data-selectable>{subject.trim() || t("common.noSubject")}</h1>
          <DocumentChips thread={thread} />
        </div>
        <CustomerStrip thread={thread} />
        {layOut(listed, view.open, view.unfolded, writing).map((row) => {
          if (row.kind === "fold") {
            return (
              <FoldRow
                key={`fold ${row.messages[0]?.id}`}
                count={row.messages.length}
                onUnfold={() => view.unfold(row.messages)}
              />
            );
          }
          const { message } = row;
          return (
            <Fragment key={message.id}>
              {row.open ? (
                <MessageCard
                  thread={thread}
                  message={message}
                  now={now}
                  images={images.has(message.id)}
                  onImages={() => showImages(message.id)}
                  onCollapse={messages.length > 1 ? () => view.set(message.id, false) : null}
                  onReply={(all) => reply(message, all)}
                  onEditDraft={() => reply(message, false)}
                  onTarget={setTarget}
                />
              ) : (
                <MessageRow message={message} now={now} onOpen={() => view.set(message.id, true)} />
              )}
            </Fragment>
          );
        })}
      </div>
      {answer === null ? (
        <QuickReply
          message={meant}
          messages={messages}
          own={own}
          onReply={(all) => reply(meant, all)}
        />
      ) : (
        <div className={styles.composer}>
          <Composer
            key={`${thread} ${answer.replyTo}`}
            draft={answer}
            thread={thread}
            autoFocus
            onChange={(draft) => keepAnswer(thread, draft)}
            onKept={(id) => nameAnswer(thread, id)}
            onClose={() => {
              dropAnswer(thread);
              requestAnimationFrame(() => findShown("[data-quick-reply]")?.focus());
            }}
          />
        </div>
      )}
      <LinkStatus target={target} />
    </>
  );
}

/**
 * Tells the copies of the draft in the composer among the messages: what they say is older than what one sees there.
 * Other drafts of the thread are messages like any.
 */
function useCopies(answer: Draft | null): (message: MessageHead) => boolean {
  const kept = useQuery({ ...draftsQuery, enabled: answer !== null });
  if (answer === null) return () => false;
  const known = kept.data?.find(({ id }) => id !== null && id === answer.id);
  const copies = [answer.messageId, known?.messageId];
  return ({ draft, messageId }) => draft && messageId !== null && copies.includes(messageId);
}

/** The message an answer means when none has the focus: the newest open one that is no draft. */
const answerable = (messages: MessageHead[], open: ReadonlySet<string>): MessageHead => {
  const sent = messages.filter(({ draft }) => !draft);
  const found = sent.findLast(({ id }) => open.has(id)) ?? sent.at(-1) ?? messages.at(-1);
  if (found === undefined) throw new Error("A conversation has at least one message.");
  return found;
};
