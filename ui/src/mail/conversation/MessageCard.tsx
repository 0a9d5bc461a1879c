import { useQueryClient } from "@tanstack/react-query";
import { CornerUpLeft, Mail, PenLine, ReplyAll, ShieldX, Trash2, User } from "lucide-react";
import { type RefObject, useRef, useState } from "react";
import { act } from "../../api/act.ts";
import type { MailAction, MessageHead } from "../../api/bindings.ts";
import { keys } from "../../api/queries.ts";
import { Button } from "../../components/Button.tsx";
import type { MenuItem } from "../../components/Menu.tsx";
import { showToast } from "../../components/toasts.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import type { LinkTarget } from "./frame-links.ts";
import { MessageBody } from "./MessageBody.tsx";
import styles from "./MessageCard.module.css";
import { MessageHeader } from "./MessageHeader.tsx";
import { longDate } from "./message-date.ts";
import { nameOf, senderOf } from "./people.ts";
import { useDark } from "./use-dark.ts";
import { useMarkRead } from "./use-mark-read.ts";

type Props = {
  thread: string;
  message: MessageHead;
  now: Date;
  images: boolean;
  onImages: () => void;
  onCollapse: (() => void) | null;
  onReply: (all: boolean) => void;
  onEditDraft: () => void;
  onTarget: (target: LinkTarget | null) => void;
};

/** An open message: header, bars, text, files. */
export function MessageCard(props: Props) {
  const { thread, message, now, images, onImages, onCollapse, onReply, onTarget } = props;
  const t = useT();
  const format = useFormat();
  const dark = useDark();
  const [light, setLight] = useState(false);
  const element = useRef<HTMLElement>(null);
  const menu = useMessageMenu(thread, message, onReply);
  const name = nameOf(senderOf(message, t));
  return (
    <article
      ref={element}
      className={styles.message}
      data-message={message.id}
      tabIndex={-1}
      aria-label={t("conversation.message.from", {
        name,
        date: longDate(message.date, now, format, t),
      })}
    >
      <Reading thread={thread} message={message} element={element} />
      <MessageHeader
        message={message}
        now={now}
        light={dark ? { on: light, toggle: () => setLight(!light) } : null}
        onCollapse={onCollapse}
        onReply={() => onReply(false)}
        menu={menu}
      />
      {message.draft ? (
        <div className={styles.draft}>
          <span>{t("conversation.draft")}</span>
          <Button size="small" icon={PenLine} onClick={props.onEditDraft}>
            {t("conversation.draft.edit")}
          </Button>
        </div>
      ) : null}
      <MessageBody
        thread={thread}
        message={message}
        dark={dark && !light}
        images={images}
        onImages={onImages}
        onTarget={onTarget}
      />
    </article>
  );
}

type ReadingProps = Pick<Props, "thread" | "message"> & { element: RefObject<HTMLElement | null> };

/** Draws nothing: a message drawn ahead comes into sight without being drawn anew. */
function Reading({ thread, message, element }: ReadingProps): null {
  useMarkRead(thread, message, element);
  return null;
}

/** What can be done to one message of several. */
function useMessageMenu(
  thread: string,
  message: MessageHead,
  onReply: (all: boolean) => void,
): MenuItem[] {
  const t = useT();
  const client = useQueryClient();
  const one = (action: MailAction) => {
    void act({ client, t }, { kind: "messages", messages: [message.id] }, action).then(() =>
      client.invalidateQueries({ queryKey: keys.conversation(thread) }),
    );
  };
  const address = message.from[0]?.address ?? "";
  return [
    {
      id: "reply",
      label: t("conversation.message.reply"),
      icon: CornerUpLeft,
      keys: "r",
      run: () => onReply(false),
    },
    {
      id: "replyAll",
      label: t("conversation.message.replyAll"),
      icon: ReplyAll,
      keys: "Shift+r",
      run: () => onReply(true),
    },
    { id: "one", separator: true },
    {
      id: "unread",
      label: t("conversation.message.unread"),
      icon: Mail,
      run: () => one({ kind: "unread" }),
    },
    ...(address === ""
      ? []
      : [
          {
            id: "copy",
            label: t("conversation.message.copyAddress"),
            icon: User,
            run: () => {
              void navigator.clipboard
                .writeText(address)
                .then(() =>
                  showToast({ text: t("conversation.copied"), seconds: 3, action: null }),
                );
            },
          },
        ]),
    { id: "two", separator: true },
    {
      id: "junk",
      label: t("conversation.message.junk"),
      icon: ShieldX,
      run: () => one({ kind: "junk" }),
    },
    {
      id: "trash",
      label: t("conversation.message.trash"),
      icon: Trash2,
      danger: true,
      run: () => one({ kind: "trash" }),
    },
  ];
}
