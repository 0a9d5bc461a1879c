import styles from "./Kbd.module.css";
import { caps } from "./keys.ts";

/** Key caps of a notation such as `Mod+k` or `g i`. Sighted hint only: names carry the keys too. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={styles.row} aria-hidden="true">
      {caps(keys).map((cap, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the caps of one notation never reorder
        <kbd key={index} className={styles.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
