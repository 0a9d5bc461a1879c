import { useState } from "react";
import { useForm } from "../../app/layout.ts";
import { goTo } from "../../app/route.ts";
import { closeTeamPanel } from "../../app/team-panel.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./TeamTab.module.css";

/** Without a team: what one would bring, and the two ways into one. */
export function Alone() {
  const t = useT();
  const narrow = useForm() === "one";
  const [asking, setAsking] = useState(false);
  const join = () => {
    goTo({ page: "settings", section: "team" });
    if (narrow) closeTeamPanel();
  };
  return (
    <div className={styles.alone}>
      <h3 className={styles.aloneTitle}>{t("team.alone")}</h3>
      <p className={styles.aloneText}>{t("team.alone.text")}</p>
      <div className={styles.buttons}>
        <Button variant="primary" onClick={join}>
          {t("team.alone.join")}
        </Button>
        <Button onClick={() => setAsking(true)}>{t("team.alone.invite")}</Button>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("team.alone.invite")}
        description={t("team.alone.howTo")}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.close")}</Button>
            <Button variant="primary" onClick={join}>
              {t("team.alone.join")}
            </Button>
          </>
        }
      />
    </div>
  );
}
