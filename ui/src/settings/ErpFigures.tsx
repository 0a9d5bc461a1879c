import type { ReactNode } from "react";
import type { ErpOverview, FactsAge } from "../api/bindings.ts";
import { useNow } from "../app/now.ts";
import { Banner } from "../components/Banner.tsx";
import { Dot } from "../components/Dot.tsx";
import { dayOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import { whenWords } from "../team/when.ts";
import styles from "./ErpFigures.module.css";
import page from "./SettingsPage.module.css";
import team from "./Team.module.css";

const DOTS = {
  off: "offline",
  first: "connecting",
  live: "live",
  behind: "polling",
  needs_you: "needs_you",
} as const;

/** How the mirror stands, what it has, what it cost, and how fresh each kind of fact is. */
export function ErpFigures({ overview, alone }: { overview: ErpOverview; alone: boolean }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(15_000);
  const { state, why, lastAt, progress, coverage } = overview;
  const n = format.number;
  const share = coverage.addresses === 0 ? 0 : coverage.known / coverage.addresses;
  return (
    <>
      {state === "needs_you" && why !== "" ? <Banner tone="red">{t.said(why)}</Banner> : null}
      <dl className={`${page.card} ${team.facts}`}>
        <Figure name={t("erp.state")}>
          <span className={team.state}>
            <Dot state={DOTS[state]} />
            {t(alone && state === "needs_you" ? "erp.state.needs_you.alone" : `erp.state.${state}`)}
          </span>
          {state === "behind" && why !== "" ? <Small>{t.said(why)}</Small> : null}
          {progress === null ? null : (
            <>
              <progress
                className={styles.progress}
                max={Math.max(progress.total, 1)}
                value={progress.done}
                aria-label={t("erp.state.first")}
              />
              <Small>
                {[
                  t("erp.progress", { done: n(progress.done), total: n(progress.total) }),
                  leftWords(progress.secondsLeft, t),
                ]
                  .filter(Boolean)
                  .join(", ")}
              </Small>
              <Small>{t("erp.usable")}</Small>
            </>
          )}
        </Figure>
        <Figure name={t("erp.lastAnswer")}>
          {lastAt === null ? t("erp.never") : whenWords(new Date(lastAt), now, format, t)}
        </Figure>
        <Figure name={t(alone ? "erp.mirrored.alone" : "erp.mirrored")}>
          {t("erp.mirrored.text", {
            customers: n(overview.customers),
            documents: n(overview.documents),
            products: n(overview.products),
          })}
        </Figure>
        <Figure name={t("erp.calls")}>
          {t(alone ? "erp.calls.text.alone" : "erp.calls.text", {
            calls: n(overview.calls),
            errors: n(overview.errors),
          })}
          {overview.paused ? <Small>{t("erp.calls.paused")}</Small> : null}
        </Figure>
        <Figure name={t("erp.drift")}>
          {overview.drift === 0 ? t("erp.drift.none") : t("erp.drift.text", { n: overview.drift })}
        </Figure>
        <Figure name={t("erp.desk")}>
          {t("erp.desk.text", {
            known: n(overview.known),
            followed: n(overview.followed),
            kept: n(overview.kept),
          })}
        </Figure>
        <Figure name={t("erp.coverage")}>
          {t("erp.coverage.text", {
            known: n(coverage.known),
            addresses: n(coverage.addresses),
            share: format.percent(share),
          })}
          <Small>
            {t("erp.coverage.hand", { byHand: n(coverage.byHand), ofNone: n(coverage.ofNone) })}
          </Small>
        </Figure>
      </dl>
      {overview.fresh.length === 0 ? null : <Freshness fresh={overview.fresh} now={now} />}
    </>
  );
}

function leftWords(seconds: number | null, t: ReturnType<typeof useT>): string {
  if (seconds === null) return "";
  if (seconds < 60) return t("erp.progress.leftSeconds");
  return t("erp.progress.left", { minutes: String(Math.ceil(seconds / 60)) });
}

function Freshness({ fresh, now }: { fresh: readonly FactsAge[]; now: Date }) {
  const t = useT();
  const format = useFormat();
  return (
    <section className={styles.section} aria-label={t("erp.fresh")}>
      <h3 className={styles.title}>{t("erp.fresh")}</h3>
      <table className={`${page.card} ${styles.table}`}>
        <thead>
          <tr>
            <th scope="col">{t("erp.fresh.kind")}</th>
            <th scope="col">{t("erp.fresh.at")}</th>
            <th scope="col">{t("erp.fresh.of")}</th>
          </tr>
        </thead>
        <tbody>
          {fresh.map(({ kind, at, from }) => {
            const day = dayOf(from);
            return (
              <tr key={`${kind} ${from ?? ""}`}>
                <th scope="row">{t(`erp.kind.${kind}`)}</th>
                <td>{whenWords(new Date(at), now, format, t)}</td>
                <td>
                  {day === null
                    ? t("erp.fresh.all")
                    : t("erp.fresh.since", { day: format.date(day, now) })}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={team.fact}>
      <dt>{name}</dt>
      <dd data-selectable>{children}</dd>
    </div>
  );
}

function Small({ children }: { children: ReactNode }) {
  return <span className={team.why}>{children}</span>;
}
