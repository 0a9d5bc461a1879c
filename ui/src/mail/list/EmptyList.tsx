import type { Overview, Scope } from "../../api/bindings.ts";
import { useT } from "../../i18n/language.tsx";
import { nextUnread, scopeName } from "../folders.ts";
import { listHash } from "../rail/place.ts";
import { syncState } from "../rail/sync-state.ts";
import styles from "./List.module.css";

/** An empty list: done, or not arrived yet; with the next view that has something unread. */
export function EmptyList({ scope, overview }: { scope: Scope; overview: Overview | undefined }) {
  const t = useT();
  const arriving = overview ? ["arriving", "never"].includes(syncState(overview).kind) : false;
  const next = nextUnread(scope, overview);
  return (
    <div className={styles.said}>
      <p>{t(arriving ? "list.arriving" : "list.empty")}</p>
      {next && !arriving ? (
        <a href={listHash(next.scope)} data-pane-focus="">
          {t("list.emptyNext", { n: next.unread, where: scopeName(next.scope, overview, t) })}
        </a>
      ) : null}
    </div>
  );
}
