import type { TeamOverview } from "../api/bindings.ts";
import { Dot } from "../components/Dot.tsx";
import type { Format } from "../i18n/format.ts";
import { type Translate, useFormat, useT } from "../i18n/language.tsx";
import styles from "./LiveBadge.module.css";
import { whenWords } from "./when.ts";

type Link = Pick<TeamOverview, "state" | "since" | "queue" | "why">;

/** How the team's server is reached, in words: Live, Reconnecting (3 changes waiting), Offline (since 10:42, 3 waiting). */
export function linkWords({ state, since, queue }: Link, t: Translate, format: Format): string {
  const n = queue.length;
  switch (state) {
    case "alone":
      return t("team.alone");
    case "live":
      return t("team.live");
    case "connecting":
      return n > 0 ? t("team.connecting.waiting", { n }) : t("team.connecting");
    case "offline": {
      if (since === null) return t("team.offline.plain");
      const time = whenWords(new Date(since), new Date(), format, t);
      return n > 0
        ? t("team.offline.waiting", { n, since: time })
        : t("team.offline", { since: time });
    }
    case "needs_you":
      return t("team.needsYou");
  }
}

/** The same as a dot and words. Alone there is no connection to tell of. */
export function LiveBadge({ overview }: { overview: Link }) {
  const t = useT();
  const format = useFormat();
  const { state, why } = overview;
  if (state === "alone") return null;
  return (
    <span
      className={styles.badge}
      data-state={state}
      role="status"
      title={why === null ? undefined : t.said(why)}
    >
      <Dot state={state} />
      <span className={styles.words}>{linkWords(overview, t, format)}</span>
    </span>
  );
}
