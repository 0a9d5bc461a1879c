import { useQuery } from "@tanstack/react-query";
import type { CustomerView } from "../api/bindings.ts";
import { dossierQuery } from "../api/customers.ts";
import { reasonOf } from "../api/failure.ts";
import { Banner } from "../components/Banner.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { AgeLine } from "./AgeLine.tsx";
import { Documents } from "./Documents.tsx";
import { countOf } from "./Dossier.tsx";
import { Figures } from "./Figures.tsx";
import styles from "./Purchases.module.css";

/** As many documents as the short form shows before more are asked for. */
const FIRST = 2;

/** What the customer of a conversation bought, in short: figures and the newest documents. */
export function Purchases({ thread }: { thread: string }) {
  const t = useT();
  const format = useFormat();
  const { data: dossier, error } = useQuery(dossierQuery(thread));
  if (error !== null && dossier === undefined) {
    return (
      <Banner tone="red">
        {t("customer.failed")} {reasonOf(error, t)}
      </Banner>
    );
  }
  if (dossier === undefined) return null;
  const { customer, connected } = dossier;
  const turnover = customer?.turnover12Months ?? [];
  const amounts = turnover.map(({ total, currency }) => format.money(total, currency));
  return (
    <>
      <h3 className={styles.title}>
        {t("team.purchases")}
        {amounts.length === 0 ? null : (
          <span className={styles.turnover}>
            {t("customer.purchases.year", { amount: amounts.join(" + ") })}
          </span>
        )}
      </h3>
      {customer ? (
        <Short key={customer.id} customer={customer} />
      ) : (
        <p className={styles.quiet}>
          {connected
            ? t("customer.purchases.nobody")
            : `${t("customer.off")} ${t("customer.off.where")}`}
        </p>
      )}
    </>
  );
}

function Short({ customer }: { customer: CustomerView }) {
  return (
    <>
      {customer.totals.length > 0 ? <Figures customer={customer} /> : null}
      <div className={styles.documents}>
        <Documents documents={customer.documents} total={countOf(customer)} first={FIRST} />
      </div>
      <AgeLine customer={customer} />
    </>
  );
}
