import { useFormat, useT } from "../../i18n/language.tsx";
import type { SaveState } from "./autosave.ts";
import styles from "./SavedMark.module.css";

/** Says where the words are: on disk with the time, here while offline, or not yet. */
export function SavedMark({ saved, offline }: { saved: SaveState; offline: boolean }) {
  const t = useT();
  const format = useFormat();
  const words = (): string => {
    switch (saved.kind) {
      case "clean":
        return "";
      case "dirty":
      case "saving":
        return t("compose.saving");
      case "saved":
        return offline
          ? t("compose.savedHere")
          : t("compose.saved", { time: format.time(saved.at) });
      case "failed":
        return t("compose.notSaved");
    }
  };
  return (
    <span
      className={styles.mark}
      data-failed={saved.kind === "failed" || undefined}
      role={saved.kind === "failed" ? "alert" : undefined}
      title={saved.kind === "failed" ? t.said(saved.why) : undefined}
    >
      {words()}
    </span>
  );
}
