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
  // Nobody works through what was sent, kept or thrown away.
  const role =
    scope.kind === "role"
      ? scope.role
      : (overview?.folders.find((folder) => folder.id === scope.folder)?.role ?? null);
  const isWork = role === null || role === "inbox";
  const next = nextUnread(scope, overview);
  return (
    <div className={styles.said}>
      <p>{t(arriving ? "list.arriving" : isWork ? "list.empty" : "list.emptyPlace")}</p>
      {next && !arriving ? (
        <a href={listHash(next.scope)} data-pane-focus="">
          {t("list.emptyNext", { n: next.unread, where: scopeName(next.scope, overview, t) })}
        </a>
      ) : null}
    </div>
  );
}
