import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../../components/Icon.tsx";
import styles from "./InfoBar.module.css";

type Props = {
  icon: LucideIcon;
  tone?: "plain" | "amber" | "red" | "blue";
  /** A shorter text for narrow panes. */
  short?: string;
  children: ReactNode;
  actions?: ReactNode;
};

/** A quiet bar inside a message: what was done to it or is known of it, and what can be done. */
export function InfoBar({ icon, tone = "plain", short, children, actions }: Props) {
  return (
    <div className={styles.bar} data-tone={tone} role={tone === "red" ? "alert" : undefined}>
      <Icon of={icon} />
      <span className={styles.words} data-selectable data-has-short={short !== undefined}>
        {children}
      </span>
      {short === undefined ? null : <span className={styles.short}>{short}</span>}
      {actions === undefined ? null : <span className={styles.actions}>{actions}</span>}
    </div>
  );
}
