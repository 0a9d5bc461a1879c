import { Info } from "lucide-react";
import type { Overview } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { duration } from "../rail/SyncFoot.tsx";
import styles from "./Search.module.css";

type Props = { coverage: number; overview: Overview | undefined };

/** How much of the mail can be searched here. Only shown while that is not all of it. */
export function CoverageBar({ coverage, overview }: Props) {
  const t = useT();
  const format = useFormat();
  if (coverage >= 1) return null;
  const backlogs = (overview?.accounts ?? []).map((account) => account.backlog);
  const bodies = backlogs.reduce((sum, backlog) => sum + backlog.bodies, 0);
  const left = Math.max(0, ...backlogs.map((backlog) => backlog.secondsLeft ?? 0));
  return (
    <div className={styles.coverage} role="status">
      <Icon of={Info} />
      <span>
        {t("search.coverage", { share: format.percent(coverage) })}
        {bodies > 0 ? ` ${t("search.coverageLeft", { n: bodies })}` : ""}
        {left > 0 ? ` ${t("search.coverageTime", { time: duration(left, t) })}` : ""}
      </span>
    </div>
  );
}
