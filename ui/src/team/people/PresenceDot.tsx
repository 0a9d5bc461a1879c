import type { TeamPresence } from "../../api/bindings.ts";
import styles from "./PresenceDot.module.css";

/** Disc online, ring away, disc with a bar busy, grey ring offline. The word stands beside it. */
export function PresenceDot({ state, edge = false }: { state: TeamPresence; edge?: boolean }) {
  return (
    <span
      className={styles.dot}
      data-state={state}
      data-edge={edge || undefined}
      aria-hidden="true"
    />
  );
}
