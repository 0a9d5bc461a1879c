import type { DocumentChange } from "../api/bindings.ts";
import { stateWord } from "../customer/document-state.ts";
import { type Translate, useT } from "../i18n/language.tsx";
import styles from "./AskCollision.module.css";

/** What changed of documents, with what they said before and say now. */
export function ChangedDocuments({ changes }: { changes: readonly DocumentChange[] }) {
  const t = useT();
  return (
    <ul className={styles.people}>
      {changes.map((change) => (
        <Change key={`${change.number} ${change.part}`} change={change} t={t} />
      ))}
    </ul>
  );
}

function Change({ change, t }: { change: DocumentChange; t: Translate }) {
  const { number, part, before, after, beforeLabel, afterLabel } = change;
  const shown = (value: string, label: string) => {
    if (value === "") return t("writing.guard.none");
    return part === "status" ? stateWord(value, label, t) : value;
  };
  const values = { before: shown(before, beforeLabel), after: shown(after, afterLabel) };
  return (
    <li className={styles.person}>
      <span className={styles.name}>{number}</span>
      <span className={styles.part}>{t(`writing.guard.${part}`)}</span>
      {part === "lines" || part === "gone" ? null : (
        <span className={styles.did}>
          <span aria-hidden>{t("writing.guard.was", values)}</span>
          <span className="visually-hidden">{t("writing.guard.spoken", values)}</span>
        </span>
      )}
    </li>
  );
}
