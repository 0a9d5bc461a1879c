import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useId } from "react";
import type { DocumentView } from "../api/bindings.ts";
import { namedDocumentsQuery } from "../api/customers.ts";
import { useNow } from "../app/now.ts";
import { Icon } from "../components/Icon.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { DocumentDetail } from "./DocumentDetail.tsx";
import { ICONS } from "./Documents.tsx";
import { stateOf } from "./document-state.ts";
import styles from "./NamedDocument.module.css";
import { hideDocument, stopLooking, useLookedAt, useShownDocument } from "./open.ts";

const HOUR = 3_600_000;

/** The document a chip of the conversation was pressed for, above everything else of the customer. */
export function NamedDocument({ thread }: { thread: string }) {
  const id = useShownDocument(thread);
  const { data: named } = useQuery({ ...namedDocumentsQuery(thread), enabled: id !== null });
  const found = named?.find(({ document }) => document.id === id);
  return id === null || found === undefined ? null : (
    <Shown key={id} document={found.document} onClose={hideDocument} />
  );
}

/** The document a customer's page was opened for, above everything else on it. */
export function LookedAtDocument({ customer }: { customer: string }) {
  const document = useLookedAt(customer);
  return document === null ? null : (
    <Shown key={document.id} document={document} onPage onClose={stopLooking} />
  );
}

type ShownProps = { document: DocumentView; onPage?: boolean; onClose: () => void };

function Shown({ document, onPage = false, onClose }: ShownProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const detail = useId();
  const { kind, number, total, currency } = document;
  const state = stateOf(document, now, format, t);
  return (
    <section
      className={styles.document}
      aria-label={t("customer.document", { number })}
      data-named-document
      data-page={onPage || undefined}
      tabIndex={-1}
    >
      <div className={styles.head}>
        <Icon of={ICONS[kind]} className={styles.icon} />
        <h2 className={styles.number}>{number}</h2>
        <span className={styles.amount}>{format.money(total, currency)}</span>
        <IconButton icon={X} iconSize={14} label={t("customer.document.close")} onClick={onClose} />
      </div>
      <p className={styles.state} data-tone={state.tone}>
        {[t(`customer.kind.${kind}`), state.text].filter(Boolean).join(", ")}
      </p>
      <DocumentDetail id={detail} document={document} now={now} />
    </section>
  );
}
