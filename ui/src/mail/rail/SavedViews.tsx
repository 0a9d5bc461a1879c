import { useQuery } from "@tanstack/react-query";
import {
  Bell,
  CircleAlert,
  Ellipsis,
  Flag,
  type LucideIcon,
  Search,
  UserPlus,
  Zap,
} from "lucide-react";
import { useState } from "react";
import type { SavedView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { keys, viewsQuery } from "../../api/queries.ts";
import { useCommand } from "../../api/use-command.ts";
import { type Route, routeHash } from "../../app/route.ts";
import { Icon } from "../../components/Icon.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu } from "../../components/Menu.tsx";
import { type PlainKey, type Translate, useT } from "../../i18n/language.tsx";
import { NavRow } from "./NavRow.tsx";
import styles from "./Rail.module.css";
import { ViewDialog } from "./ViewDialog.tsx";

/** Those that are there from the start. */
const OFFERED: Readonly<Record<string, { name: PlainKey; icon: LucideIcon }>> = {
  overdue: { name: "view.overdue", icon: CircleAlert },
  first: { name: "view.first", icon: UserPlus },
};

export function viewName(view: SavedView, t: Translate): string {
  const offered = OFFERED[view.id];
  return view.name ?? (offered ? t(offered.name) : view.search);
}

/** The searches a person keeps, each with how many of its mails are unread. */
export function SavedViews({ route, folded }: { route: Route; folded: boolean }) {
  const t = useT();
  const { data } = useQuery(viewsQuery);
  const [renamed, setRenamed] = useState<SavedView | null>(null);
  const views = data?.views ?? [];
  if (views.length === 0) return null;
  return (
    <>
      <div className={styles.section}>
        {folded ? null : <h2 className={styles.sectionName}>{t("view.section")}</h2>}
      </div>
      {views.map((view) => (
        <Row
          key={view.id}
          view={view}
          route={route}
          folded={folded}
          onRename={() => setRenamed(view)}
        />
      ))}
      {renamed === null ? null : (
        <ViewDialog
          id={renamed.id}
          name={viewName(renamed, t)}
          search={renamed.search}
          onClose={() => setRenamed(null)}
        />
      )}
    </>
  );
}

type Rule = Pick<SavedView, "star" | "tell">;
type RowProps = { view: SavedView; route: Route; folded: boolean; onRename: () => void };

function Row({ view, route, folded, onRename }: RowProps) {
  const t = useT();
  const name = viewName(view, t);
  const remove = useCommand({
    run: () => api.removeView(view.id),
    failureTitle: "view.removeFailed",
    stale: [keys.views],
  });
  const rule = useCommand({
    run: ({ star, tell }: Rule) => api.ruleView(view.id, star, tell),
    failureTitle: "view.ruleFailed",
    stale: [keys.views],
  });
  // Of two ticks made quickly the second must not take the first back.
  const { star, tell } = rule.isPending ? rule.variables : view;
  const here = route.page === "mail" && route.search?.trim() === view.search;
  return (
    <div className={styles.view}>
      <NavRow
        href={hashOf(view)}
        icon={OFFERED[view.id]?.icon ?? Search}
        name={name}
        current={here}
        folded={folded}
        sign={!folded && (star || tell) ? <Sign star={star} tell={tell} /> : null}
        {...(view.total > 0 ? countOf(view, t) : {})}
      />
      {folded ? null : (
        <Menu
          align="end"
          trigger={
            <IconButton
              icon={Ellipsis}
              iconSize={14}
              className={styles.viewMenu}
              label={t("view.more", { name })}
            />
          }
          items={[
            {
              id: "rule",
              heading: t("view.rule"),
              ticks: [
                {
                  id: "star",
                  label: t("view.ruleStar"),
                  icon: Flag,
                  ticked: star,
                  onTick: (ticked) => rule.mutate({ star: ticked, tell }),
                },
                {
                  id: "tell",
                  label: t("view.ruleTell"),
                  icon: Bell,
                  ticked: tell,
                  onTick: (ticked) => rule.mutate({ star, tell: ticked }),
                },
              ],
            },
            { id: "line", separator: true },
            { id: "rename", label: t("view.rename"), run: onRename },
            {
              id: "remove",
              label: t("view.remove"),
              danger: true,
              run: () => remove.mutate(undefined),
            },
          ]}
        />
      )}
    </div>
  );
}

/** That the view acts on mail that arrives. */
function Sign({ star, tell }: Rule) {
  const t = useT();
  return (
    <span className={styles.sign}>
      <Icon of={Zap} size={14} />
      <span className="visually-hidden">
        {[star ? t("view.stars") : null, tell ? t("view.tells") : null].filter(Boolean).join(", ")}
      </span>
    </span>
  );
}

function countOf({ total, unread }: SavedView, t: Translate) {
  const all = t("rail.count", { n: total });
  return unread > 0
    ? { count: unread, countSaid: `${t("rail.unread", { n: unread })}, ${all}` }
    : { count: total, countSaid: all, quiet: true };
}

/** A blank behind it: the operators are drawn as chips. */
function hashOf({ search }: SavedView): string {
  return routeHash({
    page: "mail",
    scope: { kind: "role", role: "inbox" },
    thread: null,
    search: `${search} `,
    compose: null,
  });
}
