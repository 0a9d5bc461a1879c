import { Archive, Check, Flag, Mail, MailOpen, Paperclip, Reply, Trash2 } from "lucide-react";
import { type MouseEvent, memo } from "react";
import type { Address, MailAction, ThreadRow as Row } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { daysBetween } from "../../i18n/format.ts";
import { type Translate, useFormat, useT } from "../../i18n/language.tsx";
import { SenderBadge } from "./SenderBadge.tsx";
import styles from "./ThreadRow.module.css";

type Props = {
  row: Row;
  /** Shown in the conversation, or ticked. */
  selected: boolean;
  picked: boolean;
  /** J and K stand here; it is the one row Tab reaches. */
  cursor: boolean;
  compact: boolean;
  /** A heading says the day. */
  dated: boolean;
  /** What one wrote oneself: the row says to whom. */
  written: boolean;
  now: Date;
  position: number;
  total: number;
  onPress: (row: Row, event: MouseEvent) => void;
  onFocus: (row: Row) => void;
  onPick: (row: Row, range: boolean) => void;
  onAct: (row: Row, action: MailAction) => void;
};

/** What people are called in a row: their names, or what stands before the @. */
export function peopleLine(people: readonly Address[], unknown: string): string {
  const names = people.map((person) => person.name || person.address).filter(Boolean);
  return names.join(", ") || unknown;
}

const byLine = ({ people }: Row, t: Translate): string =>
  peopleLine(people, t("common.unknownSender"));

const toLine = (people: readonly Address[], t: Translate): string =>
  people.length === 0 ? t("list.rowToNobody") : t("list.rowTo", { people: peopleLine(people, "") });

/** One thread in three lines of 18 px, or two when compact. */
export const ThreadRow = memo(function ThreadRow(props: Props) {
  const { row, selected, picked, cursor, compact, dated, written, now, position, total } = props;
  return (
    <div className={styles.place}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens by the table of actions */}
      <div
        id={`thread-${row.id}`}
        role="option"
        aria-selected={selected}
        aria-posinset={position}
        aria-setsize={total}
        tabIndex={cursor ? 0 : -1}
        className={styles.row}
        data-thread={row.id}
        data-unread={row.unread || undefined}
        data-compact={compact || undefined}
        data-pane-focus={cursor ? "" : undefined}
        // With Shift a press picks a range: neither the text nor the start of the range may move.
        onMouseDown={(event) => (event.shiftKey ? event.preventDefault() : undefined)}
        onClick={(event) => props.onPress(row, event)}
        onFocus={() => props.onFocus(row)}
      >
        <Lines row={row} compact={compact} dated={dated} written={written} now={now} />
      </div>
      <RowTools row={row} picked={picked} onPick={props.onPick} onAct={props.onAct} />
    </div>
  );
});

type LinesProps = Pick<Props, "row" | "compact" | "dated" | "written" | "now">;

/** What a row says, wherever the cursor stands. */
const Lines = memo(function Lines({ row, compact, dated, written, now }: LinesProps) {
  const t = useT();
  const format = useFormat();
  const at = new Date(row.date);
  const subject = row.subject || t("common.noSubject");
  return (
    <>
      <div className={styles.line1}>
        {row.unread ? <span className="visually-hidden">{t("list.rowUnread")}. </span> : null}
        <span className={styles.people}>{written ? toLine(row.to, t) : byLine(row, t)}</span>
        <SenderBadge people={row.people} recipients={row.recipients} />
        <span className={styles.time}>
          {dated || daysBetween(at, now) <= 0 ? format.moment(at, now) : format.date(at, now)}
        </span>
      </div>
      <div className={styles.line2}>
        <span className={styles.subject}>{subject}</span>
        {row.count > 1 ? (
          <span className={styles.count}>
            <span aria-hidden="true">{format.number(row.count)}</span>
            <span className="visually-hidden">{t("list.rowCount", { n: row.count })}</span>
          </span>
        ) : null}
        {compact ? <span className={styles.preview}>{row.snippet}</span> : null}
        <Signs row={row} />
      </div>
      {compact ? null : <div className={styles.line3}>{row.snippet}</div>}
    </>
  );
});

function Signs({ row }: { row: Row }) {
  const t = useT();
  const signs = [
    { shown: row.answered, icon: Reply, label: t("list.rowAnswered"), kind: "answered" },
    { shown: row.flagged, icon: Flag, label: t("list.rowFlagged"), kind: "flagged" },
    { shown: row.hasAttachment, icon: Paperclip, label: t("list.rowAttachment"), kind: "file" },
  ].filter((sign) => sign.shown);
  if (signs.length === 0) return null;
  return (
    <span className={styles.signs}>
      {signs.map((sign) => (
        <span key={sign.kind} className={styles.sign} data-kind={sign.kind}>
          <Icon of={sign.icon} size={14} />
          <span className="visually-hidden">{sign.label}</span>
        </span>
      ))}
    </span>
  );
}

type ToolsProps = Pick<Props, "row" | "picked" | "onPick" | "onAct">;

/**
 * What the pointer gets in place of the dot, the time and the icons. By keyboard the same is E, #, U
 * and X, so these stay out of the focus order and are not read out.
 */
const RowTools = memo(function RowTools({ row, picked, onPick, onAct }: ToolsProps) {
  const t = useT();
  const tools = [
    { icon: Archive, label: t("action.archive"), action: { kind: "archive" } },
    { icon: Trash2, label: t("action.trash"), action: { kind: "trash" } },
    {
      icon: row.unread ? MailOpen : Mail,
      label: t("action.unread"),
      action: { kind: row.unread ? "read" : "unread" },
    },
  ] as const;
  return (
    <div className={styles.tools} aria-hidden="true">
      <button
        type="button"
        tabIndex={-1}
        className={styles.tick}
        data-on={picked || undefined}
        title={t("list.tick")}
        onClick={(event) => onPick(row, event.shiftKey)}
      >
        <span className={styles.box}>{picked ? <Icon of={Check} size={14} /> : null}</span>
      </button>
      <span className={styles.acts}>
        {tools.map((tool) => (
          <button
            key={tool.label}
            type="button"
            tabIndex={-1}
            className={styles.tool}
            title={tool.label}
            onClick={() => onAct(row, tool.action)}
          >
            <Icon of={tool.icon} />
          </button>
        ))}
      </span>
    </div>
  );
});
