import { useQuery } from "@tanstack/react-query";
import { settingsQuery } from "../api/queries.ts";
import { hideOverlay } from "../app/overlay.ts";
import { Dialog } from "../components/Dialog.tsx";
import { Kbd } from "../components/Kbd.tsx";
import { spokenKeys } from "../components/keys.ts";
import { useT } from "../i18n/language.tsx";
import styles from "./KeysDialog.module.css";
import { ACTIONS, type ActionGroup } from "./table.ts";

const GROUPS: readonly ActionGroup[] = ["threads", "messages", "go", "window"];

/** All keys, read from the table of actions. */
export function KeysDialog() {
  const t = useT();
  const { data: settings } = useQuery(settingsQuery);
  return (
    <Dialog
      open
      onClose={hideOverlay}
      title={t("keys.title")}
      width={720}
      {...(settings?.singleKeys === false ? { description: t("keys.off") } : {})}
    >
      <div className={styles.groups}>
        {GROUPS.map((group) => (
          <section key={group} className={styles.group}>
            <h3 className={styles.name}>{t(`actions.group.${group}`)}</h3>
            <dl>
              {ACTIONS.filter((action) => action.group === group).map((action) => (
                <div key={action.id} className={styles.row}>
                  <dt>{t(action.title)}</dt>
                  <dd className={styles.keys}>
                    {action.keys.map((keys) => (
                      <span key={keys}>
                        <Kbd keys={keys} />
                        <span className="visually-hidden">{spokenKeys(keys)}</span>
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
