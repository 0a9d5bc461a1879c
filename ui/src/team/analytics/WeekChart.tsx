import { useState } from "react";
import type { MemberWork, TeamWeek } from "../../api/bindings.ts";
import { BarChart, type Segment } from "../../components/BarChart.tsx";
import { useT } from "../../i18n/language.tsx";
import { amountOf, axisOf, type Metric, type Series } from "./series.ts";
import { useWords } from "./use-words.ts";
import styles from "./WeekChart.module.css";

type Props = {
  metric: Metric;
  label: string;
  weeks: readonly TeamWeek[];
  /** Whose bars stand on each other; a median stands alone. */
  series: readonly Series[];
  /** All of them together. */
  whole: MemberWork;
};

/**
 * Bars by week. Hovering and the arrow keys read a week out below; the same numbers stand in the table behind it.
 */
export function WeekChart({ metric, label, weeks, series, whole }: Props) {
  const t = useT();
  const words = useWords();
  const [chosen, setChosen] = useState<number | null>(null);
  const last = weeks.length - 1;
  const at = Math.min(chosen ?? last, last);
  const most = Math.max(0, ...whole.weeks.map((work) => amountOf(work, metric) ?? 0));
  const axis = axisOf(most, metric);
  const readOf = (index: number) =>
    words.weekValue(weeks[index], index === last, whole.weeks[index], metric);
  const parts = metric === "response" ? [] : series;
  return (
    <>
      <BarChart
        label={label}
        axis={axis.map((value) => ({ value, label: words.axis(value, metric) }))}
        bars={weeks.map((week, index) => ({
          key: week.begins,
          label: words.date(week),
          stack: stackOf(metric, series, whole, index),
        }))}
        said={readOf}
        onAt={setChosen}
      />
      <p className={styles.readout} aria-hidden="true">
        <strong>{readOf(at)}</strong>
        {parts.map((one) => {
          const value = amountOf(one.work.weeks[at], metric) ?? 0;
          return value === 0 || series.length < 2 ? null : (
            <span key={one.id} className={styles.part}>
              <Swatch colour={one.colour} />
              {t("analytics.part", { who: one.name, n: value })}
            </span>
          );
        })}
      </p>
    </>
  );
}

function stackOf(
  metric: Metric,
  series: readonly Series[],
  whole: MemberWork,
  index: number,
): Segment[] {
  if (metric === "response") {
    const value = amountOf(whole.weeks[index], metric);
    const [only] = series.length === 1 ? series : [];
    return value === null ? [] : [{ key: "whole", colour: only ? only.colour : "whole", value }];
  }
  return series.map((one) => ({
    key: one.id ?? "before",
    colour: one.colour,
    value: amountOf(one.work.weeks[index], metric) ?? 0,
  }));
}

/** A person's colour beside their name. */
export function Swatch({ colour }: { colour: number | null }) {
  return <span className={styles.swatch} data-colour={colour ?? undefined} aria-hidden="true" />;
}
