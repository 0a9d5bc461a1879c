import { Paperclip } from "lucide-react";
import { memo } from "react";
import type { Address, SearchHit } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { daysBetween } from "../../i18n/format.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { SenderBadge } from "../list/SenderBadge.tsx";
import { peopleLine } from "../list/ThreadRow.tsx";
import { Marked } from "./Marked.tsx";
import styles from "./Search.module.css";

/** A result says its sender alone. */
const NOBODY: readonly Address[] = [];

type Props = {
  hit: SearchHit;
  folder: string;
  selected: boolean;
  cursor: boolean;
  now: Date;
  position: number;
  total: number;
  onOpen: (hit: SearchHit) => void;
};

/** One result: sender, what matched, where it lies, when it was. */
export const HitRow = memo(function HitRow(props: Props) {
  const { hit, folder, selected, cursor, now, position, total, onOpen } = props;
  const t = useT();
  const format = useFormat();
  const at = new Date(hit.date);
  const when = daysBetween(at, now) < 1 ? format.time(at) : format.date(at, now);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list answers Enter
    <div
      role="option"
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      tabIndex={cursor ? 0 : -1}
      data-hit={hit.id}
      data-thread={hit.thread}
      data-unread={hit.unread || undefined}
      className={styles.hit}
      onClick={() => onOpen(hit)}
    >
      <span className={styles.sender}>
        <span className={styles.name}>
          {hit.unread ? <span className="visually-hidden">{t("list.rowUnread")}. </span> : null}
          {peopleLine(hit.from, t("common.unknownSender"))}
        </span>
        <span className={styles.company}>
          <SenderBadge recipients={NOBODY} people={hit.from} />
        </span>
      </span>
      <span className={styles.subject}>
        <Marked text={hit.subject || t("common.noSubject")} />
      </span>
      <span className={styles.snippet}>
        <Marked text={hit.snippet} />
      </span>
      <span className={styles.clip}>
        {hit.hasAttachment ? (
          <>
            <Icon of={Paperclip} size={14} />
            <span className="visually-hidden">{t("list.rowAttachment")}</span>
          </>
        ) : null}
      </span>
      <span className={styles.where}>
        <span className={styles.folder}>{folder}</span>
      </span>
      <span className={styles.when}>{when}</span>
    </div>
  );
});
