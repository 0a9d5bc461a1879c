import { type ReactNode, useId } from "react";
import styles from "./SettingRow.module.css";

type RowProps = { label: string; hint?: string; error?: string | null };

function Row(props: RowProps & { labelId: string; noteId: string; children: ReactNode }) {
  const { label, hint, error = null, labelId, noteId, children } = props;
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <span id={labelId} className={styles.label}>
          {label}
        </span>
        {hint || error ? (
          <span id={noteId} className={styles.hint} data-error={error !== null || undefined}>
            {error ?? hint}
          </span>
        ) : null}
      </div>
      {children}
    </div>
  );
}

/** On or off; acts at once. */
export function SwitchRow(props: RowProps & { on: boolean; onChange: (on: boolean) => void }) {
  const [labelId, noteId] = [useId(), useId()];
  return (
    <Row {...props} labelId={labelId} noteId={noteId}>
      <input
        type="checkbox"
        role="switch"
        className={styles.switch}
        aria-labelledby={labelId}
        aria-describedby={props.hint ? noteId : undefined}
        checked={props.on}
        aria-checked={props.on}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </Row>
  );
}

type ChoiceProps<V extends string> = RowProps & {
  value: V;
  options: readonly { value: V; label: string; lang?: string }[];
  onChange: (value: V) => void;
};

/** One of two or three, all in sight. */
export function ChoiceRow<V extends string>(props: ChoiceProps<V>) {
  const [labelId, noteId, name] = [useId(), useId(), useId()];
  return (
    <Row {...props} labelId={labelId} noteId={noteId}>
      <div
        className={styles.segments}
        role="radiogroup"
        aria-labelledby={labelId}
        aria-describedby={props.hint ? noteId : undefined}
      >
        {props.options.map(({ value, label, lang }) => (
          <label key={value} className={styles.segment} lang={lang}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              checked={value === props.value}
              onChange={() => props.onChange(value)}
            />
            {label}
          </label>
        ))}
      </div>
    </Row>
  );
}

type NumberProps = RowProps & {
  value: number;
  min: number;
  max: number;
  unit: string;
  onChange: (value: number) => void;
};

/** A whole number within limits; what lies outside is not kept. */
export function NumberRow(props: NumberProps) {
  const { value, min, max, unit, onChange } = props;
  const [labelId, noteId] = [useId(), useId()];
  return (
    <Row {...props} labelId={labelId} noteId={noteId}>
      <span className={styles.number}>
        <input
          type="number"
          inputMode="numeric"
          className={styles.figure}
          aria-labelledby={labelId}
          aria-describedby={noteId}
          aria-invalid={props.error ? true : undefined}
          min={min}
          max={max}
          step={1}
          value={Number.isNaN(value) ? "" : value}
          onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
        />
        <span className={styles.unit}>{unit}</span>
      </span>
    </Row>
  );
}
