import type { ComponentProps, ReactNode } from "react";
import styles from "./Field.module.css";
import { Field } from "./Field.tsx";

type Props = Omit<ComponentProps<"input">, "onChange" | "value" | "className" | "id"> & {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  /** Stands at the end inside the field. */
  end?: ReactNode;
};

/** One line of text. */
export function TextField({ label, value, onChange, hint, error = null, end, ...rest }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <div className={styles.box} data-invalid={error !== null || undefined}>
          <input
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            type="text"
            {...rest}
            {...control}
            className={styles.input}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
          {end}
        </div>
      )}
    </Field>
  );
}
