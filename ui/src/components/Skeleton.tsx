import { type ReactNode, useEffect, useState } from "react";
import styles from "./Skeleton.module.css";

/** A still bar in place of a line of text. */
export function Bar({ width }: { width: number | string }) {
  return <span className={styles.bar} style={{ inlineSize: width }} aria-hidden="true" />;
}

/** How long what is coming may take before its shape is shown, ms. Quicker answers must not flash. */
const PATIENCE = 200;

/** Shows its children only once waiting has become noticeable. */
export function AfterPatience({ children }: { children: ReactNode }) {
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return waited ? children : null;
}
