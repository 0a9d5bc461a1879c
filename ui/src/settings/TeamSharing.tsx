import { useT } from "../i18n/language.tsx";
import { SwitchRow } from "./SettingRow.tsx";
import page from "./SettingsPage.module.css";
import styles from "./TeamSharing.module.css";
import { useSettings } from "./use-settings.ts";

/** What colleagues see of a person, in plain words, and the one thing about it that can be chosen. */
export function TeamSharing() {
  const t = useT();
  const { query, change } = useSettings();
  const settings = query.data;
  if (settings === undefined) return null;
  return (
    <section className={styles.sharing} aria-label={t("team.shared")}>
      <h3 className={styles.title}>{t("team.shared")}</h3>
      <div className={page.card}>
        <ul className={styles.list}>
          <li>{t("team.shared.you")}</li>
          <li>{t("team.shared.presence")}</li>
          <li>{t("team.shared.notes")}</li>
          <li>{t(settings.shareSubjects ? "team.shared.repliesTitled" : "team.shared.replies")}</li>
        </ul>
        <p className={styles.never}>{t("team.shared.never")}</p>
        <SwitchRow
          label={t("team.shared.subjects")}
          hint={t("team.shared.subjects.hint")}
          on={settings.shareSubjects}
          onChange={(shareSubjects) => change({ shareSubjects })}
        />
      </div>
    </section>
  );
}
