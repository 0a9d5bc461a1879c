import { Check } from "lucide-react";
import { Icon } from "../components/Icon.tsx";
import { type PlainKey, useT } from "../i18n/language.tsx";
import styles from "./Wizard.module.css";

const STEPS = [
  { id: "address", title: "wizard.address" },
  { id: "server", title: "wizard.server" },
  { id: "ready", title: "wizard.ready" },
] as const satisfies readonly { id: string; title: PlainKey }[];

/** How far one has come. */
export function Steps({ now }: { now: (typeof STEPS)[number]["id"] }) {
  const t = useT();
  const at = STEPS.findIndex(({ id }) => id === now);
  return (
    <ol className={styles.steps} aria-label={t("wizard.steps")}>
      {STEPS.map(({ id, title }, index) => {
        const done = index < at || now === "ready";
        return (
          <li
            key={id}
            className={styles.step}
            data-done={done || undefined}
            aria-current={id === now ? "step" : undefined}
          >
            <span className={styles.disc}>
              {done ? <Icon of={Check} size={14} /> : String(index + 1)}
            </span>
            {t(title)}
          </li>
        );
      })}
    </ol>
  );
}
