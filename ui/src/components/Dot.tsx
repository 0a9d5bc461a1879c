import type { AccountState } from "../api/bindings.ts";
import styles from "./Dot.module.css";

/** An account's state as a shape: never told by colour alone. Its words stand beside or in a tooltip. */
export function Dot({ state, small = false }: { state: AccountState; small?: boolean }) {
  return (
    <span
      className={styles.dot}
      data-state={state}
      data-small={small || undefined}
      aria-hidden="true"
    />
  );
}
