import { ChevronDown, ChevronRight, Globe, Mail } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../components/Icon.tsx";
import { Kbd } from "../components/Kbd.tsx";
import { Menu } from "../components/Menu.tsx";
import { useT, useVoice } from "../i18n/language.tsx";
import { useSettings } from "../settings/use-settings.ts";
import { AccountDialog } from "./AccountDialog.tsx";
import { Mark } from "./Mark.tsx";
import { Preview } from "./Preview.tsx";
import styles from "./WelcomePage.module.css";

/** The first window: what this is, the way in, and what it will look like. */
export function WelcomePage({ onDone }: { onDone: () => void }) {
  const t = useT();
  const { language } = useVoice();
  const { change } = useSettings();
  const [adding, setAdding] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "1" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('[role="dialog"]') === null) setAdding(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <main className={styles.page}>
      <div className={styles.words}>
        <div className={styles.brand}>
          <Mark />
          {t("common.app")}
        </div>
        <h1 className={styles.title}>{t("welcome.title")}</h1>
        <p className={styles.text}>{t("welcome.text")}</p>
        <ul className={styles.choices} aria-label={t("welcome.choices")}>
          <li>
            <button
              ref={first}
              type="button"
              className={styles.choice}
              onClick={() => setAdding(true)}
            >
              <span className={styles.picture}>
                <Icon of={Mail} size={20} />
              </span>
              <span className={styles.what}>
                <span className={styles.name}>{t("welcome.account")}</span>
                <span className={styles.hint}>{t("welcome.account.hint")}</span>
              </span>
              <Kbd keys="1" />
              <span className={styles.chevron}>
                <Icon of={ChevronRight} />
              </span>
            </button>
          </li>
        </ul>
        <div className={styles.foot}>
          <Menu
            trigger={
              <button type="button" className={styles.language}>
                <span className="visually-hidden">{t("welcome.language")}</span>
                <Icon of={Globe} size={14} />
                {t(language === "sl" ? "settings.language.sl" : "settings.language.en")}
                <Icon of={ChevronDown} size={14} />
              </button>
            }
            items={(["en", "sl"] as const).map((id) => ({
              id,
              label: t(id === "sl" ? "settings.language.sl" : "settings.language.en"),
              checked: id === language,
              run: () => change({ language: id }),
            }))}
          />
        </div>
      </div>
      <Preview />
      <AccountDialog open={adding} onClose={() => setAdding(false)} onDone={onDone} />
    </main>
  );
}
