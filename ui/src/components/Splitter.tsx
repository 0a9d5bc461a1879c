import { type KeyboardEvent, memo, type PointerEvent } from "react";
import styles from "./Splitter.module.css";

/** How far one press of an arrow key moves a border, px. */
const STEP = 16;

type Props = {
  /** Says which border it is: "Resize the list". */
  label: string;
  value: number;
  min: number;
  max: number;
  /** Where a double click puts it back. */
  initial: number;
  onChange: (value: number) => void;
  /** "end" when the pane it sizes lies after it. */
  grows?: "start" | "end";
};

/** The border between two panes: drag, arrow keys, double click to reset. */
export const Splitter = memo(function Splitter(props: Props) {
  const { label, value, min, max, initial, onChange, grows = "start" } = props;
  const sign = grows === "start" ? 1 : -1;
  const clamp = (px: number) => Math.min(max, Math.max(min, Math.round(px)));

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const from = event.clientX;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => onChange(clamp(value + sign * (move.clientX - from)));
    handle.onlostpointercapture = () => {
      handle.onpointermove = null;
    };
  };

  const press = (event: KeyboardEvent) => {
    const next: Record<string, number> = {
      ArrowLeft: value - sign * STEP,
      ArrowRight: value + sign * STEP,
      Home: min,
      End: max,
    };
    const target = next[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onChange(clamp(target));
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be dragged
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={styles.handle}
      onPointerDown={drag}
      onDoubleClick={() => onChange(initial)}
      onKeyDown={press}
    />
  );
});
