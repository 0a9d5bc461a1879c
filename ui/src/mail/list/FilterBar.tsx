import { X } from "lucide-react";
import type { Overview, Scope } from "../../api/bindings.ts";
import { goToMail } from "../../app/route.ts";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import { clearFilter, useFilter } from "./filter.ts";
import styles from "./List.module.css";

/** What the list is narrowed to, and the way back to all of it. */
export function FilterBar() {
  const t = useT();
  const filter = useFilter();
  if (!filter) return null;
  return (
    <div className={styles.filterBar}>
      <button
        type="button"
        className={styles.filter}
        aria-label={t("list.filterOff", { filter: t(filter.label) })}
        onClick={clearFilter}
      >
        {t(filter.label)}
        <Icon of={X} size={14} />
      </button>
    </div>
  );
}

/** The end of a narrowed list: nothing more, or only the newest were looked through and a search knows the rest. */
export function FilterEnd(props: {
  scope: Scope;
  overview: Overview | undefined;
  looked: number;
  all: boolean;
}) {
  const { scope, overview, looked, all } = props;
  const t = useT();
  const filter = useFilter();
  if (!filter) return null;
  if (all) return <p className={styles.said}>{t("list.filterNothing")}</p>;
  const search = `${scopeWord(scope, overview)} ${filter.search} `;
  return (
    <div className={styles.said}>
      <p>{t("list.filterLooked", { n: looked })}</p>
      <button
        type="button"
        className={styles.searchRest}
        onClick={() => goToMail({ search, thread: null, compose: null })}
      >
        {t("list.filterSearch")}
      </button>
    </div>
  );
}

/** A scope as the search language names it. */
function scopeWord(scope: Scope, overview: Overview | undefined): string {
  if (scope.kind === "role") return `in:${scope.role}`;
  const path = overview?.folders.find((folder) => folder.id === scope.folder)?.path ?? "";
  return /\s/.test(path) ? `in:"${path}"` : `in:${path}`;
}
