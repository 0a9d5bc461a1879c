import type { TeamAnalytics, TeamOverview } from "../../api/bindings.ts";
import { useNow } from "../../app/now.ts";
import { openTeamPanel } from "../../app/team-panel.ts";
import { Button } from "../../components/Button.tsx";
import cards from "../../components/Card.module.css";
import { classes } from "../../components/classes.ts";
import { type PlainKey, useFormat, useT } from "../../i18n/language.tsx";
import { KINDS } from "../activity/words.ts";
import styles from "./AnalyticsPage.module.css";

const COUNTED: readonly PlainKey[] = [
  "analytics.counted.notes",
  "analytics.counted.replies",
  "analytics.counted.response",
  "analytics.counted.untimed",
  "analytics.counted.weeks",
  "analytics.counted.where",
];

/** How the numbers are made, in plain sentences. */
export function Counted({ analytics }: { analytics: TeamAnalytics }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { knownSince } = analytics;
  return (
    <section className={classes(cards.card, styles.toldCard)} aria-labelledby="analytics-counted">
      <h2 id="analytics-counted" className={cards.title}>
        {t("analytics.counted")}
      </h2>
      <ul className={styles.sentences}>
        {COUNTED.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
        {knownSince === null ? null : (
          <li>{t("analytics.counted.since", { date: format.date(new Date(knownSince), now) })}</li>
        )}
      </ul>
    </section>
  );
}

/** What colleagues can know of the person who sits here, and nobody else's. */
export function Shared(props: { analytics: TeamAnalytics; overview: TeamOverview }) {
  const { analytics, overview } = props;
  const t = useT();
  const alone = overview.state === "alone";
  const deeds = KINDS.flatMap((kind) => analytics.own.filter((deed) => deed.kind === kind));
  return (
    <section className={classes(cards.card, styles.toldCard)} aria-labelledby="analytics-shared">
      <h2 id="analytics-shared" className={cards.title}>
        {t("analytics.shared")}
      </h2>
      {alone ? <p>{t("analytics.shared.alone")}</p> : null}
      {alone ? null : (
        <>
          <ul className={styles.sentences}>
            <li>{t("analytics.shared.person")}</li>
            <li>{t("analytics.shared.presence")}</li>
            <li>
              {t("analytics.shared.activity")}
              <ul className={styles.deeds}>
                {deeds.map(({ kind, count, titled }) => (
                  <li key={kind}>
                    {t(`analytics.shared.${kind}`, { n: count })}
                    {titled > 0 ? `, ${t("analytics.shared.titled", { n: titled })}` : null}
                  </li>
                ))}
                {deeds.length === 0 ? <li>{t("analytics.shared.nothing")}</li> : null}
              </ul>
            </li>
            <li>{t("analytics.shared.never")}</li>
          </ul>
          <Button
            size="small"
            onClick={() => openTeamPanel({ tab: "activity", member: overview.me, narrowed: false })}
          >
            {t("analytics.shared.see")}
          </Button>
        </>
      )}
    </section>
  );
}
