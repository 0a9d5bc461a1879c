import type { AccountState, HealthView } from "../api/bindings.ts";
import { Dot } from "../components/Dot.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./Summary.module.css";

const STATES: readonly AccountState[] = ["live", "polling", "connecting", "needs_you", "offline"];

/** One line when all is well, else how many accounts are in which state; then what the lower layers caught. */
export function Summary({ health }: { health: HealthView }) {
  const t = useT();
  const { accounts, pending } = health;
  const waiting = pending.operations + pending.outbox + pending.unknown;
  const well = waiting === 0 && accounts.every(({ state }) => state === "live");
  const found = (layer: "poll" | "reconcile") =>
    accounts
      .flatMap(({ layers }) => layers)
      .filter((row) => row.layer === layer)
      .reduce((sum, row) => sum + row.found, 0);
  const away = accounts.every(({ state }) => state === "offline");
  if (accounts.length === 0) return <p className={styles.well}>{t("health.none")}</p>;
  return (
    <div className={styles.summary}>
      {well || away ? (
        <p className={styles.well}>
          <Dot state={well ? "live" : "offline"} />
          {t(well ? "health.allWell" : "rail.offlineSentence")}
        </p>
      ) : (
        <ul className={styles.chips}>
          {STATES.map((state) => {
            const n = accounts.filter((account) => account.state === state).length;
            if (n === 0) return null;
            return (
              <li key={state} className={styles.chip}>
                <Dot state={state} />
                {t(`health.count.${state}`, { n })}
              </li>
            );
          })}
        </ul>
      )}
      <p className={styles.found}>
        {t("health.found", { poll: found("poll"), reconcile: found("reconcile") })}
      </p>
    </div>
  );
}
