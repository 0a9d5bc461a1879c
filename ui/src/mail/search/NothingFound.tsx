import { useQueries } from "@tanstack/react-query";
import { countResults } from "../../api/search.ts";
import { useT } from "../../i18n/language.tsx";
import { splitQuery, without } from "./query.ts";
import styles from "./Search.module.css";

/** No result: which operator to drop, with what that would find. */
export function NothingFound({ text, onPick }: { text: string; onPick: (text: string) => void }) {
  const t = useT();
  // A trailing blank finishes the operator being typed, so that it can be offered, too.
  const { chips, rest } = splitQuery(`${text} `);
  const tries = chips.map((chip, index) => ({ chip, query: without(chips, index, rest).trim() }));
  const counts = useQueries({
    queries: tries.map(({ query }) => ({
      queryKey: ["search", "count", query],
      queryFn: () => countResults(query),
      enabled: query !== "",
      staleTime: 10_000,
    })),
  });
  return (
    <div className={styles.start}>
      <p>{t("search.nothing", { text: text.trim() })}</p>
      {tries.map(({ chip, query }, index) => {
        const n = counts[index]?.data ?? 0;
        return n > 0 ? (
          <button
            key={chip.text}
            type="button"
            className={styles.instead}
            onClick={() => onPick(`${query} `)}
          >
            {t("search.without", { n, what: chip.text })}
          </button>
        ) : null;
      })}
    </div>
  );
}
