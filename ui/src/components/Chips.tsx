import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "./Button.tsx";
import styles from "./Chips.module.css";
import { Icon } from "./Icon.tsx";

/** A word in a row of words. */
export interface Chip {
  key: string;
  words: string;
}

/** What the row is called and what its buttons say. */
export interface ChipWords {
  list: string;
  add: string;
  /** The name of the field a new one is typed into. */
  fresh: string;
  remove: (words: string) => string;
}

/** A few short words, each with a way to take it off, and a field to add one. */
export function Chips({
  chips,
  words,
  longest,
  onAdd,
  onRemove,
}: {
  chips: readonly Chip[];
  words: ChipWords;
  /** Most characters of a new one. */
  longest: number;
  onAdd: (words: string) => void;
  onRemove: (key: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const adder = useRef<HTMLButtonElement>(null);
  const close = () => {
    setTyped(null);
    // Where the field was, there is the button again.
    requestAnimationFrame(() => adder.current?.focus());
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const text = typed?.trim() ?? "";
      if (text !== "") onAdd(text);
      close();
    }
  };
  return (
    <ul className={styles.chips} aria-label={words.list}>
      {chips.map((chip) => (
        <li key={chip.key} className={styles.chip}>
          <span className={styles.words}>{chip.words}</span>
          <button
            type="button"
            className={styles.off}
            aria-label={words.remove(chip.words)}
            onClick={() => onRemove(chip.key)}
          >
            <Icon of={X} size={14} />
          </button>
        </li>
      ))}
      <li>
        {typed === null ? (
          <Button ref={adder} size="small" variant="ghost" icon={Plus} onClick={() => setTyped("")}>
            {words.add}
          </Button>
        ) : (
          <input
            // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
            autoFocus
            className={styles.fresh}
            aria-label={words.fresh}
            placeholder={words.fresh}
            maxLength={longest}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={press}
            onBlur={() => {
              if (typed.trim() === "") setTyped(null);
            }}
          />
        )}
      </li>
    </ul>
  );
}
