import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import type { Draft, Template } from "../../../api/bindings.ts";
import { templatesQuery } from "../../../api/writing.ts";
import { Banner } from "../../../components/Banner.tsx";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { useT } from "../../../i18n/language.tsx";
import { fits } from "../typed/begun.ts";
import { Preview } from "./Preview.tsx";
import { TemplateForm } from "./TemplateForm.tsx";
import styles from "./Templates.module.css";

type Props = {
  draft: Draft;
  /** The template shown first; null: the first of the list. */
  first: string | null;
  onClose: () => void;
  onInsert: (text: string, subject: string) => void;
};

const BLANK: Template = { id: null, name: "", language: "en", subject: "", text: "" };

/** Chooses a template, shows it with the values of whoever the draft goes to, and lets the team's be written. */
export function TemplatePicker({ draft, first, onClose, onInsert }: Props) {
  const t = useT();
  const list = useId();
  const preview = useId();
  const templates = useQuery(templatesQuery);
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState(first);
  const [editing, setEditing] = useState<Template | null>(null);
  const shown = (templates.data ?? []).filter(({ name, subject, text }) =>
    fits(wanted, name, subject, text),
  );
  const current = shown.find(({ id }) => id === chosen) ?? shown[0] ?? null;

  if (editing !== null) {
    return <TemplateForm template={editing} onClose={onClose} onDone={() => setEditing(null)} />;
  }
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0 || current === null) return;
    event.preventDefault();
    const next = shown[shown.indexOf(current) + by];
    if (next !== undefined) setChosen(next.id);
  };
  return (
    <Dialog open onClose={onClose} title={t("writing.templates")} width={720}>
      <div className={styles.picker}>
        <div className={styles.side}>
          <input
            className={styles.field}
            // Enter inserts what is previewed.
            form={preview}
            role="combobox"
            aria-expanded
            aria-controls={list}
            aria-activedescendant={current === null ? undefined : `${list}-${current.id}`}
            aria-label={t("writing.templates.search")}
            placeholder={t("writing.templates.search")}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
            onKeyDown={move}
          />
          {templates.isError ? <Banner tone="red">{t("writing.templates.failed")}</Banner> : null}
          {templates.isSuccess && shown.length === 0 ? (
            <p className={styles.hint}>
              {t(wanted === "" ? "writing.templates.none" : "writing.templates.notFound")}
            </p>
          ) : null}
          <div id={list} className={styles.list} role="listbox" aria-label={t("writing.templates")}>
            {shown.map((one) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's, as in every list of suggestions
              <div
                key={one.id}
                id={`${list}-${one.id}`}
                className={styles.row}
                role="option"
                tabIndex={-1}
                aria-selected={one === current}
                onClick={() => setChosen(one.id)}
              >
                {one.name}
                <span className={styles.language}>{one.language}</span>
              </div>
            ))}
          </div>
          <Button size="small" icon={Plus} onClick={() => setEditing(BLANK)}>
            {t("writing.templates.new")}
          </Button>
        </div>
        {current === null ? null : (
          <Preview
            key={current.id}
            id={preview}
            template={current}
            draft={draft}
            onInsert={onInsert}
            edit={
              <Button icon={Pencil} onClick={() => setEditing(current)}>
                {t("writing.templates.edit")}
              </Button>
            }
          />
        )}
      </div>
    </Dialog>
  );
}
