import { TriangleAlert } from "lucide-react";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import type { LinkTarget } from "./frame-links.ts";
import { hostOf } from "./LinkOverlay.tsx";
import styles from "./LinkStatus.module.css";

/** Where the link under the pointer goes, at the foot of the pane. Links say it to screen readers themselves. */
export function LinkStatus({ target }: { target: LinkTarget | null }) {
  const t = useT();
  if (target === null) return null;
  const { href, lies } = target;
  return (
    <div className={styles.status} data-lies={lies || undefined} aria-hidden="true">
      {lies ? <Icon of={TriangleAlert} size={14} /> : null}
      <span className={styles.target}>
        {lies
          ? t("conversation.link.lies", { host: hostOf(href), href })
          : href.replace(/^mailto:/u, "")}
      </span>
    </div>
  );
}
