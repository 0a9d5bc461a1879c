import type { ActDifference, ActPreview as Preview } from "../../api/bindings.ts";
import { Banner } from "../../components/Banner.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";
import { fieldName, fieldValue, shown } from "./words.ts";

/** Exactly what is written: fields, lines, sums, and what stands in the way. */
export function ActPreview({ preview }: { preview: Preview }) {
  const t = useT();
  const format = useFormat();
  return (
    <>
      {preview.problems.map((problem) => (
        <Banner key={problem} tone="red">
          {t.said(problem)}
        </Banner>
      ))}
      {preview.notes.map((note) => (
        <Banner key={note} tone="amber">
          {t.said(note)}
        </Banner>
      ))}
      <dl className={styles.fields}>
        {shown(preview.fields).map((field) => (
          <div key={field.name} style={{ display: "contents" }}>
            <dt>{fieldName(field.name, t)}</dt>
            <dd>
              {field.before !== "" && field.before !== field.value ? (
                <>
                  <del className={styles.before}>
                    {fieldValue({ name: field.name, value: field.before }, t, format)}
                  </del>{" "}
                  →{" "}
                </>
              ) : null}
              {fieldValue(field, t, format)}
            </dd>
          </div>
        ))}
      </dl>
      {preview.lines.length > 0 ? <Lines preview={preview} /> : null}
    </>
  );
}

function Lines({ preview }: { preview: Preview }) {
  const t = useT();
  const format = useFormat();
  const money = (amount: number) => format.money(amount, preview.currency);
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("act.lines")}</th>
            <th scope="col" data-number>
              {t("act.line.amount")}
            </th>
            <th scope="col" data-number>
              {t("act.line.price")}
            </th>
            <th scope="col" data-number>
              {t("act.line.net")}
            </th>
          </tr>
        </thead>
        <tbody>
          {preview.lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one product may stand on two lines alike
            <tr key={at}>
              <td>
                {line.name}
                <span className={styles.quiet}>
                  {[
                    line.code,
                    line.discount > 0 ? `−${format.number(line.discount)} %` : null,
                    t("act.tax", { percent: format.number(line.tax) }),
                    line.stock === null
                      ? null
                      : t("act.line.stock", { amount: format.number(line.stock) }),
                  ]
                    .filter((part) => part !== null)
                    .join(" · ")}
                </span>
              </td>
              <td data-number>{`${format.number(line.amount)} ${line.unit}`.trim()}</td>
              <td data-number>{money(line.price)}</td>
              <td data-number>{money(line.net)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={styles.sums}>
        <dt>{t("act.net")}</dt>
        <dd>{money(preview.net)}</dd>
        {preview.taxes.map(({ rate, amount }) => (
          <div key={rate} style={{ display: "contents" }}>
            <dt>{t("act.tax", { percent: format.number(rate) })}</dt>
            <dd>{money(amount)}</dd>
          </div>
        ))}
        <dt data-strong>{t("act.total")}</dt>
        <dd data-strong>{money(preview.total)}</dd>
      </dl>
    </>
  );
}

type DifferencesProps = { differences: readonly ActDifference[]; wanted: string; found: string };

/** Pairs of values that should be one. */
export function Differences({ differences, wanted, found }: DifferencesProps) {
  const t = useT();
  const format = useFormat();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("act.what")}</th>
          <th scope="col">{wanted}</th>
          <th scope="col">{found}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ name, wanted: was, found: is }) => (
          <tr key={name}>
            <th scope="row">{fieldName(name, t)}</th>
            <td>{fieldValue({ name, value: was }, t, format)}</td>
            <td>{fieldValue({ name, value: is }, t, format)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
