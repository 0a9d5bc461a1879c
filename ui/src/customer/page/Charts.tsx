import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { BilledMonth, CustomerCharts, SoldProduct } from "../../api/bindings.ts";
import { chartsQuery } from "../../api/customers.ts";
import { useNow } from "../../app/now.ts";
import { BarChart } from "../../components/BarChart.tsx";
import { Button } from "../../components/Button.tsx";
import { ChartCard } from "../../components/Card.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/Menu.tsx";
import { dayOf, type Format } from "../../i18n/format.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import tables from "../../team/analytics/Tables.module.css";
import styles from "./Charts.module.css";
import { moneyAxis } from "./money-axis.ts";

const HOUR = 3_600_000;
/** Products the chart has room for; the table has all. */
const BARS = 8;

/** What was billed in each month, and what was bought: each a chart with a table behind it, of one currency. */
export function Charts({ customer }: { customer: string }) {
  const t = useT();
  const { data: charts } = useQuery(chartsQuery(customer));
  const [wanted, setWanted] = useState<string | null>(null);
  if (!charts || charts.months.length === 0) return null;
  const currencies = currenciesOf(charts);
  const currency = wanted !== null && currencies.includes(wanted) ? wanted : currencies[0];
  if (currency === undefined) return null;
  const months = charts.months.filter((month) => month.currency === currency);
  const products = charts.products.filter((one) => one.currency === currency && one.worth !== 0);
  return (
    <>
      {currencies.length < 2 ? null : (
        <div className={styles.currency}>
          <Menu
            trigger={
              <Button size="small">
                <span className={styles.choice}>
                  <span className="visually-hidden">{t("customer.currency")} </span>
                  {currency}
                  <Icon of={ChevronDown} size={14} />
                </span>
              </Button>
            }
            items={currencies.map((one) => ({
              id: one,
              label: one,
              checked: one === currency,
              run: () => setWanted(one),
            }))}
          />
        </div>
      )}
      <div className={styles.charts}>
        <ChartCard
          title={t("customer.months", { currency })}
          chart={<Months months={months} currency={currency} />}
          table={<MonthTable months={months} currency={currency} />}
        />
        {products.length === 0 ? null : (
          <ChartCard
            title={t("customer.sold", { currency })}
            chart={<Sold products={products} currency={currency} />}
            table={<SoldTable products={products} currency={currency} />}
          />
        )}
      </div>
    </>
  );
}

/** The one with most billed first. */
function currenciesOf({ months }: CustomerCharts): string[] {
  const sums = new Map<string, number>();
  for (const { currency, billed } of months) {
    sums.set(currency, (sums.get(currency) ?? 0) + Math.abs(billed));
  }
  return [...sums].sort(([, a], [, b]) => b - a).map(([currency]) => currency);
}

type MonthsProps = { months: readonly BilledMonth[]; currency: string };

function monthName({ begins }: BilledMonth, format: Format, now: Date): string {
  const day = dayOf(begins);
  return day === null ? begins : format.month(day, now);
}

function Months({ months, currency }: MonthsProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  const [chosen, setChosen] = useState<number | null>(null);
  const axis = moneyAxis(Math.max(0, ...months.map(({ billed }) => billed)));
  const said = (at: number) => {
    const month = months[at];
    if (!month) return "";
    const words = {
      month: monthName(month, format, now),
      amount: format.money(month.billed, currency),
      open: format.money(month.open, currency),
    };
    return t(month.open > 0 ? "customer.month.open" : "customer.month", words);
  };
  return (
    <>
      <BarChart
        label={t("customer.months", { currency })}
        axis={axis.map((value) => ({ value, label: format.number(value) }))}
        bars={months.map((month) => ({
          key: month.begins,
          label: format.shortMonth(dayOf(month.begins) ?? now, now),
          stack: [
            { key: "paid", colour: "whole", value: month.billed - month.open },
            { key: "open", colour: "open", value: month.open },
          ],
        }))}
        said={said}
        onAt={setChosen}
      />
      <p className={styles.readout} aria-hidden="true">
        {said(chosen ?? months.length - 1)}
      </p>
    </>
  );
}

function MonthTable({ months, currency }: MonthsProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  return (
    <Table label={t("customer.months", { currency })}>
      <thead>
        <tr>
          <th scope="col">{t("customer.month.name")}</th>
          <th scope="col" className={tables.figure}>
            {t("customer.month.billed")}
          </th>
          <th scope="col" className={tables.figure}>
            {t("customer.open")}
          </th>
        </tr>
      </thead>
      <tbody>
        {months.toReversed().map((month) => (
          <tr key={month.begins}>
            <th scope="row">{monthName(month, format, now)}</th>
            <td className={tables.figure}>{format.money(month.billed, currency)}</td>
            <td className={tables.figure}>{format.money(month.open, currency)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

type SoldProps = { products: readonly SoldProduct[]; currency: string };

function amountWords({ amount, unit }: SoldProduct, format: Format): string {
  return `${format.number(amount)}\u00a0${unit}`.trim();
}

/** Bars lie, because names are long. */
function Sold({ products, currency }: SoldProps) {
  const format = useFormat();
  const shown = products.slice(0, BARS).filter(({ worth }) => worth > 0);
  const most = Math.max(0, ...shown.map(({ worth }) => worth));
  return (
    <ol className={styles.sold}>
      {shown.map((product) => (
        <li key={`${product.code} ${product.name} ${product.unit}`} className={styles.product}>
          <span className={styles.name} title={product.name}>
            {product.name}
          </span>
          <span className={styles.amount}>{amountWords(product, format)}</span>
          <span className={styles.worth}>{format.money(product.worth, currency)}</span>
          <span className={styles.bar} aria-hidden="true">
            <span style={{ inlineSize: `${(product.worth / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function SoldTable({ products, currency }: SoldProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  return (
    <Table label={t("customer.sold", { currency })}>
      <thead>
        <tr>
          <th scope="col">{t("customer.product")}</th>
          <th scope="col">{t("customer.code")}</th>
          <th scope="col" className={tables.figure}>
            {t("customer.amount")}
          </th>
          <th scope="col" className={tables.figure}>
            {t("customer.worth")}
          </th>
          <th scope="col" className={tables.figure}>
            {t("customer.lastAt")}
          </th>
        </tr>
      </thead>
      <tbody>
        {products.map((product) => {
          const day = dayOf(product.lastAt);
          return (
            <tr key={`${product.code} ${product.name} ${product.unit}`}>
              <th scope="row">{product.name}</th>
              <td>{product.code}</td>
              <td className={tables.figure}>{amountWords(product, format)}</td>
              <td className={tables.figure}>{format.money(product.worth, currency)}</td>
              <td className={tables.figure}>{day ? format.date(day, now) : "–"}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields are grouped here
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" className={tables.frame} tabIndex={0} aria-label={label}>
      <table className={tables.table}>
        <caption className="visually-hidden">{label}</caption>
        {children}
      </table>
    </div>
  );
}
