import type { MemberWork, TeamAnalytics, TeamOverview, TeamWork } from "../../api/bindings.ts";
import type { Translate } from "../../i18n/language.tsx";
import { colourOf, memberOf } from "../people.ts";

/** What is looked at. */
export type Metric = "notes" | "replies" | "response";

/** One person's weeks, ready to be drawn. */
export type Series = {
  /** Null: what was done before any team was joined. */
  id: string | null;
  name: string;
  colour: 1 | 2 | 3 | 4 | 5 | 6 | null;
  work: MemberWork;
};

/** Members who are here or did something, by name; what was done before any team was joined comes last. */
export function seriesOf(
  { members }: TeamAnalytics,
  overview: TeamOverview,
  t: Translate,
): Series[] {
  const shown = members.filter(
    ({ member, total }) =>
      member !== null || overview.state === "alone" || total.notes + total.replies > 0,
  );
  const series = shown.map((work) => {
    const known = memberOf(overview.members, work.member);
    return {
      id: work.member,
      name: nameOf(work.member, known?.name, overview, t),
      colour: colourOf(overview.members, work.member) ?? null,
      work,
    };
  });
  // The Slovenian order of letters holds for English names, too.
  return series.sort(
    (a, b) => Number(a.id === null) - Number(b.id === null) || a.name.localeCompare(b.name, "sl"),
  );
}

function nameOf(
  id: string | null,
  name: string | undefined,
  overview: TeamOverview,
  t: Translate,
): string {
  if (id === null) return t(overview.state === "alone" ? "team.you" : "analytics.before");
  if (name === undefined) return t("team.someone");
  return id === overview.me ? t("team.person.you", { who: name }) : name;
}

/** A week's number; null where there is none, as for a median of nothing. */
export function amountOf(work: TeamWork | undefined, metric: Metric): number | null {
  if (work === undefined) return null;
  return metric === "response" ? work.medianSeconds : work[metric];
}

/** Steps of an axis, from nothing to a little over the most: 0, 5, 10 for 9. */
export function axisOf(most: number, metric: Metric): number[] {
  const steps = metric === "response" ? TIMES : counts(most);
  const step = steps.find((candidate) => candidate * 2 >= most) ?? steps.at(-1) ?? 1;
  const last = Math.max(2, Math.ceil(most / step));
  const every = Math.ceil(last / 4);
  return Array.from({ length: Math.floor(last / every) + 1 }, (_, n) => n * every * step);
}

/** Steps people count time in, s: 5 min to 2 days. */
const TIMES = [300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800] as const;

function counts(most: number): number[] {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))) - 1);
  return [1, 2, 5, 10, 20, 50].map((step) => step * power);
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** From here on hours say less than days. */
const LONG = 2 * DAY;

/** A span of time as people say it: 45 min, 2 h 10, 3 days. */
export function spanWords(seconds: number, t: Translate): string {
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 1) return t("analytics.underMinute");
  if (seconds >= LONG) return t("analytics.days", { n: Math.round(seconds / DAY) });
  if (minutes < MINUTE) return t("analytics.minutes", { m: minutes });
  const hours = Math.floor((minutes * MINUTE) / HOUR);
  return t("analytics.hours", {
    h: hours,
    m: String(minutes % MINUTE).padStart(2, "0"),
  });
}
