import { useMemo } from "react";
import type { TeamWeek, TeamWork } from "../../api/bindings.ts";
import { useNow } from "../../app/now.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { amountOf, type Metric, spanWords } from "./series.ts";

/** Numbers and weeks in the window's language. */
export function useWords() {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  return useMemo(() => {
    const date = (week: TeamWeek) => format.date(mondayOf(week), now);
    const value = (work: TeamWork | undefined, metric: Metric): string => {
      const number = amountOf(work, metric);
      if (metric !== "response") return t(`analytics.value.${metric}`, { n: number ?? 0 });
      if (number === null) return t("analytics.value.none");
      return `${spanWords(number, t)}, ${t("analytics.value.timed", { n: work?.timed ?? 0 })}`;
    };
    return {
      date,
      /** As in a cell: a plain number, or a span of time. */
      cell: (work: TeamWork | undefined, metric: Metric): string => {
        const number = amountOf(work, metric);
        if (number === null) return "–";
        return metric === "response" ? spanWords(number, t) : format.number(number);
      },
      axis: (number: number, metric: Metric): string => {
        if (metric !== "response") return format.number(number);
        return number === 0 ? "0" : spanWords(number, t);
      },
      value,
      week: (week: TeamWeek, last: boolean) =>
        t(last ? "analytics.weekNow" : "analytics.weekOf", {
          number: week.number,
          date: date(week),
        }),
      weekValue: (
        week: TeamWeek | undefined,
        last: boolean,
        work: TeamWork | undefined,
        metric: Metric,
      ) =>
        week === undefined
          ? ""
          : `${t(last ? "analytics.weekNow" : "analytics.weekOf", {
              number: week.number,
              date: date(week),
            })}: ${value(work, metric)}`,
    };
  }, [t, format, now]);
}

/** A date without a time is one of this calendar. */
function mondayOf({ begins }: TeamWeek): Date {
  return new Date(`${begins}T00:00`);
}
