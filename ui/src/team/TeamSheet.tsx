import { Tabs } from "@base-ui/react/tabs";
import { useQuery } from "@tanstack/react-query";
import { Pin, TriangleAlert, Users, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { pressOf } from "../actions/shortcuts.ts";
import type { TeamOverview } from "../api/bindings.ts";
import { reasonOf } from "../api/failure.ts";
import { conflictsQuery, teamOverviewQuery } from "../api/team.ts";
import { useForm } from "../app/layout.ts";
import {
  closeTeamPanel,
  setTeamPanel,
  type TeamTab,
  takesFocus,
  useTeamPanel,
} from "../app/team-panel.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { useT } from "../i18n/language.tsx";
import { ActivityTab } from "./activity/ActivityTab.tsx";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { CustomerTab } from "./CustomerTab.tsx";
import { LiveBadge } from "./LiveBadge.tsx";
import { TeamTab as People } from "./people/TeamTab.tsx";
import { type Meant, useMeant } from "./subject.ts";
import styles from "./TeamSheet.module.css";

const TABS: readonly TeamTab[] = ["customer", "activity", "team"];

/**
 * The sheet: who it is about, and Customer, Activity and Team.
 *
 * Beside the mail it is one more pane: nothing is covered and nothing is locked. Where it fills the window, it keeps the
 * focus until it is left.
 */
export function TeamSheet() {
  const t = useT();
  const panel = useTeamPanel();
  const alone = useForm() === "one";
  const overview = useQuery(teamOverviewQuery);
  const meant = useMeant();
  const sheet = useRef<HTMLElement>(null);
  useEffect(() => {
    if (takesFocus())
      sheet.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
    return () => {
      delete document.documentElement.dataset.team;
    };
  }, []);

  const press = (event: KeyboardEvent<HTMLElement>) => {
    // Menus and dialogs of the sheet hang elsewhere in the page; their keys are their own.
    if (event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
    if (event.key !== "Escape" && pressOf(event.nativeEvent) !== "Mod+t") return;
    event.preventDefault();
    closeTeamPanel();
  };
  const unread = overview.data?.unread ?? 0;
  return (
    <section
      ref={sheet}
      className={styles.sheet}
      role="dialog"
      aria-modal={alone || undefined}
      aria-label={t("team.title")}
      data-pane="team"
      data-beside={alone ? undefined : ""}
      tabIndex={-1}
      onKeyDown={press}
      onAnimationEnd={(event) => {
        // The conversation gives way once, when the slide is over: it is not pushed along.
        if (event.target === event.currentTarget) document.documentElement.dataset.team = "beside";
      }}
    >
      <Head meant={meant} overview={overview.data} />
      <Tabs.Root
        className={styles.body}
        value={panel.tab}
        onValueChange={(tab: TeamTab) => setTeamPanel({ tab })}
      >
        <Tabs.List className={styles.tabs} activateOnFocus>
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab} className={styles.tab}>
              {t(`team.tab.${tab}`)}{" "}
              {tab === "activity" && unread > 0 ? (
                <span className={styles.count} data-new={panel.tab !== tab || undefined}>
                  {unread > 99 ? "99+" : unread}
                </span>
              ) : null}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {overview.data ? <Conflicts overview={overview.data} /> : null}
        {TABS.map((tab) => (
          <Tabs.Panel key={tab} value={tab} className={styles.panel} tabIndex={-1}>
            {overview.data ? (
              <Content tab={tab} overview={overview.data} meant={meant} />
            ) : overview.isError ? (
              <div className={styles.failed}>
                <Banner
                  tone="red"
                  action={
                    <Button size="small" onClick={() => void overview.refetch()}>
                      {t("common.tryAgain")}
                    </Button>
                  }
                >
                  {t("team.failed")} {reasonOf(overview.error, t)}
                </Banner>
              </div>
            ) : null}
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </section>
  );
}

function Content(props: { tab: TeamTab; overview: TeamOverview; meant: Meant }) {
  const { tab, overview, meant } = props;
  switch (tab) {
    case "customer":
      return <CustomerTab overview={overview} meant={meant} />;
    case "activity":
      return <ActivityTab overview={overview} meant={meant} />;
    case "team":
      return <People overview={overview} meant={meant} />;
  }
}

function Head({ meant, overview }: { meant: Meant; overview: TeamOverview | undefined }) {
  const t = useT();
  const { kept } = useTeamPanel();
  return (
    <header className={styles.head}>
      <span className={styles.glyph}>
        <Icon of={Users} size={14} />
      </span>
      <h2 className={styles.name} data-quiet={meant.subject === null || undefined}>
        {meant.name}
      </h2>
      {overview ? <LiveBadge overview={overview} /> : null}
      <IconButton
        icon={Pin}
        label={t("team.follow")}
        pressed={kept === null}
        onClick={() =>
          setTeamPanel({ kept: kept === null && meant.subject !== null ? keep(meant) : null })
        }
      />
      <IconButton icon={X} label={t("common.close")} keys="Escape" onClick={closeTeamPanel} />
    </header>
  );
}

const keep = ({ subject, name, thread }: Meant) => ({ subject: subject ?? "", name, thread });

/** Fields with two values wait for a person: an amber line on every tab. */
function Conflicts({ overview }: { overview: TeamOverview }) {
  const t = useT();
  const { data: conflicts = [] } = useQuery(conflictsQuery);
  const [open, setOpen] = useState<string | null>(null);
  const first = conflicts[0];
  return (
    <>
      {first ? (
        <div className={styles.conflicts}>
          <Icon of={TriangleAlert} />
          <span className={styles.conflictWords}>
            {t("team.conflicts", { n: conflicts.length })}
          </span>
          <Button size="small" onClick={() => setOpen(first.id)}>
            {t("team.conflicts.decide")}
          </Button>
        </div>
      ) : null}
      {open === null ? null : (
        <ConflictDialog key={open} id={open} overview={overview} onClose={() => setOpen(null)} />
      )}
    </>
  );
}
