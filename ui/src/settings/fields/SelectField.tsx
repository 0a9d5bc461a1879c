import { ChevronDown } from "lucide-react";
import { Icon } from "../../components/Icon.tsx";
import styles from "./Field.module.css";
import { Field } from "./Field.tsx";

type Props<V extends string> = {
  label: string;
  /** A longer name for screen readers, where two fields share a visible label. */
  name?: string;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
};

/** One of a few. The system's own list: keyboard, touch and screen readers know it. */
export function SelectField<V extends string>(props: Props<V>) {
  const { label, name, value, options, onChange } = props;
  return (
    <Field label={label}>
      {(control) => (
        <div className={styles.box}>
          <select
            {...control}
            className={styles.select}
            aria-label={name}
            value={value}
            onChange={(event) => {
              const chosen = options.find((option) => option.value === event.currentTarget.value);
              if (chosen) onChange(chosen.value);
            }}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <span className={styles.chevron}>
            <Icon of={ChevronDown} size={14} />
          </span>
        </div>
      )}
    </Field>
  );
}
