import { useQuery } from "@tanstack/react-query";
import { Activity, Plus, SlidersHorizontal, SquarePen } from "lucide-react";
import type { ReactNode } from "react";
import { useContextMaker } from "../../actions/context.ts";
import { runAction } from "../../actions/shortcuts.ts";
import { actionOf } from "../../actions/table.ts";
import type { Overview, Role, Scope } from "../../api/bindings.ts";
import { overviewQuery } from "../../api/queries.ts";
import { type Route, routeHash, usePlace } from "../../app/route.ts";
import { Button } from "../../components/Button.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { useT } from "../../i18n/language.tsx";
import { ROLE_NAME, VIEWS } from "../folders.ts";
import { AccountFolders } from "./AccountFolders.tsx";
import { NavRow } from "./NavRow.tsx";
import { isHere, listHash, ROLE_ICON } from "./place.ts";
import styles from "./Rail.module.css";
import { SavedViews } from "./SavedViews.tsx";
import { SyncFoot } from "./SyncFoot.tsx";

type Props = {
  /** Icons only, names on hover and focus. */
  folded?: boolean;
  /** Called when a place was chosen, so that a drawer can close. */
  onChosen?: () => void;
  /** What else belongs to it: the border that sizes it. */
  children?: ReactNode;
};

/** Accounts and folders. */
export function Rail({ folded = false, onChosen, children }: Props) {
  const t = useT();
  const route = usePlace();
  const { data: overview } = useQuery(overviewQuery);
  const makeContext = useContextMaker();
  const compose = () => {
    onChosen?.();
    runAction(actionOf("compose.new"), makeContext());
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link pressed by key clicks, too
    <nav
      className={styles.rail}
      data-folded={folded || undefined}
      aria-label={t("rail.label")}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a")) onChosen?.();
      }}
    >
      <div className={styles.head}>
        <span className={styles.mark} aria-hidden="true" />
        {folded ? null : (
          <span className={styles.company}>{companyOf(overview, t("common.app"))}</span>
        )}
      </div>
      {folded ? (
        <IconButton icon={SquarePen} label={t("rail.newMessage")} keys="c" onClick={compose} />
      ) : (
        <Button icon={SquarePen} keys="c" className={styles.compose} onClick={compose}>
          {t("rail.newMessage")}
        </Button>
      )}
      <div className={styles.scroll}>
        {VIEWS.map((role) => (
          <View key={role} role={role} route={route} overview={overview} folded={folded} />
        ))}
        <SavedViews route={route} folded={folded} />
        <div className={styles.section}>
          {folded ? null : <h2 className={styles.sectionName}>{t("rail.accounts")}</h2>}
          {folded ? null : (
            <a
              className={styles.add}
              href={routeHash({ page: "settings", section: "add" })}
              aria-label={t("rail.addAccount")}
              title={t("rail.addAccount")}
            >
              <Plus size={14} strokeWidth={1.8} aria-hidden="true" />
            </a>
          )}
        </div>
        {overview?.accounts.map((account, index) => (
          <AccountFolders
            key={account.id}
            account={account}
            overview={overview}
            route={route}
            folded={folded}
            first={index === 0}
          />
        ))}
      </div>
      <BottomRows overview={overview} route={route} folded={folded} />
      <SyncFoot folded={folded} />
      {children}
    </nav>
  );
}

function View(props: {
  role: Role;
  route: Route;
  overview: Overview | undefined;
  folded: boolean;
}) {
  const { role, route, overview, folded } = props;
  const t = useT();
  const scope: Scope = { kind: "role", role };
  const counts = overview?.unified.find((view) => view.role === role);
  // Drafts are few and all are yours: their number counts. Elsewhere it is what is unread.
  const shown = role === "drafts" ? (counts?.total ?? 0) : (counts?.unread ?? 0);
  const quiet = role === "sent" || role === "trash" || role === "archive";
  const said = role === "drafts" ? t("rail.count", { n: shown }) : t("rail.unread", { n: shown });
  return (
    <NavRow
      href={listHash(scope)}
      icon={ROLE_ICON[role]}
      name={t(ROLE_NAME[role])}
      current={isHere(route, scope)}
      folded={folded}
      {...(shown > 0 && !quiet && !(folded && role === "drafts")
        ? { count: shown, countSaid: said }
        : {})}
    />
  );
}

function BottomRows(props: { overview: Overview | undefined; route: Route; folded: boolean }) {
  const { overview, route, folded } = props;
  const t = useT();
  const need = (overview?.accounts ?? []).filter((account) => account.state === "needs_you").length;
  return (
    <div className={styles.bottom}>
      <NavRow
        href={routeHash({ page: "health" })}
        icon={Activity}
        name={t("rail.health")}
        current={route.page === "health"}
        folded={folded}
        {...(need > 0
          ? { count: need, countSaid: t("rail.needsYouCount", { n: need }), alarming: true }
          : {})}
      />
      <NavRow
        href={routeHash({ page: "settings", section: null })}
        icon={SlidersHorizontal}
        name={t("rail.settings")}
        current={route.page === "settings"}
        folded={folded}
      />
    </div>
  );
}

/** The company is the domain of the first account until there is a team with a name. */
function companyOf(overview: Overview | undefined, app: string): string {
  return overview?.accounts[0]?.email.split("@")[1] ?? app;
}
