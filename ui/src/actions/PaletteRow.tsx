import { Icon } from "../components/Icon.tsx";
import { Kbd } from "../components/Kbd.tsx";
import type { Span } from "./match.ts";
import styles from "./Palette.module.css";
import type { Entry } from "./palette-entries.ts";

type Props = {
  id: string;
  entry: Entry;
  current: boolean;
  onPoint: () => void;
  onChoose: () => void;
};

export function PaletteRow({ id, entry, current, onPoint, onChoose }: Props) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and answers keys
    // biome-ignore lint/a11y/useFocusableInteractive: reached by aria-activedescendant
    <div
      id={id}
      role="option"
      aria-selected={current}
      aria-disabled={entry.blocked !== null}
      className={styles.row}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      <Icon of={entry.icon} />
      <span className={styles.words}>
        <span className={styles.title}>
          <Underlined text={entry.title} span={entry.span} />
        </span>
        {entry.beside ? (
          <span className={styles.beside}>
            <Underlined text={entry.beside} span={entry.besideSpan} />
          </span>
        ) : null}
      </span>
      {entry.keys ? <Kbd keys={entry.keys} /> : null}
    </div>
  );
}

function Underlined({ text, span }: { text: string; span: Span | null }) {
  if (!span || span[0] === span[1]) return text;
  return (
    <>
      {text.slice(0, span[0])}
      <span className={styles.found}>{text.slice(span[0], span[1])}</span>
      {text.slice(span[1])}
    </>
  );
}
