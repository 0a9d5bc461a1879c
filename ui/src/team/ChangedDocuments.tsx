import type { DocumentChange } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import styles from "./AskCollision.module.css";

/** What changed of documents, with what they said before and say now. */
export function ChangedDocuments({ changes }: { changes: readonly DocumentChange[] }) {
  const t = useT();
  const shown = (value: string) => (value === "" ? t("writing.guard.none") : value);
  return (
    <ul className={styles.people}>
      {changes.map(({ number, part, before, after }) => (
        <li key={`${number} ${part}`} className={styles.person}>
          <span className={styles.name}>{number}</span>
          <span>{t(`writing.guard.${part}`)}</span>
          {part === "lines" || part === "gone" ? null : (
            <span className={styles.did}>
              <span aria-hidden>
                {t("writing.guard.was", { before: shown(before), after: shown(after) })}
              </span>
              <span className="visually-hidden">
                {t("writing.guard.spoken", { before: shown(before), after: shown(after) })}
              </span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
