import type { HealthView } from "../api/bindings.ts";
import { Dot } from "../components/Dot.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { STATE_WORD } from "../settings/account-state.ts";
import { AccountNews } from "./AccountNews.tsx";
import styles from "./AccountTable.module.css";
import { ago } from "./ago.ts";

type Account = HealthView["accounts"][number];
type Layer = Account["layers"][number];

type Props = {
  health: HealthView;
  now: Date;
  reconcileMinutes: number;
  onSignIn: (account: { id: string; email: string }) => void;
};

/** One row an account, one column a layer; bad news is spelt out under its account. */
export function AccountTable({ health, now, reconcileMinutes, onSignIn }: Props) {
  const t = useT();
  if (health.accounts.length === 0) return null;
  // Without a network every account says the same; the line above the table says it once.
  const away = health.accounts.every(({ state }) => state === "offline");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={styles.card} tabIndex={0} aria-label={t("health.table")}>
      <table className={styles.table} aria-label={t("health.table")}>
        <thead>
          <tr>
            <th scope="col">{t("health.account")}</th>
            <th scope="col">{t("health.state")}</th>
            <th scope="col">{t("health.push")}</th>
            <th scope="col">{t("health.poll")}</th>
            <th scope="col">{t("health.reconcileEvery", { n: reconcileMinutes })}</th>
            <th scope="col" className={styles.figure} title={t("health.foundTitle")}>
              {t("health.foundShort")}
            </th>
            <th scope="col" className={styles.figure} title={t("health.backlogTitle")}>
              {t("health.backlog")}
            </th>
          </tr>
        </thead>
        {health.accounts.map((account) => (
          <tbody key={account.id}>
            <AccountRow account={account} now={now} reconcileMinutes={reconcileMinutes} />
            <AccountNews account={account} quiet={away} onSignIn={() => onSignIn(account)} />
          </tbody>
        ))}
      </table>
    </section>
  );
}

type RowProps = { account: Account; now: Date; reconcileMinutes: number };

function AccountRow({ account, now, reconcileMinutes }: RowProps) {
  const t = useT();
  const format = useFormat();
  const layer = (name: Layer["layer"]) => account.layers.find((row) => row.layer === name);
  const age = (name: Layer["layer"]) => {
    const at = layer(name)?.lastAt ?? null;
    return at === null ? t("health.off") : ago(new Date(at), now, format, t);
  };
  const caught = (layer("poll")?.found ?? 0) + (layer("reconcile")?.found ?? 0);
  const backlog = account.backlog.envelopes + account.backlog.bodies;
  return (
    <tr>
      <th scope="row" className={styles.account} data-selectable>
        {account.email} <span className={styles.kind}>IMAP</span>
      </th>
      <td>
        <span className={styles.state} data-state={account.state}>
          <Dot state={account.state} />
          {t(STATE_WORD[account.state])}
        </span>
      </td>
      <td
        className={styles.age}
        data-label={t("health.push")}
        data-late={(account.state === "polling" && account.layers.length > 0) || undefined}
      >
        {age("push")}
      </td>
      <td className={styles.age} data-label={t("health.poll")}>
        {age("poll")}
      </td>
      <td className={styles.age} data-label={t("health.reconcileEvery", { n: reconcileMinutes })}>
        {age("reconcile")}
      </td>
      <td className={styles.figure} data-label={t("health.foundShort")}>
        {format.number(caught)}
      </td>
      <td
        className={styles.figure}
        data-label={t("health.backlog")}
        data-some={backlog > 0 || undefined}
      >
        {format.number(backlog)}
      </td>
    </tr>
  );
}
