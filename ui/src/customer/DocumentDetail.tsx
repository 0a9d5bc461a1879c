import { Mails } from "lucide-react";
import type { DocumentKind, DocumentView } from "../api/bindings.ts";
import { Button } from "../components/Button.tsx";
import { dayOf } from "../i18n/format.ts";
import { type PlainKey, useFormat, useT } from "../i18n/language.tsx";
import { DocumentActs } from "./act/DocumentActs.tsx";
import { ageOf } from "./age.ts";
import styles from "./Documents.module.css";
import { openCorrespondence } from "./open.ts";

/** What the day beside the number of a document means. */
const DUE: Readonly<Record<DocumentKind, PlainKey>> = {
  offer: "customer.validTo",
  order: "customer.promised",
  invoice: "customer.dueDay",
  credit_note: "customer.dueDay",
};

/** What stands on a document, what was paid of it, and how old that is. */
export function DocumentDetail(props: { id: string; document: DocumentView; now: Date }) {
  const { id, document, now } = props;
  const t = useT();
  const format = useFormat();
  const { lines, payments, currency, open, kind } = document;
  const due = dayOf(document.due);
  const billed = kind === "invoice" || kind === "credit_note";
  const age = ageOf({ asOf: document.asOf, stale: "fresh" }, now, format, t);
  return (
    <section
      id={id}
      className={styles.detail}
      aria-label={t("customer.lines", { number: document.number })}
    >
      {document.title === "" ? null : <p>{document.title}</p>}
      {lines.length === 0 ? <p className={styles.quiet}>{t("customer.lines.none")}</p> : null}
      <ul className={styles.lines}>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one product may stand on two lines alike
          <li key={at} className={styles.line}>
            <span className={styles.product}>{line.name}</span>
            <span className={styles.price}>
              {t("customer.line.price", {
                amount: `${format.number(line.amount)}\u00a0${line.unit}`.trim(),
                price: format.money(line.price, currency),
              })}
              {line.discount > 0
                ? `, ${t("customer.line.discount", { percent: format.number(line.discount) })}`
                : null}
            </span>
          </li>
        ))}
      </ul>
      <dl className={styles.payments}>
        {document.theirNumber === "" ? null : (
          <Pair name={t("customer.theirNumber")} value={document.theirNumber} />
        )}
        {document.belongsWith.length === 0 ? null : (
          <Pair name={t("customer.belongsWith")} value={document.belongsWith.join(", ")} />
        )}
        {due ? <Pair name={t(DUE[kind])} value={format.date(due, now)} /> : null}
        {payments.map((payment, at) => {
          const day = dayOf(payment.date);
          const name = day
            ? t("customer.payment", { day: format.date(day, now) })
            : t("customer.payment.undated");
          return (
            <Pair
              // biome-ignore lint/suspicious/noArrayIndexKey: two payments may be alike
              key={at}
              name={payment.kind === "" ? name : `${name}, ${payment.kind}`}
              value={format.money(payment.amount, currency)}
            />
          );
        })}
        {billed && open > 0 ? (
          <Pair name={t("customer.stillOpen")} value={format.money(open, currency)} strong />
        ) : null}
      </dl>
      <p className={styles.quiet} data-tone={age.old ? "amber" : undefined}>
        {t("customer.documentAge", { age: age.text })}
      </p>
      <DocumentActs document={document} />
      {document.number === "" ? null : (
        <Button
          variant="ghost"
          size="small"
          icon={Mails}
          className={styles.correspondence}
          onClick={() => openCorrespondence(document.number)}
        >
          {t("customer.correspondence")}
        </Button>
      )}
    </section>
  );
}

function Pair({ name, value, strong }: { name: string; value: string; strong?: boolean }) {
  return (
    <div className={styles.pair} data-strong={strong || undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
