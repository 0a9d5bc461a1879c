import { useQuery } from "@tanstack/react-query";
import { api } from "../api/commands.ts";
import { criticalFieldsQuery, teamKeys } from "../api/team.ts";
import { useCommand } from "../api/use-command.ts";
import { Chips } from "../components/Chips.tsx";
import { useT } from "../i18n/language.tsx";
import { fieldName, fieldOf } from "../team/field-words.ts";
import styles from "./CriticalFields.module.css";
import page from "./SettingsPage.module.css";
import sharing from "./TeamSharing.module.css";

/** As long as a field's name may be. */
const LONGEST = 64;

/** The fields in which nobody wins silently; admins say which. */
export function CriticalFields({ admin }: { admin: boolean }) {
  const t = useT();
  const { data: fields } = useQuery(criticalFieldsQuery);
  const set = useCommand({
    run: (names: string[]) => api.setCriticalFields(names),
    failureTitle: "team.critical.failed",
    stale: [teamKeys.critical],
  });
  if (fields === undefined) return null;
  const add = (words: string) => {
    const name = fieldOf(words, t);
    if (name !== "" && !fields.includes(name)) set.mutate([...fields, name]);
  };
  return (
    <section className={sharing.sharing} aria-label={t("team.critical")}>
      <h3 className={sharing.title}>{t("team.critical")}</h3>
      <div className={`${page.card} ${styles.card}`}>
        <p className={styles.what}>{t("team.critical.what")}</p>
        {admin ? (
          <Chips
            chips={fields.map((field) => ({ key: field, words: fieldName(field, t) }))}
            words={{
              list: t("team.critical"),
              add: t("team.critical.add"),
              fresh: t("team.critical.new"),
              remove: (field) => t("team.critical.remove", { field }),
            }}
            longest={LONGEST}
            onAdd={add}
            onRemove={(field) => set.mutate(fields.filter((other) => other !== field))}
          />
        ) : (
          <p>{fields.map((field) => fieldName(field, t)).join(", ") || t("team.critical.none")}</p>
        )}
        <p className={styles.who}>
          {t(admin ? "team.critical.fromNow" : "team.critical.onlyAdmin")}
        </p>
      </div>
    </section>
  );
}
