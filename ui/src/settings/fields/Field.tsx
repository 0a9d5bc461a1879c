import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

type Props = {
  label: string;
  /** A quiet word under the field. */
  hint?: ReactNode;
  /** What is wrong and how to put it right; takes the hint's place. */
  error?: string | null;
  /** Gives the control its id and what describes it. */
  children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean | undefined;
  }) => ReactNode;
};

/** A label, a control and what is said about it, tied together for screen readers. */
export function Field({ label, hint, error = null, children }: Props) {
  const id = useId();
  const note = useId();
  const says = error ?? hint;
  const has = says !== undefined && says !== null;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": has ? note : undefined,
        "aria-invalid": error === null ? undefined : true,
      })}
      {has ? (
        <div id={note} className={styles.note} data-error={error !== null || undefined}>
          {says}
        </div>
      ) : null}
    </div>
  );
}
