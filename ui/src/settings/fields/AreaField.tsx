import type { ReactNode } from "react";
import styles from "./Field.module.css";
import { Field } from "./Field.tsx";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  placeholder?: string;
};

/** Several lines in a fixed-width face, for what is pasted. */
export function AreaField({ label, value, onChange, hint, error = null, placeholder }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <div className={styles.box} data-tall data-invalid={error !== null || undefined}>
          <textarea
            {...control}
            className={styles.area}
            spellCheck={false}
            placeholder={placeholder}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        </div>
      )}
    </Field>
  );
}
