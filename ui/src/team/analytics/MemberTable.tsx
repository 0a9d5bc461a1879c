import type { MemberWork } from "../../api/bindings.ts";
import { useT } from "../../i18n/language.tsx";
import type { Metric, Series } from "./series.ts";
import styles from "./Tables.module.css";
import { useWords } from "./use-words.ts";
import { Swatch } from "./WeekChart.tsx";

const METRICS: readonly Metric[] = ["notes", "replies", "response"];

type Props = { series: readonly Series[]; team: MemberWork };

/** What each member did in all the weeks together; the colours are those of the charts. */
export function MemberTable({ series, team }: Props) {
  const t = useT();
  const words = useWords();
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields are grouped here
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" className={styles.frame} tabIndex={0} aria-label={t("analytics.members")}>
      <table className={styles.table}>
        <caption className="visually-hidden">{t("analytics.members")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("analytics.member")}</th>
            <th scope="col" className={styles.figure}>
              {t("analytics.notes")}
            </th>
            <th scope="col" className={styles.figure}>
              {t("analytics.replies")}
            </th>
            <th scope="col" className={styles.figure}>
              {t("analytics.response.median")}
            </th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ id, name, colour, work }) => (
            <tr key={id}>
              <th scope="row">
                <span className={styles.person}>
                  <Swatch colour={colour} />
                  {name}
                </span>
              </th>
              {METRICS.map((metric) => (
                <td key={metric} className={styles.figure}>
                  {words.cell(work.total, metric)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t("analytics.everyone")}</th>
            {METRICS.map((metric) => (
              <td key={metric} className={styles.figure}>
                {words.cell(team.total, metric)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
