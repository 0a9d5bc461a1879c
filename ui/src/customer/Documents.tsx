import {
  ChevronDown,
  FileMinus,
  FileText,
  type LucideIcon,
  ReceiptText,
  Truck,
} from "lucide-react";
import { useId, useState } from "react";
import type { DocumentKind, DocumentView } from "../api/bindings.ts";
import { useNow } from "../app/now.ts";
import { Button } from "../components/Button.tsx";
import { classes } from "../components/classes.ts";
import { Icon } from "../components/Icon.tsx";
import { dayOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import { DocumentDetail } from "./DocumentDetail.tsx";
import styles from "./Documents.module.css";
import { stateOf } from "./document-state.ts";
import facts from "./Fact.module.css";
import { useChanged } from "./Fact.tsx";

/** Shown each time more are asked for. */
const STEP = 20;
const HOUR = 3_600_000;

export const ICONS: Readonly<Record<DocumentKind, LucideIcon>> = {
  offer: FileText,
  order: Truck,
  invoice: ReceiptText,
  credit_note: FileMinus,
};

type Props = {
  documents: readonly DocumentView[];
  /** How many there are in Metakocka. */
  total: number;
  /** Shown before more are asked for. */
  first: number;
  /** Leads to all of them. */
  onAll?: () => void;
};

/** Recent documents with how they stand, overdue ones first; a row opens its lines and payments in place. */
export function Documents({ documents, total, first, onAll }: Props) {
  const t = useT();
  const [shown, setShown] = useState(first);
  if (documents.length === 0) {
    return <p className={styles.none}>{t("customer.documents.none")}</p>;
  }
  const urgent = (document: DocumentView) => (document.overdueDays ? 0 : 1);
  const rows = documents.toSorted((a, b) => urgent(a) - urgent(b)).slice(0, shown);
  // What stands further below and what only Metakocka has are one number: nobody asks where the others lie.
  const more = Math.max(total, documents.length) - rows.length;
  const isHere = rows.length < documents.length;
  return (
    <>
      <ul className={styles.documents}>
        {rows.map((document) => (
          <Row key={document.id} document={document} />
        ))}
      </ul>
      {isHere ? (
        <Button
          variant="ghost"
          size="small"
          className={styles.more}
          onClick={() => setShown(shown + STEP)}
        >
          {t("customer.documents.more", { n: more })}
        </Button>
      ) : more > 0 ? (
        <Older n={more} onAll={onAll} />
      ) : null}
    </>
  );
}

function Older({ n, onAll }: { n: number; onAll: (() => void) | undefined }) {
  const t = useT();
  const words = t("customer.documents.older", { n });
  if (!onAll) return <p className={styles.none}>{words}</p>;
  return (
    <Button variant="ghost" size="small" className={styles.more} onClick={onAll}>
      {words}
    </Button>
  );
}

export function Row({ document }: { document: DocumentView }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const [open, setOpen] = useState(false);
  const detail = useId();
  const state = stateOf(document, now, format, t);
  const day = dayOf(document.date);
  const kind = t(`customer.kind.${document.kind}`);
  const amount = format.money(document.total, document.currency);
  const changed = useChanged(`${amount} ${state.text}`);
  return (
    <li className={styles.item}>
      <button
        type="button"
        className={classes(styles.row, facts.fact)}
        data-changed={changed || undefined}
        aria-expanded={open}
        aria-controls={open ? detail : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          neighbour(event.currentTarget, event.key === "ArrowDown" ? 1 : -1)?.focus();
        }}
      >
        <Icon of={ICONS[document.kind]} className={styles.icon} />
        <span className={styles.number}>{document.number}</span>
        <span className={styles.amount}>{amount}</span>
        <span className={styles.kind}>
          {day ? t("customer.kindAndDay", { kind, day: format.date(day, now) }) : kind}
        </span>
        <span className={styles.state} data-tone={state.tone}>
          {state.text}
        </span>
        <Icon of={ChevronDown} size={14} className={styles.chevron} />
      </button>
      {open ? <DocumentDetail id={detail} document={document} now={now} /> : null}
    </li>
  );
}

/** The row before or after one, for the arrow keys. */
function neighbour(row: HTMLElement, by: 1 | -1): HTMLElement | null {
  const all = [...(row.closest("ul")?.querySelectorAll<HTMLElement>("[aria-expanded]") ?? [])];
  return all[all.indexOf(row) + by] ?? null;
}
