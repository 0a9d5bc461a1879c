import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import type { FoundDocument } from "../../api/bindings.ts";
import { foundDocumentsQuery } from "../../api/customers.ts";
import { useNow } from "../../app/now.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ICONS } from "../../customer/Documents.tsx";
import { stateOf } from "../../customer/document-state.ts";
import { openDocument } from "../../customer/open.ts";
import { dayOf } from "../../i18n/format.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./FoundDocuments.module.css";
import search from "./Search.module.css";

const HOUR = 3_600_000;
/** Shown before somebody asks for more. */
const FEW = 3;

/** The documents whose numbers begin as the search does; none while nothing in it may be a number. */
export function useFoundDocuments(text: string): readonly FoundDocument[] {
  const enabled = /\d/.test(text);
  const { data } = useQuery({
    ...foundDocumentsQuery(text),
    enabled,
    placeholderData: keepPreviousData,
  });
  return enabled ? (data ?? []) : [];
}

type Props = {
  found: readonly FoundDocument[];
  /** Up from the first, and down from the last. */
  onLeave: () => void;
  onPast: () => void;
};

/** The group above the mails. */
export function FoundDocuments({ found, onLeave, onPast }: Props) {
  const t = useT();
  const [all, setAll] = useState(false);
  if (found.length === 0) return null;
  const shown = all ? found : found.slice(0, FEW);
  const more = found.length - shown.length;
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (event.key === "Escape") onLeave();
    else if (by === null) return;
    else step(event.currentTarget, event.target, by, by === 1 ? onPast : onLeave);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className={styles.group} aria-label={t("search.documents")} onKeyDown={press}>
      <h2 className={search.kind}>
        {t("search.documents")}
        <span className={search.kindCount}>{found.length}</span>
      </h2>
      <ul>
        {shown.map((row) => (
          <li key={row.document.id}>
            <Row found={row} />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <Button
          variant="ghost"
          size="small"
          className={styles.more}
          data-document
          onClick={() => setAll(true)}
        >
          {t("search.moreDocuments", { n: more })}
        </Button>
      ) : null}
    </section>
  );
}

function Row({ found: { document, customer, customerName } }: { found: FoundDocument }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const state = stateOf(document, now, format, t);
  const day = dayOf(document.date);
  const what = [
    t(`customer.kind.${document.kind}`),
    customerName,
    day ? format.date(day, now) : "",
  ];
  return (
    <button
      type="button"
      className={styles.row}
      data-document
      onClick={() => openDocument(customer, document)}
    >
      <Icon of={ICONS[document.kind]} className={styles.icon} />
      <span className={styles.number}>{document.number}</span>
      <span className={styles.what}>{what.filter(Boolean).join(", ")}</span>
      <span className={styles.amount}>{format.money(document.total, document.currency)}</span>
      <span className={styles.state} data-tone={state.tone}>
        {state.text}
      </span>
    </button>
  );
}

/** Goes to the row before or after the one with the focus; beyond the ends is elsewhere. */
function step(group: HTMLElement, from: EventTarget, by: 1 | -1, beyond: () => void): void {
  const rows = [...group.querySelectorAll<HTMLElement>("[data-document]")];
  const at = from instanceof HTMLElement ? rows.indexOf(from) : -1;
  const next = rows[at + by];
  if (next) next.focus();
  else beyond();
}
