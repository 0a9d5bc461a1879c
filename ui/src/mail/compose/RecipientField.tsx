import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import type { Address } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import { formatAddress, parseAddresses } from "./addresses.ts";
import styles from "./RecipientField.module.css";

type Props = {
  label: string;
  people: Address[];
  onChange: (people: Address[]) => void;
  autoFocus?: boolean;
  /** Said under the field, for example that someone is missing. */
  problem?: string | null;
  /** Stands at the end of the row. */
  aside?: ReactNode;
};

/** Separators that end an address while typing. */
const ENDS = [",", ";", "Enter"];

/**
 * People as chips, and room to type more. What is no address stays as text, with the reason under it;
 * it never vanishes and is never sent.
 */
export function RecipientField(props: Props) {
  const { label, people, onChange, autoFocus = false, problem = null, aside } = props;
  const t = useT();
  const [text, setText] = useState("");
  const [invalid, setInvalid] = useState<string | null>(null);
  const field = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const note = useId();
  const said = invalid === null ? problem : t("compose.people.invalid", { text: invalid });

  const add = (typed: string) => {
    const { addresses, invalid: rest } = parseAddresses(typed);
    if (addresses.length > 0) onChange(withoutDoubles([...people, ...addresses]));
    setText(rest.join(", "));
    setInvalid(rest[0] ?? null);
  };
  const focusChip = (index: number) => {
    const chips = field.current?.querySelectorAll<HTMLElement>("[data-chip]");
    const target = chips?.[index] ?? input.current;
    target?.focus();
  };
  const remove = (index: number) => {
    onChange(people.filter((_, at) => at !== index));
    requestAnimationFrame(() => focusChip(Math.min(index, people.length - 2)));
  };
  const edit = (index: number, person: Address) => {
    onChange(people.filter((_, at) => at !== index));
    setText(formatAddress(person));
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const atStart =
      event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0;
    if (ENDS.includes(event.key) && text.trim() !== "" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      add(text);
    } else if ((event.key === "Backspace" || event.key === "ArrowLeft") && atStart) {
      if (people.length > 0) event.preventDefault();
      focusChip(people.length - 1);
    }
  };

  return (
    <div className={styles.field}>
      <div ref={field} className={styles.row} data-invalid={said !== null || undefined}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a click beside the text means the text */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field itself is in the tab order */}
        <div className={styles.inner} onClick={() => input.current?.focus()}>
          <span className={styles.label}>{label}</span>
          {people.map((person, index) => (
            <Chip
              key={`${person.address} ${person.name}`}
              person={person}
              onRemove={() => remove(index)}
              onEdit={() => edit(index, person)}
              onStep={(by) => focusChip(index + by)}
            />
          ))}
          <input
            ref={input}
            className={styles.input}
            type="text"
            inputMode="email"
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: a new message begins with whom it is for
            autoFocus={autoFocus}
            aria-label={t("compose.people.add", { field: label })}
            aria-invalid={said !== null}
            aria-describedby={said === null ? undefined : note}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setInvalid(null);
            }}
            onKeyDown={onKey}
            onBlur={() => add(text)}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData("text/plain");
              if (parseAddresses(pasted).addresses.length === 0) return;
              event.preventDefault();
              add(`${text}${text.trim() === "" ? "" : ","}${pasted}`);
            }}
          />
        </div>
        {aside}
      </div>
      {said === null ? null : (
        <p id={note} className={styles.problem} role="alert">
          {said}
        </p>
      )}
    </div>
  );
}

/** The same person twice in one field is one person; the first with a name wins. */
const withoutDoubles = (people: Address[]): Address[] => {
  const seen = new Set<string>();
  return people.filter(({ address }) => {
    const key = address.toLowerCase();
    return seen.has(key) ? false : seen.add(key);
  });
};

type ChipProps = {
  person: Address;
  onRemove: () => void;
  onEdit: () => void;
  onStep: (by: 1 | -1) => void;
};

function Chip({ person, onRemove, onEdit, onStep }: ChipProps) {
  const t = useT();
  const name = person.name || person.address;
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "Backspace" || event.key === "Delete") onRemove();
    else if (event.key === "Enter") onEdit();
    else if (event.key === "ArrowLeft") onStep(-1);
    else if (event.key === "ArrowRight") onStep(1);
    else return;
    event.preventDefault();
  };
  return (
    <span className={styles.chip} title={formatAddress(person)}>
      <button
        type="button"
        data-chip
        className={styles.name}
        aria-label={t("compose.people.chip", { name: formatAddress(person) })}
        onClick={(event) => {
          event.stopPropagation();
          event.currentTarget.focus();
        }}
        onDoubleClick={onEdit}
        onKeyDown={onKey}
      >
        {name}
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={styles.remove}
        aria-label={t("compose.people.remove", { name })}
        onClick={(event) => {
          event.stopPropagation();
          onRemove();
        }}
      >
        <Icon of={X} size={14} />
      </button>
    </span>
  );
}
