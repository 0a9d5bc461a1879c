import type { MemberWork, TeamWeek } from "../../api/bindings.ts";
import { useT } from "../../i18n/language.tsx";
import type { Metric, Series } from "./series.ts";
import styles from "./Tables.module.css";
import { useWords } from "./use-words.ts";

type Props = {
  metric: Metric;
  label: string;
  weeks: readonly TeamWeek[];
  series: readonly Series[];
  whole: MemberWork;
};

/** The numbers behind a chart, the newest week first. */
export function WeekTable({ metric, label, weeks, series, whole }: Props) {
  const t = useT();
  const words = useWords();
  const columns = series.length > 1 ? series : [];
  const newestFirst = weeks.map((week, index) => ({ week, index })).reverse();
  const [only] = series;
  const together = columns.length > 0 || !only ? t("analytics.everyone") : only.name;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields are grouped here
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" className={styles.frame} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t("analytics.week")}</th>
            {columns.map(({ id, name }) => (
              <th key={id} scope="col" className={styles.figure}>
                {name}
              </th>
            ))}
            <th scope="col" className={styles.figure}>
              {together}
            </th>
          </tr>
        </thead>
        <tbody>
          {newestFirst.map(({ week, index }) => (
            <tr key={week.begins}>
              <th scope="row">{words.week(week, index === weeks.length - 1)}</th>
              {columns.map(({ id, work }) => (
                <td key={id} className={styles.figure}>
                  {words.cell(work.weeks[index], metric)}
                </td>
              ))}
              <td className={styles.figure}>{words.cell(whole.weeks[index], metric)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("analytics.total")}</th>
            {columns.map(({ id, work }) => (
              <td key={id} className={styles.figure}>
                {words.cell(work.total, metric)}
              </td>
            ))}
            <td className={styles.figure}>{words.cell(whole.total, metric)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
