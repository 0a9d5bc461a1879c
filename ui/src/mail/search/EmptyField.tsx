import { History } from "lucide-react";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { type PlainKey, useT } from "../../i18n/language.tsx";
import { OPERATORS, type Operator } from "./query.ts";
import { forgetSearches, useRecentSearches } from "./recent.ts";
import styles from "./Search.module.css";

const EXPLAINED: Record<Operator, PlainKey> = {
  from: "search.op.from",
  to: "search.op.to",
  subject: "search.op.subject",
  in: "search.op.in",
  has: "search.op.has",
  is: "search.op.is",
  before: "search.op.before",
  after: "search.op.after",
  customer: "search.op.customer",
  doc: "search.op.doc",
  status: "search.op.status",
  overdue: "search.op.overdue",
  first: "search.op.first",
};

/** Before anything is typed: the last searches, and what operators there are. */
export function EmptyField({ onPick }: { onPick: (text: string) => void }) {
  const t = useT();
  const recent = useRecentSearches();
  return (
    <div className={styles.start}>
      {recent.length > 0 ? (
        <section>
          <h2 className={styles.startHead}>
            {t("search.recent")}
            <Button variant="ghost" size="small" onClick={forgetSearches}>
              {t("search.forget")}
            </Button>
          </h2>
          {recent.map((text) => (
            <button
              key={text}
              type="button"
              className={styles.recent}
              onClick={() => onPick(`${text} `)}
            >
              <Icon of={History} />
              <span>{text}</span>
            </button>
          ))}
        </section>
      ) : null}
      <section>
        <h2 className={styles.startHead}>{t("search.operators")}</h2>
        {OPERATORS.map((operator) => (
          <button
            key={operator}
            type="button"
            className={styles.explained}
            onClick={() => onPick(`${operator}:`)}
          >
            <span className={styles.operator}>{operator}:</span>
            <span>{t(EXPLAINED[operator])}</span>
          </button>
        ))}
      </section>
    </div>
  );
}
