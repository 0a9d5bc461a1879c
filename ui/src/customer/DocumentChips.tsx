import { useQuery } from "@tanstack/react-query";
import { Paperclip } from "lucide-react";
import { useState } from "react";
import type { NamedDocument } from "../api/bindings.ts";
import { namedDocumentsQuery } from "../api/customers.ts";
import { useNow } from "../app/now.ts";
import { Icon } from "../components/Icon.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./DocumentChips.module.css";
import { ICONS } from "./Documents.tsx";
import { stateOf } from "./document-state.ts";
import { showDocument } from "./open.ts";

const HOUR = 3_600_000;
/** More would push the mail down. */
const FIRST = 5;

/** The documents a conversation names, under its subject. They come after the mail and take a line only where there are any. */
export function DocumentChips({ thread }: { thread: string }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const { data: named } = useQuery(namedDocumentsQuery(thread));
  if (!named || named.length === 0) return null;
  const shown = all ? named : named.slice(0, FIRST);
  const more = named.length - shown.length;
  return (
    <ul className={styles.chips} aria-label={t("customer.named")}>
      {shown.map((found) => (
        <li key={found.document.id}>
          <Chip named={found} onOpen={() => showDocument(thread, found.document.id)} />
        </li>
      ))}
      {more > 0 ? (
        <li>
          <button type="button" className={styles.chip} onClick={() => setAll(true)}>
            {t("customer.named.more", { n: more })}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

function Chip({ named, onOpen }: { named: NamedDocument; onOpen: () => void }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const { document, place, file } = named;
  const { kind, number, total, currency, overdueDays } = document;
  const late = overdueDays !== null;
  const state = stateOf(document, now, format, t);
  const kindWord = t(`customer.kind.${kind}`);
  const attached = place === "attachment";
  const where = file === null ? t("customer.named.attached") : t("customer.named.file", { file });
  return (
    <button
      type="button"
      className={styles.chip}
      data-tone={late ? "red" : kind === "offer" ? "blue" : undefined}
      title={[kindWord, format.money(total, currency), state.text, attached && where]
        .filter(Boolean)
        .join(", ")}
      onClick={onOpen}
    >
      <Icon of={ICONS[kind]} size={14} />
      <span className="visually-hidden">{kindWord}</span>{" "}
      <span className={styles.number}>{number}</span>{" "}
      <span className={styles.rest}>
        {late ? t("customer.named.overdue") : format.money(total, currency)}
      </span>
      {attached ? (
        <>
          <Icon of={Paperclip} size={14} />
          <span className="visually-hidden">{where}</span>
        </>
      ) : null}
    </button>
  );
}
