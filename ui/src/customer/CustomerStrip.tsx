import { ChevronRight } from "lucide-react";
import type { CustomerTotals } from "../api/bindings.ts";
import { layDossierOver } from "../app/dossier-panel.ts";
import { useDossierRoom } from "../app/layout.ts";
import { Icon } from "../components/Icon.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./CustomerStrip.module.css";
import { Rank } from "./Rank.tsx";
import { useDossier } from "./use-dossier.ts";

/** Where there is no room beside the mail: who it is and what they owe, in a line that opens the rest. */
export function CustomerStrip({ thread }: { thread: string }) {
  const room = useDossierRoom();
  return room === "page" ? <Line thread={thread} /> : null;
}

function Line({ thread }: { thread: string }) {
  const t = useT();
  const { data: dossier, isError } = useDossier(thread);
  // Nothing connected is nothing to look at: the mail has the room.
  if (!isError && (dossier === undefined || !(dossier.connected || dossier.customer))) return null;
  const customer = dossier?.customer ?? null;
  return (
    <button type="button" className={styles.strip} onClick={() => layDossierOver(thread)}>
      {customer ? (
        <>
          <span className={styles.name}>{customer.name}</span>
          {customer.rank ? <Rank rank={customer.rank} /> : null}
          <span className={styles.space} />
          <Open totals={customer.totals} />
        </>
      ) : (
        <span className={styles.none}>{t(isError ? "customer.label" : "customer.none")}</span>
      )}
      <Icon of={ChevronRight} size={14} className={styles.chevron} />
    </button>
  );
}

/** What is open, in the first currency that has something; red when it is late. */
function Open({ totals }: { totals: readonly CustomerTotals[] }) {
  const t = useT();
  const format = useFormat();
  const late = totals.find(({ overdue }) => overdue > 0);
  const owed = late ?? totals.find(({ open }) => open > 0);
  if (owed === undefined) return null;
  const amount = format.money(owed.open, owed.currency);
  const [before, after] = t("customer.openAmount", { amount: "\u0000" }).split("\u0000");
  return (
    <span className={styles.open}>
      <span className={styles.word}>{before}</span>
      {amount}
      <span className={styles.word}>{after}</span>
    </span>
  );
}
