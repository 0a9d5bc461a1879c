import type { MailFact } from "../../../api/bindings.ts";
import styles from "./Facts.module.css";

/** The same words as the field before it, invisible but for the lines under its facts: they cost no room. */
export function FactMarks({ text, facts }: { text: string; facts: readonly MailFact[] }) {
  const pieces: (string | MailFact)[] = [];
  let end = 0;
  for (const fact of facts) {
    pieces.push(text.slice(end, fact.at), fact);
    end = fact.at + fact.text.length;
  }
  return (
    <div className={styles.marks} aria-hidden>
      {pieces.map((piece) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <span key={piece.at} className={styles.mark} data-state={piece.state} data-at={piece.at}>
            {piece.text}
          </span>
        ),
      )}
      {text.slice(end)}
      {/* A last empty line counts in a field, and not in a page. */}
      {"\u200b"}
    </div>
  );
}
