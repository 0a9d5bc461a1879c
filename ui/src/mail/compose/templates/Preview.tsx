import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Draft, Template, TemplatePiece } from "../../../api/bindings.ts";
import { filledQuery } from "../../../api/writing.ts";
import { Banner } from "../../../components/Banner.tsx";
import { Button } from "../../../components/Button.tsx";
import { useT } from "../../../i18n/language.tsx";
import { type ByHand, finished } from "./filled.ts";
import styles from "./Templates.module.css";

type Props = {
  /** Of the form, for the search field that belongs to it. */
  id: string;
  template: Template;
  draft: Draft;
  onInsert: (text: string, subject: string) => void;
  edit: ReactNode;
};

/** A template with this customer's values. What is missing is filled in by hand, or left out by choice. */
export function Preview({ id, template, draft, onInsert, edit }: Props) {
  const t = useT();
  const filled = useQuery(filledQuery(template.id ?? "", draft));
  const [byHand, setByHand] = useState<ByHand>({});
  const { data } = filled;
  const say = (name: string, value: string | null) =>
    setByHand((before) => ({ ...before, [name]: value }));
  const text = data === undefined ? null : finished(data.text, byHand);
  const subject = data === undefined ? null : finished(data.subject, byHand);
  const whole = text !== null && subject !== null;
  const n = data?.missing.length ?? 0;
  return (
    <form
      id={id}
      className={styles.preview}
      onSubmit={(event) => {
        event.preventDefault();
        if (whole) onInsert(text, subject);
      }}
    >
      {filled.isError ? <Banner tone="red">{t("writing.templates.failed")}</Banner> : null}
      <section className={styles.text} aria-label={t("writing.templates.preview")}>
        {data === undefined || data.subject.length === 0 ? null : (
          <p className={styles.subject}>
            <Pieces of={data.subject} byHand={byHand} />
          </p>
        )}
        <Pieces of={data?.text ?? []} byHand={byHand} />
      </section>
      {n === 0 ? null : (
        <div className={styles.missing}>
          <p className={styles.hint} role="status">
            {data?.known ? "" : `${t("writing.templates.nobody")} `}
            {t("writing.templates.missing", { n })}
          </p>
          {data?.missing.map((name) => (
            <div key={name} className={styles.lack}>
              <label className={styles.lackName}>
                <span>{name}</span>
                <input
                  className={styles.field}
                  aria-label={t("writing.templates.value", { name })}
                  disabled={byHand[name] === null}
                  value={byHand[name] ?? ""}
                  onChange={(event) => say(name, event.currentTarget.value)}
                />
              </label>
              <label className={styles.leave}>
                <input
                  type="checkbox"
                  checked={byHand[name] === null}
                  onChange={(event) => say(name, event.currentTarget.checked ? null : "")}
                />
                {t("writing.templates.leaveOut")}
              </label>
            </div>
          ))}
        </div>
      )}
      <div className={styles.buttons}>
        {edit}
        <Button
          variant="primary"
          type="submit"
          disabledReason={whole ? null : t("writing.templates.missing", { n: Math.max(n, 1) })}
        >
          {t("writing.templates.insert")}
        </Button>
      </div>
    </form>
  );
}

function Pieces({ of, byHand }: { of: readonly TemplatePiece[]; byHand: ByHand }) {
  return of.map((piece, at) => {
    const { placeholder } = piece;
    // A text has the same words more than once; where they stand never changes here.
    const key = `${at}`;
    if (placeholder === null) return <span key={key}>{piece.text}</span>;
    const said = piece.missing ? byHand[placeholder] : piece.text;
    if (said === null) return null;
    return said === undefined || said.trim() === "" ? (
      <mark key={key} className={styles.lacks}>{`{{${placeholder}}}`}</mark>
    ) : (
      <mark key={key} className={styles.value} title={placeholder}>
        {said}
      </mark>
    );
  });
}
