import { useQuery } from "@tanstack/react-query";
import { ChartColumn, ChevronDown, Plus, UserCheck } from "lucide-react";
import { useState } from "react";
import type { OwnPresence, TeamMember, TeamOverview, TeamPresence } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { teamKeys, threadTeamQuery } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { useNow } from "../../app/now.ts";
import { setTeamPanel } from "../../app/team-panel.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Button } from "../../components/Button.tsx";
import { Dot } from "../../components/Dot.tsx";
import { Icon } from "../../components/Icon.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu } from "../../components/Menu.tsx";
import { showToast } from "../../components/toasts.ts";
import { type Translate, useFormat, useT } from "../../i18n/language.tsx";
import { openAnalytics } from "../analytics/open.ts";
import { linkWords } from "../LiveBadge.tsx";
import { avatarOf, memberOf } from "../people.ts";
import type { Meant } from "../subject.ts";
import { whenWords } from "../when.ts";
import { Alone } from "./Alone.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { PresenceDot } from "./PresenceDot.tsx";
import styles from "./TeamTab.module.css";

const GROUPS: readonly TeamPresence[] = ["online", "away", "busy", "offline"];
const OWN: readonly OwnPresence[] = ["online", "away", "busy"];
const TOLD = 6;

/** Who is there and on what. */
export function TeamTab({ overview, meant }: { overview: TeamOverview; meant: Meant }) {
  const t = useT();
  const format = useFormat();
  if (overview.state === "alone") return <Alone />;
  const live = overview.state === "live";
  const active = overview.members.filter((member) => member.active);
  const { latencyMs, queue } = overview;
  const waits = queue.length === 0 ? t("team.nothingWaits") : t("team.waits", { n: queue.length });
  return (
    <div className={styles.tab} data-stale={live ? undefined : ""}>
      <Own overview={overview} />
      <div className={styles.scroll}>
        {GROUPS.map((state) => (
          <Group
            key={state}
            state={state}
            people={active.filter((member) => member.state === state)}
            overview={overview}
            meant={meant}
          />
        ))}
      </div>
      <footer className={styles.foot} data-amber={live ? undefined : ""}>
        <Dot state={overview.state} />
        <span>{live ? t("team.connected") : linkWords(overview, t, format)}</span>
        {live ? (
          <span className={styles.trip}>
            {latencyMs === null
              ? waits
              : `${t("team.roundTrip", { ms: format.number(Math.round(latencyMs)) })}, ${waits}`}
          </span>
        ) : null}
      </footer>
    </div>
  );
}

function Own({ overview }: { overview: TeamOverview }) {
  const t = useT();
  const [inviting, setInviting] = useState(false);
  const set = useCommand({
    run: (state: OwnPresence) => api.teamSetPresence(state),
    failureTitle: "team.presence.failed",
    stale: [teamKeys.overview],
  });
  const state = memberOf(overview.members, overview.me)?.state ?? "offline";
  const words = t(`team.presence.${state}`);
  return (
    <div className={styles.own}>
      <span className={styles.quiet}>{t("team.own")}</span>
      <Menu
        trigger={
          <Button size="small">
            <span className={styles.state}>
              <span className="visually-hidden">{t("team.own")} </span>
              <PresenceDot state={state} />
              {words}
              <Icon of={ChevronDown} size={14} />
            </span>
          </Button>
        }
        items={OWN.map((id) => ({
          id,
          label: t(`team.presence.${id}`),
          checked: id === state,
          run: () => set.mutate(id),
        }))}
      />
      <span className={styles.space} />
      <Button
        size="small"
        variant="ghost"
        icon={ChartColumn}
        className={styles.analytics}
        aria-label={t("analytics.open")}
        onClick={openAnalytics}
      >
        {t("analytics.open")}
      </Button>
      <Button
        size="small"
        variant="ghost"
        icon={Plus}
        disabledReason={overview.role === "admin" ? null : t("team.invite.onlyAdmin")}
        onClick={() => setInviting(true)}
      >
        {t("team.invite")}
      </Button>
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </div>
  );
}

type GroupProps = {
  state: TeamPresence;
  people: readonly TeamMember[];
  overview: TeamOverview;
  meant: Meant;
};

function Group({ state, people, overview, meant }: GroupProps) {
  const t = useT();
  if (people.length === 0) return null;
  return (
    <section aria-label={t(`team.presence.${state}`)}>
      <h3 className={styles.group}>
        {t(`team.presence.${state}`)} <span className={styles.count}>{people.length}</span>
      </h3>
      <ul>
        {people.map((person) => (
          <Person key={person.id} person={person} overview={overview} thread={meant.thread} />
        ))}
      </ul>
    </section>
  );
}

type PersonProps = { person: TeamMember; overview: TeamOverview; thread: string | null };

function Person({ person, overview, thread }: PersonProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { members, me } = overview;
  const { data: shared } = useQuery({
    ...threadTeamQuery(thread ?? ""),
    enabled: thread !== null,
  });
  const assign = useCommand({
    run: () => api.assignThread(thread ?? "", person.id),
    failureTitle: "team.thread.assignFailed",
    stale: [teamKeys.all],
    onSuccess: () =>
      showToast({
        text: t("team.handOver.done", { who: person.name }),
        seconds: TOLD,
        action: null,
      }),
  });
  const { id, name, role, state } = person;
  const mine = id === me;
  const since = person.since === null ? null : whenWords(new Date(person.since), now, format, t);
  const can = thread !== null && !mine && shared?.assignee !== id;
  return (
    <li className={styles.person} data-can={can || undefined}>
      <button
        type="button"
        className={styles.main}
        onClick={() => setTeamPanel({ tab: "activity", member: id, narrowed: false })}
      >
        <span className={styles.face}>
          <Avatar size={36} {...avatarOf(members, id, name)} />
          <PresenceDot state={state} edge />
        </span>
        <span className={styles.words}>
          <span className={styles.line}>
            <span className={styles.name}>{mine ? t("team.person.you", { who: name }) : name}</span>
            {role === "admin" ? <span className={styles.role}>{t("team.role.admin")}</span> : null}
          </span>
          <Doing person={person} here={shared?.subject ?? null} since={since} t={t} />
        </span>
        {state === "away" || state === "busy" ? (
          <span className={styles.since}>{since}</span>
        ) : null}
      </button>
      {can ? (
        <IconButton
          className={styles.hand}
          icon={UserCheck}
          label={t("team.handOver.label", { who: name })}
          onClick={() => assign.mutate(undefined)}
        />
      ) : null}
    </li>
  );
}

type DoingProps = { person: TeamMember; here: string | null; since: string | null; t: Translate };

/** What somebody is on, as far as they share it; of those who are not there, since when. */
function Doing({ person, here, since, t }: DoingProps) {
  const words = doingWords(person, here, since, t);
  if (words === "") return null;
  const replying = person.writing !== null && person.state !== "offline";
  return (
    <span className={styles.doing} data-tone={replying ? "teal" : undefined}>
      {words}
    </span>
  );
}

/** What somebody is on or since when they are gone, in words; empty where there is nothing to say. */
export function doingWords(
  { writing, viewing, state }: TeamMember,
  here: string | null,
  since: string | null,
  t: Translate,
): string {
  const what = (subject: string) => {
    if (subject === here) return t("team.person.thisThread");
    const address = /^address:(.*)$/s.exec(subject)?.[1];
    return address ?? t("team.person.aThread");
  };
  if (state === "offline") {
    if (writing !== null) return t("team.person.unsent", { what: what(writing) });
    return since === null ? t("team.person.neverHere") : t("team.person.lastHere", { when: since });
  }
  if (writing !== null) return t("team.person.replying", { what: what(writing) });
  if (viewing !== null) return t("team.person.reading", { what: what(viewing) });
  return state === "busy" ? t("team.person.busy") : "";
}
