import { type ReactNode, useEffect, useState } from "react";
import { classes } from "../components/classes.ts";
import styles from "./Fact.module.css";

/** How long what changed under somebody's eyes stands out, ms. */
const SEEN = 1500;

/**
 * True for a moment after a value changed while it was shown. What appears for the first time has not changed: give the
 * component another key when it is about something else.
 */
export function useChanged(value: string): boolean {
  const [last, setLast] = useState(value);
  const [changes, setChanges] = useState(0);
  const [over, setOver] = useState(0);
  if (last !== value) {
    setLast(value);
    setChanges(changes + 1);
  }
  useEffect(() => {
    if (changes === 0) return;
    const timer = setTimeout(() => setOver(changes), SEEN);
    return () => clearTimeout(timer);
  }, [changes]);
  return changes !== over;
}

type Props = {
  /** What it says, to compare; the children show it. */
  value: string;
  className?: string | undefined;
  children?: ReactNode;
};

/** A fact that stands out for a moment when it changes under somebody's eyes. */
export function Fact({ value, className, children }: Props) {
  const changed = useChanged(value);
  return (
    <span className={classes(styles.fact, className)} data-changed={changed || undefined}>
      {children ?? value}
    </span>
  );
}
