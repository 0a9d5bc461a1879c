import { type KeyboardEvent, type PointerEvent, useState } from "react";
import styles from "./BarChart.module.css";

/** Names under the bars: more would touch. */
const LABELS = 6;
/** From so many bars on, a name is wider than its bar. */
const NARROW = 8;
/** How much of its place a bar takes. */
const BAR = 0.66;

/** A part of a bar. */
export type Segment = { key: string; colour: number | "whole" | "open" | null; value: number };
/** A bar: its parts stand on each other. */
export type BarOf = { key: string; label: string; stack: readonly Segment[] };

type Props = {
  label: string;
  /** What the lines across say, from nothing upwards. */
  axis: readonly { value: number; label: string }[];
  bars: readonly BarOf[];
  /** What is read out of a bar. */
  said: (at: number) => string;
  /** Follows the bar that is pointed at; the last one where none is. */
  onAt: (at: number | null) => void;
};

/** Bars side by side. Hovering and the arrow keys read one out; the same numbers stand in the table behind it. */
export function BarChart({ label, axis, bars, said, onAt }: Props) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = bars.length - 1;
  const at = Math.min(chosen ?? last, last);
  const top = axis.at(-1)?.value ?? 1;
  const step = Math.ceil(bars.length / LABELS);
  const choose = (next: number | null) => {
    setChosen(next);
    onAt(next);
  };
  const press = (event: KeyboardEvent) => {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined || event.altKey) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, next)));
  };
  const point = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = width > 0 ? (event.clientX - left) / width : 0;
    choose(Math.max(0, Math.min(last, Math.floor(share * bars.length))));
  };
  const height = (value: number) => `${100 - (value / top) * 100}%`;
  return (
    <div className={styles.chart}>
      <div className={styles.axis} aria-hidden="true">
        {axis.map((line) => (
          <span key={line.value} style={{ insetBlockEnd: `${(line.value / top) * 100}%` }}>
            {line.label}
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
        aria-valuetext={said(at)}
        onKeyDown={press}
        onPointerMove={point}
        onPointerLeave={() => choose(null)}
      >
        <svg className={styles.drawing} aria-hidden="true" focusable="false">
          {axis.map(({ value }) => (
            <line
              key={value}
              className={styles.rule}
              x1="0"
              x2="100%"
              y1={height(value)}
              y2={height(value)}
            />
          ))}
          <rect
            className={styles.cursor}
            x={`${(at / bars.length) * 100}%`}
            width={`${100 / bars.length}%`}
            height="100%"
          />
          {bars.map((bar, index) => (
            <Bar key={bar.key} index={index} of={bars.length} top={top} stack={bar.stack} />
          ))}
        </svg>
        <div className={styles.dates} aria-hidden="true">
          {bars.map((bar, index) =>
            (last - index) % step === 0 ? (
              <span
                key={bar.key}
                // The last of many narrow bars stands at the edge: its name ends there.
                data-end={(index === last && bars.length > NARROW) || undefined}
                style={{ insetInlineStart: `${((index + 0.5) / bars.length) * 100}%` }}
              >
                {bar.label}
              </span>
            ) : null,
          )}
        </div>
      </div>
    </div>
  );
}

function Bar(props: { index: number; of: number; top: number; stack: readonly Segment[] }) {
  const { index, of, top, stack } = props;
  const width = 100 / of;
  let below = 0;
  return stack.map(({ key, colour, value }) => {
    if (value <= 0) return null;
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
