import type { HealthView } from "../api/bindings.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./Computer.module.css";

/** What this computer holds and what still waits here. */
export function Computer({ health }: { health: HealthView }) {
  const t = useT();
  const format = useFormat();
  const { operations, outbox, unknown } = health.pending;
  const rows: [label: string, value: string, warn: boolean][] = [
    [t("health.pending"), format.number(operations), false],
    [t("health.outbox"), format.number(outbox), false],
    [t("health.unknown"), format.number(unknown), unknown > 0],
    [t("health.coverage"), format.percent(health.coverage), false],
    [t("health.size"), format.bytes(health.storeBytes), false],
    [t("health.keychain"), health.keychain, false],
  ];
  return (
    <section className={styles.card} aria-label={t("health.computer")}>
      <h2 className={styles.title}>{t("health.computer")}</h2>
      <dl>
        {rows.map(([label, value, warn]) => (
          <div key={label} className={styles.row}>
            <dt>{label}</dt>
            <dd data-warn={warn || undefined}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
