import { useQuery } from "@tanstack/react-query";
import type { TeamMember, TeamOverview, TeamPresence } from "../../api/bindings.ts";
import { threadTeamQuery } from "../../api/team.ts";
import { useForm } from "../../app/layout.ts";
import { useNow } from "../../app/now.ts";
import { openTeamPanel } from "../../app/team-panel.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Button } from "../../components/Button.tsx";
import { Dot } from "../../components/Dot.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { LiveBadge, linkWords } from "../LiveBadge.tsx";
import { PresenceDot } from "../people/PresenceDot.tsx";
import { doingWords } from "../people/TeamTab.tsx";
import { avatarOf } from "../people.ts";
import type { Meant } from "../subject.ts";
import { whenWords } from "../when.ts";
import styles from "./Expanded.module.css";
import { Popover } from "./Popover.tsx";

/** Who is there stands before who is not. */
const ORDER: readonly TeamPresence[] = ["online", "busy", "away", "offline"];
/** Faces in the bar; the others are a number. */
const FACES = { wide: 4, narrow: 2 } as const;

type Props = { overview: TeamOverview; meant: Meant };

/** Faces of who is online; pressed, everyone with what they are on. */
export function Online({ overview, meant }: Props) {
  const t = useT();
  const format = useFormat();
  const most = useForm() === "one" ? FACES.narrow : FACES.wide;
  const { members, me, state } = overview;
  const active = members.filter((member) => member.active);
  const online = active.filter((member) => member.state === "online" || member.state === "busy");
  // One's own face says nothing new.
  const others = online.filter((member) => member.id !== me);
  const faces = others.slice(0, others.length > most ? most - 1 : most);
  const more = others.length - faces.length;
  const label =
    state === "live" ? t("toolbar.online", { n: others.length }) : linkWords(overview, t, format);
  const people = ORDER.flatMap((group) => active.filter((member) => member.state === group));
  return (
    <Popover
      title={t("toolbar.people")}
      beside={<LiveBadge overview={overview} />}
      trigger={
        <button type="button" className={styles.faces} title={label}>
          {others.length > 0 ? <span className="visually-hidden">{label}</span> : null}
          {state === "live" ? null : (
            <span className={styles.link}>
              <Dot state={state === "alone" ? "offline" : state} />
            </span>
          )}
          {faces.map(({ id, name }) => (
            <span key={id} className={styles.face}>
              <Avatar size={24} {...avatarOf(members, id, name)} />
            </span>
          ))}
          {more > 0 ? (
            <span className={styles.more} aria-hidden="true">
              +{more}
            </span>
          ) : null}
          {others.length === 0 ? <span className={styles.nobody}>{label}</span> : null}
        </button>
      }
    >
      {(close) => (
        <>
          <ul className={styles.people} data-stale={state === "live" ? undefined : ""}>
            {people.map((person) => (
              <Person
                key={person.id}
                person={person}
                overview={overview}
                thread={meant.thread}
                onOpen={() => {
                  close();
                  openTeamPanel({ tab: "activity", member: person.id, narrowed: false });
                }}
              />
            ))}
          </ul>
          <footer className={styles.foot}>
            <Button
              size="small"
              onClick={() => {
                close();
                openTeamPanel({ tab: "team" });
              }}
            >
              {t("toolbar.allPeople")}
            </Button>
          </footer>
        </>
      )}
    </Popover>
  );
}

type PersonProps = {
  person: TeamMember;
  overview: TeamOverview;
  thread: string | null;
  onOpen: () => void;
};

function Person({ person, overview, thread, onOpen }: PersonProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { data: shared } = useQuery({
    ...threadTeamQuery(thread ?? ""),
    enabled: thread !== null,
  });
  const { id, name, state } = person;
  const since = person.since === null ? null : whenWords(new Date(person.since), now, format, t);
  const doing = doingWords(person, shared?.subject ?? null, since, t);
  return (
    <li>
      <button type="button" className={styles.person} onClick={onOpen}>
        <span className={styles.personFace}>
          <Avatar size={32} {...avatarOf(overview.members, id, name)} />
          <PresenceDot state={state} edge />
        </span>
        <span className={styles.personWords}>
          <span className={styles.personName}>
            {id === overview.me ? t("team.person.you", { who: name }) : name}
          </span>
          <span className={styles.doing}>
            {[t(`team.presence.${state}`), doing].filter(Boolean).join(" · ")}
          </span>
        </span>
      </button>
    </li>
  );
}
