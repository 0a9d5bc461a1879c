import { useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { useT } from "../../../i18n/language.tsx";
import type { Spot } from "./spot.ts";
import styles from "./TypedList.module.css";
import type { useTyped } from "./use-typed.ts";

type Typed = ReturnType<typeof useTyped>;

/** Room between the caret's line and the list, and between the list and the window's edge, px. */
const GAP = 6;

/** What fits what is typed, beside the caret. The text keeps the focus: see `useTyped`. */
export function TypedList({ typed }: { typed: Typed }) {
  const { spot } = typed;
  return spot === null ? null : <List typed={typed} spot={spot} />;
}

function List({ typed, spot }: { typed: Typed; spot: Spot }) {
  const t = useT();
  const { id, options, current, problem, choose } = typed;
  const box = useRef<HTMLDivElement>(null);
  const { rect, kind } = spot;
  const label = t(kind === "template" ? "writing.templates" : "writing.typed.values");
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows have another height
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || rect === null) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = rect.bottom + GAP;
    const fits = below + height + GAP <= window.innerHeight;
    element.style.insetBlockStart = `${fits ? below : Math.max(GAP, rect.top - GAP - height)}px`;
    element.style.insetInlineStart = `${Math.max(GAP, Math.min(rect.left, window.innerWidth - width - GAP))}px`;
  }, [rect, options.length, problem]);
  useLayoutEffect(() => {
    if (current !== null)
      document.getElementById(`${id}-${current.id}`)?.scrollIntoView?.({ block: "nearest" });
  }, [id, current]);
  return createPortal(
    <section ref={box} className={styles.box} aria-label={label}>
      <div id={id} className={styles.list} role="listbox" aria-label={label}>
        {options.map((option) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text's, as in every list of suggestions
          // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus and names the chosen one
          <div
            key={option.id}
            id={`${id}-${option.id}`}
            className={styles.row}
            role="option"
            aria-selected={option === current}
            aria-disabled={(option.kind === "value" && option.value === null) || undefined}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            <span className={styles.name}>{option.name}</span>
            <span className={styles.value}>
              {option.kind === "template"
                ? option.template.language
                : (option.value ?? t("writing.typed.nothing"))}
            </span>
          </div>
        ))}
      </div>
      {problem === null ? (
        <p className={styles.hint}>{t("writing.typed.keys")}</p>
      ) : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </section>,
    document.body,
  );
}
