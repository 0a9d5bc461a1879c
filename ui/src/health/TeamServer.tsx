import { useQuery } from "@tanstack/react-query";
import type { TeamOverview } from "../api/bindings.ts";
import { reasonOf } from "../api/failure.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { goTo } from "../app/route.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dot } from "../components/Dot.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { whenWords } from "../team/when.ts";
import { ago } from "./ago.ts";
import styles from "./Computer.module.css";
import team from "./TeamServer.module.css";

/** The line to the team's server: how it fares, what it has carried, what waits, and what went wrong. */
export function TeamServer({ now }: { now: Date }) {
  const t = useT();
  const overview = useQuery(teamOverviewQuery);
  return (
    <section className={styles.card} aria-label={t("health.team")}>
      <h2 className={`${styles.title} ${team.title}`}>
        {t("health.team")}
        {overview.data ? <State overview={overview.data} /> : null}
      </h2>
      {overview.isError ? (
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void overview.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("health.team.failed")} {reasonOf(overview.error, t)}
        </Banner>
      ) : null}
      {overview.data === undefined ? null : overview.data.state === "alone" ? (
        <p className={team.text}>{t("health.team.alone.text")}</p>
      ) : (
        <Figures overview={overview.data} now={now} />
      )}
    </section>
  );
}

function State({ overview: { state } }: { overview: TeamOverview }) {
  const t = useT();
  const words = {
    alone: "health.team.alone",
    live: "team.live",
    connecting: "team.connecting",
    offline: "team.offline.plain",
    needs_you: "team.needsYou",
  } as const;
  return (
    <span className={team.state} data-state={state}>
      {state === "alone" ? null : <Dot state={state} />}
      {t(words[state])}
    </span>
  );
}

function Figures({ overview, now }: { overview: TeamOverview; now: Date }) {
  const t = useT();
  const format = useFormat();
  const { latencyMs, since, reconnects, sent, received, queue, members, errors } = overview;
  const active = members.filter((member) => member.active);
  const there = active.filter((member) => member.state !== "offline");
  const rows: [label: string, value: string, warn?: boolean][] = [
    [
      t("health.team.roundTrip"),
      latencyMs === null ? "–" : t("health.team.ms", { ms: format.number(Math.round(latencyMs)) }),
    ],
    [
      t("health.team.since"),
      since === null ? "–" : whenWords(new Date(since), now, format, t),
      overview.state !== "live",
    ],
    [t("health.team.queue"), format.number(queue.length), queue.length > 0],
    ...(queue.oldestAt === null
      ? []
      : (
          [[t("health.team.oldest"), ago(new Date(queue.oldestAt), now, format, t), true]] as const
        ).map(([label, value, warn]): [string, string, boolean] => [label, value, warn])),
    [t("health.team.people"), t("health.team.of", { n: there.length, all: active.length })],
    [t("health.team.sent"), format.number(sent)],
    [t("health.team.received"), format.number(received)],
    [t("health.team.reconnects"), format.number(reconnects)],
    [t("health.team.errors"), format.number(errors)],
  ];
  return (
    <>
      <dl>
        {rows.map(([label, value, warn = false]) => (
          <div key={label} className={styles.row}>
            <dt>{label}</dt>
            <dd data-warn={warn || undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={team.text}>{t("health.team.counted")}</p>
      <News overview={overview} now={now} />
    </>
  );
}

/** What went wrong last, and what to do about it. */
function News({ overview, now }: { overview: TeamOverview; now: Date }) {
  const t = useT();
  const format = useFormat();
  const { state, why, lastError } = overview;
  const what = state === "live" ? lastError?.what : (why ?? lastError?.what);
  if (what === undefined && state === "live") return null;
  const when = lastError === null ? "" : whenWords(new Date(lastError.at), now, format, t);
  const told = what === undefined ? "" : t.said(what);
  if (state === "live") {
    return (
      <p className={team.text}>
        {t("health.team.lastError", { when })} {told} {t("health.team.does.live")}
      </p>
    );
  }
  const stuck = state === "needs_you";
  return (
    <div className={team.news}>
      <Banner
        tone={stuck ? "red" : "amber"}
        action={
          stuck ? (
            <Button
              size="small"
              variant="primary"
              onClick={() => goTo({ page: "settings", section: "team" })}
            >
              {t("health.team.signIn")}
            </Button>
          ) : null
        }
      >
        {told} {t(stuck ? "health.team.does.needs_you" : "health.team.does.waits")}
      </Banner>
    </div>
  );
}
