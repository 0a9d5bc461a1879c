import { type FormEvent, useId, useState } from "react";
import { api } from "../../api/commands.ts";
import { keys } from "../../api/queries.ts";
import { useCommand } from "../../api/use-command.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { showToast } from "../../components/toasts.ts";
import { useT } from "../../i18n/language.tsx";
import styles from "./ViewDialog.module.css";

/** Letters of a name, as Rust counts them. */
const LONGEST = 80;

type Props = {
  /** Null for one that is kept now. */
  id: string | null;
  name: string;
  search: string;
  onClose: () => void;
};

/** Gives a search its name in the rail. */
export function ViewDialog({ id, name, search, onClose }: Props) {
  const t = useT();
  const form = useId();
  const [text, setText] = useState(name);
  const keep = useCommand({
    run: () => api.keepView(id, text.trim(), search),
    failureTitle: "view.keepFailed",
    stale: [keys.views],
    onSuccess: () => {
      onClose();
      if (id === null) {
        showToast({ text: t("view.kept", { name: text.trim() }), action: null, seconds: 4 });
      }
    },
  });
  const empty = text.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!empty && !keep.isPending) keep.mutate(undefined);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width={400}
      title={t(id === null ? "view.keep" : "view.renameTitle")}
      description={search}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            disabledReason={empty ? t("view.needsName") : null}
          >
            {t(id === null ? "view.keepDo" : "view.renameDo")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <label className={styles.label}>
          {t("view.name")}
          <input
            className={styles.field}
            autoComplete="off"
            maxLength={LONGEST}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
      </form>
    </Dialog>
  );
}
