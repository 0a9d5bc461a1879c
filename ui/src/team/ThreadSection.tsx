import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import type { TeamMember, TeamOverview, ThreadStatus, ThreadTeam } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { teamKeys, threadTeamQuery } from "../api/team.ts";
import { useCommand } from "../api/use-command.ts";
import { Avatar } from "../components/Avatar.tsx";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { Menu } from "../components/Menu.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./CustomerTab.module.css";
import { Marks } from "./marks/Marks.tsx";
import { NoteBox } from "./note/NoteBox.tsx";
import { avatarOf, memberOf } from "./people.ts";
import { whenWords } from "./when.ts";

const STATUSES: readonly ThreadStatus[] = ["open", "waiting", "done", "snoozed"];

/** The conversation as the team sees it: who looks after it, where it stands, who is on it, and its note. */
export function ThreadSection({ thread, overview }: { thread: string; overview: TeamOverview }) {
  const t = useT();
  const shared = useQuery(threadTeamQuery(thread));
  const { members, state } = overview;
  if (shared.isError) {
    return (
      <div className={styles.part}>
        <Banner tone="red">
          {t("team.failed")} {reasonOf(shared.error, t)}
        </Banner>
      </div>
    );
  }
  if (!shared.data) return null;
  return (
    <div className={styles.part}>
      <h3 className={styles.title}>{t("team.thread")}</h3>
      <div className={styles.row}>
        {state === "alone" ? null : (
          <Assignee thread={thread} shared={shared.data} overview={overview} />
        )}
        <Status thread={thread} shared={shared.data} />
      </div>
      <Others subject={shared.data.subject} overview={overview} />
      <NoteBox
        subject={shared.data.subject}
        title={t("team.note.thread")}
        label={t("team.note.thread")}
        empty={t("team.note.emptyThread")}
        members={members}
        state={state}
      />
      <Marks subject={shared.data.subject} overview={overview} />
    </div>
  );
}

type ChoiceProps = { label: string; text: string; icon?: ReactNode };

function trigger({ label, text, icon }: ChoiceProps) {
  return (
    <Button size="small">
      <span className={styles.choice}>
        <span className="visually-hidden">{label}: </span>
        {icon}
        {text}
        <Icon of={ChevronDown} size={14} className={styles.chevron} />
      </span>
    </Button>
  );
}

function Assignee(props: { thread: string; shared: ThreadTeam; overview: TeamOverview }) {
  const { thread, shared, overview } = props;
  const t = useT();
  const { members } = overview;
  const assign = useCommand({
    run: (member: string | null) => api.assignThread(thread, member),
    failureTitle: "team.thread.assignFailed",
    stale: [teamKeys.all],
  });
  const now = memberOf(members, shared.assignee);
  const label = t("team.thread.assignee");
  const active = members.filter((member) => member.active);
  return (
    <span className={styles.choice}>
      {label}
      <Menu
        trigger={trigger({
          label,
          text: now?.name ?? t("team.thread.nobody"),
          icon: now ? <Avatar size={18} {...avatarOf(members, now.id, now.name)} /> : null,
        })}
        items={[
          {
            id: "nobody",
            label: t("team.thread.nobody"),
            checked: shared.assignee === null,
            run: () => assign.mutate(null),
          },
          { id: "line", separator: true },
          ...active.map(({ id, name }) => ({
            id,
            label: id === overview.me ? t("team.person.you", { who: name }) : name,
            checked: id === shared.assignee,
            run: () => assign.mutate(id),
          })),
        ]}
      />
    </span>
  );
}

function Status({ thread, shared }: { thread: string; shared: ThreadTeam }) {
  const t = useT();
  const set = useCommand({
    run: (status: ThreadStatus) => api.setThreadStatus(thread, status),
    failureTitle: "team.thread.statusFailed",
    stale: [teamKeys.all],
  });
  const label = t("team.thread.status");
  const { status } = shared;
  return (
    <span className={styles.choice}>
      {label}
      <Menu
        trigger={trigger({
          label,
          text: status === null ? t("team.thread.noStatus") : t(`team.status.${status}`),
        })}
        items={STATUSES.map((id) => ({
          id,
          label: t(`team.status.${id}`),
          checked: id === status,
          run: () => set.mutate(id),
        }))}
      />
    </span>
  );
}

/** Colleagues who read or answer this conversation now, or left an answer unsent. */
function Others({ subject, overview }: { subject: string; overview: TeamOverview }) {
  const { members, me } = overview;
  const here = members.filter(
    ({ id, writing, viewing }) => id !== me && (writing === subject || viewing === subject),
  );
  return here.map((member) => (
    <There key={member.id} member={member} members={members} subject={subject} />
  ));
}

type ThereProps = { member: TeamMember; members: readonly TeamMember[]; subject: string };

function There({ member, members, subject }: ThereProps) {
  const t = useT();
  const format = useFormat();
  const { id, name, state, since, writing } = member;
  const unsent = writing === subject && state === "offline";
  const when = since === null ? "" : whenWords(new Date(since), new Date(), format, t);
  return (
    <p
      className={styles.there}
      data-tone={unsent ? "amber" : writing === subject ? "teal" : undefined}
    >
      <Avatar size={18} {...avatarOf(members, id, name)} />
      {unsent
        ? t("team.thread.writingOffline", { who: name, since: when })
        : t(writing === subject ? "team.thread.writing" : "team.thread.viewing", { who: name })}
    </p>
  );
}
