import { Ellipsis } from "lucide-react";
import type { MessageHead } from "../../api/bindings.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./MessageRow.module.css";
import { fullDate, shortDate } from "./message-date.ts";
import { nameOf, senderOf } from "./people.ts";

type Props = { message: MessageHead; now: Date; onOpen: () => void };

/** A message on one line. */
export function MessageRow({ message, now, onOpen }: Props) {
  const t = useT();
  const format = useFormat();
  const name = nameOf(senderOf(message, t));
  const colour = message.outgoing ? ({ colour: 3 } as const) : {};
  return (
    <button
      type="button"
      className={styles.row}
      data-message={message.id}
      data-unread={message.unread || undefined}
      aria-expanded="false"
      onClick={onOpen}
    >
      <Avatar name={name} size={24} {...colour} />
      <span className={styles.name}>{name}</span>
      {message.unread ? <span className="visually-hidden">{t("conversation.unread")}</span> : null}
      {message.draft ? <span className={styles.draft}>{t("conversation.draft")}</span> : null}
      <span className={styles.snippet}>{message.snippet}</span>
      <time className={styles.date} dateTime={message.date} title={fullDate(message.date, format)}>
        {shortDate(message.date, now, format)}
      </time>
    </button>
  );
}

/** Several collapsed messages behind one line. */
export function FoldRow({ count, onUnfold }: { count: number; onUnfold: () => void }) {
  const t = useT();
  return (
    <button type="button" className={styles.row} data-fold aria-expanded="false" onClick={onUnfold}>
      <span className={styles.dots}>
        <Icon of={Ellipsis} />
      </span>
      <span className={styles.count}>{t("conversation.older", { n: count })}</span>
    </button>
  );
}
