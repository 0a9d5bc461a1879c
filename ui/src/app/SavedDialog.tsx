import { useId, useState } from "react";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { useCommand } from "../api/use-command.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { useT } from "../i18n/language.tsx";
import { TextField } from "../settings/fields/TextField.tsx";
import styles from "./SavedDialog.module.css";
import { closeSaved, partsOf, tellSaved, useSavedFile } from "./saved.ts";

/** Another folder and name for a file that was saved, or a look at where it lies. */
export function SavedDialog() {
  const path = useSavedFile();
  return path === null ? null : <Elsewhere key={path} path={path} />;
}

function Elsewhere({ path }: { path: string }) {
  const t = useT();
  const form = useId();
  const [place, setPlace] = useState(() => partsOf(path));
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const show = useCommand({ run: () => api.showSaved(path), failureTitle: "saved.showFailed" });
  const move = () => {
    setBusy(true);
    api
      .moveSaved(path, place.folder, place.name)
      .then(
        (to) => {
          closeSaved();
          tellSaved(to, t);
        },
        (error: unknown) => setFailed(reasonOf(error, t)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Dialog
      open
      onClose={closeSaved}
      title={t("saved.title")}
      width={480}
      footer={
        <>
          <Button onClick={() => show.mutate(undefined)}>{t("saved.show")}</Button>
          <Button onClick={closeSaved}>{t("common.cancel")}</Button>
          <Button
            variant="primary"
            type="submit"
            form={form}
            disabledReason={place.name.trim() === "" ? t("saved.nameless") : null}
          >
            {t("saved.save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && place.name.trim() !== "") move();
        }}
      >
        {failed === null ? null : <Banner tone="red">{failed}</Banner>}
        <TextField
          label={t("saved.name")}
          value={place.name}
          onChange={(name) => setPlace({ ...place, name })}
        />
        <TextField
          label={t("saved.folder")}
          hint={t("saved.folder.hint")}
          value={place.folder}
          onChange={(folder) => setPlace({ ...place, folder })}
        />
      </form>
    </Dialog>
  );
}
