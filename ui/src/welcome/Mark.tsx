import styles from "./Mark.module.css";

/** The product's mark, drawn: a dark tile with a K. */
export function Mark() {
  return <span className={styles.mark} aria-hidden="true" />;
}
