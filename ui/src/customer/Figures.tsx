import type { CustomerTotals, CustomerView } from "../api/bindings.ts";
import { useNow } from "../app/now.ts";
import { dayOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import { Fact } from "./Fact.tsx";
import styles from "./Figures.module.css";

/** A day: "12 Nov" turns to "12 Nov 2025" at new year. */
const HOUR = 3_600_000;

type Sum = (totals: CustomerTotals) => number;

/** The four figures of a customer; in more than one currency each has its line. */
export function Figures({ customer }: { customer: CustomerView }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const { totals, lastOrder } = customer;
  const day = dayOf(lastOrder?.date ?? null);
  const last = day ? format.date(day, now) : (lastOrder?.number ?? t("customer.noOrder"));
  return (
    <dl className={styles.figures}>
      <div>
        <dt>{t("customer.total")}</dt>
        <Amounts totals={totals} sum={({ total }) => total} />
      </div>
      <div>
        <dt>{t("customer.lastOrder")}</dt>
        <dd data-quiet={lastOrder === null || undefined}>
          <Fact value={`${last}${lastOrder?.number ?? ""}`}>{last}</Fact>
        </dd>
      </div>
      <div>
        <dt>{t("customer.open")}</dt>
        <Amounts totals={totals} sum={({ open }) => open} />
      </div>
      <div>
        <dt>{t("customer.overdue")}</dt>
        <Amounts totals={totals} sum={({ overdue }) => overdue} tone="red" />
      </div>
    </dl>
  );
}

/** Of currencies without anything only the first is said. */
function Amounts({ totals, sum, tone }: { totals: CustomerTotals[]; sum: Sum; tone?: "red" }) {
  const format = useFormat();
  const some = totals.filter((each) => sum(each) !== 0);
  const shown = some.length > 0 ? some : totals.slice(0, 1);
  if (shown.length === 0) return <dd data-quiet>–</dd>;
  return (
    <dd data-tone={some.length > 0 ? tone : undefined}>
      {shown.map((each) => (
        <Fact
          key={each.currency}
          className={styles.line}
          value={format.money(sum(each), each.currency)}
        />
      ))}
    </dd>
  );
}
