import { useQuery } from "@tanstack/react-query";
import type { CustomerView } from "../api/bindings.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { useNow } from "../app/now.ts";
import { Dot } from "../components/Dot.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { ageOf } from "./age.ts";
import styles from "./Dossier.module.css";

/** How often the age is said anew, ms. */
const LOOK = 15_000;

/** Whether the line the facts come by is down. */
export function useFactsOffline(): boolean {
  const { data: team } = useQuery(teamOverviewQuery);
  return team?.state === "offline" || team?.state === "connecting" || team?.state === "needs_you";
}

/**
 * Where the facts are from and how old they are: always there, amber when they may be out of date. Above it, where the ERP
 * has the customer no longer, that.
 */
export function AgeLine({ customer }: { customer: CustomerView }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(LOOK);
  const offline = useFactsOffline();
  const age = ageOf(customer, now, format, t);
  const amber = age.old || offline;
  const text = offline ? t("customer.age.offline", { age: age.text }) : age.text;
  return (
    <>
      {customer.gone ? <p className={styles.gone}>{t("customer.gone")}</p> : null}
      <p className={styles.age} data-tone={amber ? "amber" : undefined}>
        <Dot state={offline ? "offline" : amber ? "polling" : "live"} small />
        {t("customer.documentAge", { age: text })}
      </p>
    </>
  );
}
