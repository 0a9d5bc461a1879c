import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import type { TableLanguage, Template } from "../../../api/bindings.ts";
import { api } from "../../../api/commands.ts";
import { reasonOf } from "../../../api/failure.ts";
import { writingKeys } from "../../../api/writing.ts";
import { Banner } from "../../../components/Banner.tsx";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { useT } from "../../../i18n/language.tsx";
import styles from "./Templates.module.css";

type Props = { template: Template; onDone: () => void; onClose: () => void };

/** Where a template is written, for the whole team. */
export function TemplateForm({ template, onDone, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const [form, setForm] = useState(template);
  const [failed, setFailed] = useState<string | null>(null);
  const [sure, setSure] = useState(false);
  const names = useQuery({
    queryKey: [...writingKeys.templates, "placeholders"],
    queryFn: () => api.templatePlaceholders(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = (next: Partial<Template>) => setForm((before) => ({ ...before, ...next }));
  const finish = (run: Promise<unknown>) =>
    run
      .then(async () => {
        await client.invalidateQueries({ queryKey: writingKeys.templates });
        onDone();
      })
      .catch((error: unknown) =>
        setFailed(t("writing.templates.notSaved", { why: reasonOf(error, t) })),
      );
  const put = (name: string) => {
    const at = area.current?.selectionStart ?? form.text.length;
    change({ text: `${form.text.slice(0, at)}{{${name}}}${form.text.slice(at)}` });
    area.current?.focus();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(template.id === null ? "writing.templates.new" : "writing.templates.edit")}
      width={640}
    >
      <form
        className={styles.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void finish(api.saveTemplate(form));
        }}
      >
        {failed === null ? null : <Banner tone="red">{failed}</Banner>}
        <label className={styles.labelled}>
          {t("writing.templates.name")}
          <input
            className={styles.field}
            required
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        </label>
        <label className={styles.labelled}>
          {t("writing.templates.language")}
          <select
            className={styles.field}
            value={form.language}
            onChange={(event) => change({ language: event.currentTarget.value as TableLanguage })}
          >
            <option value="en">{t("writing.templates.language.en")}</option>
            <option value="sl">{t("writing.templates.language.sl")}</option>
          </select>
        </label>
        <label className={styles.labelled}>
          {t("writing.templates.subject")}
          <input
            className={styles.field}
            value={form.subject}
            onChange={(event) => change({ subject: event.currentTarget.value })}
          />
        </label>
        <label className={styles.labelled}>
          {t("writing.templates.text")}
          <textarea
            ref={area}
            className={styles.field}
            rows={8}
            required
            value={form.text}
            onChange={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
        <label className={styles.labelled}>
          {t("writing.templates.placeholder")}
          <select
            className={styles.field}
            value=""
            onChange={(event) => put(event.currentTarget.value)}
          >
            <option value="" />
            {(names.data ?? []).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <div className={styles.buttons}>
          {template.id === null ? null : (
            <Button
              icon={Trash2}
              variant={sure ? "danger" : "ghost"}
              onClick={() => {
                if (sure) void finish(api.removeTemplate(template.id ?? ""));
                else setSure(true);
              }}
            >
              {t(sure ? "writing.templates.removeSure" : "writing.templates.remove")}
            </Button>
          )}
          <Button onClick={onDone}>{t("writing.templates.back")}</Button>
          <Button variant="primary" type="submit">
            {t("writing.templates.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
