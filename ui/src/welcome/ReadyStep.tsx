import { CircleCheck } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./Wizard.module.css";

type Props = { email: string; later: boolean; onDone: () => void };

/** It works; what happens now and that nobody has to wait for it. */
export function ReadyStep({ email, later, onDone }: Props) {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div className={styles.form}>
      <div className={styles.ready} role="status">
        <span className={styles.tick}>
          <Icon of={CircleCheck} size={20} />
        </span>
        <div>
          <p className={styles.readyTitle}>{t("wizard.ready.title", { email })}</p>
          <p className={styles.readyText}>
            {t(later ? "wizard.ready.later" : "wizard.ready.text")}
          </p>
        </div>
      </div>
      <footer className={styles.foot}>
        <span className={styles.status} />
        <Button ref={button} variant="primary" keys="Enter" onClick={onDone}>
          {t("wizard.open")}
        </Button>
      </footer>
    </div>
  );
}
