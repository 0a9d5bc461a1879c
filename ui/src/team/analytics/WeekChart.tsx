import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { MemberWork, TeamWeek } from "../../api/bindings.ts";
import { useT } from "../../i18n/language.tsx";
import { amountOf, axisOf, type Metric, type Series } from "./series.ts";
import { useWords } from "./use-words.ts";
import styles from "./WeekChart.module.css";

/** Dates under the bars: more would touch. */
const LABELS = 6;
/** From so many weeks on, a date is wider than its bar. */
const NARROW = 8;
/** How much of a week's place its bar takes. */
const BAR = 0.66;

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
  const top = axis.at(-1) ?? 1;
  const step = Math.ceil(weeks.length / LABELS);

  const press = (event: KeyboardEvent) => {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined || event.altKey) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, next)));
  };
  const point = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = width > 0 ? (event.clientX - left) / width : 0;
    setChosen(Math.max(0, Math.min(last, Math.floor(share * weeks.length))));
  };
  const said = words.weekValue(weeks[at], at === last, whole.weeks[at], metric);
  const parts = metric === "response" ? [] : series;
  return (
    <>
      <div className={styles.chart}>
        <div className={styles.axis} aria-hidden="true">
          {axis.map((value) => (
            <span key={value} style={{ insetBlockEnd: `${(value / top) * 100}%` }}>
              {words.axis(value, metric)}
            </span>
          ))}
        </div>
        <div
          className={styles.plot}
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={at}
          aria-valuetext={said}
          onKeyDown={press}
          onPointerMove={point}
          onPointerLeave={() => setChosen(null)}
        >
          <svg className={styles.drawing} aria-hidden="true" focusable="false">
            {axis.map((value) => (
              <line
                key={value}
                className={styles.rule}
                x1="0"
                x2="100%"
                y1={`${100 - (value / top) * 100}%`}
                y2={`${100 - (value / top) * 100}%`}
              />
            ))}
            <rect
              className={styles.cursor}
              x={`${(at / weeks.length) * 100}%`}
              width={`${100 / weeks.length}%`}
              height="100%"
            />
            {weeks.map((week, index) => (
              <Bar
                key={week.begins}
                index={index}
                of={weeks.length}
                top={top}
                stack={stackOf(metric, series, whole, index)}
              />
            ))}
          </svg>
          <div className={styles.dates} aria-hidden="true">
            {weeks.map((week, index) =>
              (last - index) % step === 0 ? (
                <span
                  key={week.begins}
                  // The last of many narrow bars stands at the edge: its date ends there.
                  data-end={(index === last && weeks.length > NARROW) || undefined}
                  style={{ insetInlineStart: `${((index + 0.5) / weeks.length) * 100}%` }}
                >
                  {words.date(week)}
                </span>
              ) : null,
            )}
          </div>
        </div>
      </div>
      <p className={styles.readout} aria-hidden="true">
        <strong>{said}</strong>
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

type Segment = { key: string; colour: number | "whole" | null; value: number };

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

function Bar(props: { index: number; of: number; top: number; stack: readonly Segment[] }) {
  const { index, of, top, stack } = props;
  const width = 100 / of;
  let below = 0;
  return stack.map(({ key, colour, value }) => {
    if (value === 0) return null;
    below += value;
    return (
      <rect
        key={key}
        className={styles.bar}
        data-colour={colour ?? undefined}
        x={`${(index + (1 - BAR) / 2) * width}%`}
        width={`${width * BAR}%`}
        y={`${100 - (below / top) * 100}%`}
        height={`${(value / top) * 100}%`}
      />
    );
  });
}

/** A person's colour beside their name. */
export function Swatch({ colour }: { colour: number | null }) {
  return <span className={styles.swatch} data-colour={colour ?? undefined} aria-hidden="true" />;
}
