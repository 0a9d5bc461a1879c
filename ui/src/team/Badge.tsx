import { useRef } from "react";
import { classes } from "../components/classes.ts";
import styles from "./Badge.module.css";

/** More is not counted on so little room. */
const MOST = 99;

/** The number of news; its ring pulses twice when there are more than before. */
export function Badge({ count, className }: { count: number; className?: string | undefined }) {
  const seen = useRef(count);
  const arrivals = useRef(0);
  if (count > seen.current) arrivals.current += 1;
  seen.current = count;
  if (count === 0) return null;
  return (
    <span
      // A new element begins its animation anew.
      key={arrivals.current}
      className={classes(styles.badge, className)}
      data-arrived={arrivals.current > 0 || undefined}
      aria-hidden="true"
    >
      {count > MOST ? `${MOST}+` : count}
    </span>
  );
}
