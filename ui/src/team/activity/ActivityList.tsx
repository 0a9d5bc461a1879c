import { useVirtualizer } from "@tanstack/react-virtual";
import { Clock } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import type { ActivityItem, TeamOverview } from "../../api/bindings.ts";
import { useForm } from "../../app/layout.ts";
import { useNow } from "../../app/now.ts";
import { goToMail } from "../../app/route.ts";
import { closeTeamPanel, setTeamPanel } from "../../app/team-panel.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Icon } from "../../components/Icon.tsx";
import { showToast } from "../../components/toasts.ts";
import { type Translate, useFormat, useT } from "../../i18n/language.tsx";
import { avatarOf } from "../people.ts";
import styles from "./ActivityTab.module.css";
import { type ActivityLine, LINE_HEIGHT, linesOf } from "./rows.ts";
import { aboutOf, actorOf, looksOf } from "./words.ts";

/** How near the end more is loaded, lines. */
const AHEAD = 12;
/** How long a hint stays, s. */
const HINT = 6;

type Props = {
  items: readonly ActivityItem[];
  overview: TeamOverview;
  /** Whom all of it is about; null: anybody. */
  about: string | null;
  /** Null while it loads or when there is no more. */
  loadMore: (() => void) | null;
  more: boolean;
};

/** The items, only those in view in the page. Older ones come while one scrolls. */
export function ActivityList({ items, overview, about, loadMore, more }: Props) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(items, more, now, t, format), [items, more, now, t, format]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => LINE_HEIGHT[lines[index]?.kind ?? "item"],
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore && lastShown >= lines.length - AHEAD) loadMore();
  }, [loadMore, lastShown, lines.length]);
  const narrow = useForm() === "one";
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.lines} style={{ blockSize: virtual.getTotalSize() }}>
        {shown.map(({ index, start, key }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <li key={key} className={styles.place} style={{ translate: `0 ${start}px` }}>
              {line.kind === "day" ? (
                <Day line={line} />
              ) : (
                <Item
                  line={line}
                  overview={overview}
                  about={about}
                  onOpen={() => open(line.item, narrow, t)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Goes to where it happened: the conversation, or the note of the customer. */
function open(item: ActivityItem, narrow: boolean, t: Translate): void {
  const { threadId, subject, subjectName } = item;
  if (threadId !== null) {
    goToMail({ thread: threadId, search: null, compose: null });
    if (narrow) closeTeamPanel();
    else setTeamPanel({ kept: null, tab: "customer" });
  } else if (subject.startsWith("thread:")) {
    showToast({ text: t("team.activity.gone"), seconds: HINT, action: null });
  } else if (!subject.startsWith("org:")) {
    const name = subjectName ?? subject.slice(subject.indexOf(":") + 1);
    setTeamPanel({ kept: { subject, name, thread: null }, tab: "customer" });
  }
}

function Day({ line }: { line: Extract<ActivityLine, { kind: "day" }> }) {
  return (
    <h3 className={styles.day}>
      <span>{line.label}</span>
      {line.count === null ? null : <span>{line.count}</span>}
    </h3>
  );
}

type ItemProps = {
  line: Extract<ActivityLine, { kind: "item" }>;
  overview: TeamOverview;
  about: string | null;
  onOpen: () => void;
};

function Item({ line, overview, about: whom, onOpen }: ItemProps) {
  const t = useT();
  const format = useFormat();
  const { item, last } = line;
  const { members, me } = overview;
  // Alone, nothing is on its way to anybody.
  const waiting = item.waiting && overview.state !== "alone";
  const { icon, tone } = looksOf(item);
  const about = aboutOf(item, members, t, whom);
  return (
    <button type="button" className={styles.item} data-last={last || undefined} onClick={onOpen}>
      <span className={styles.picture} data-tone={item.rejected === null ? tone : "red"}>
        <Icon of={icon} size={14} />
      </span>
      <span className={styles.words}>
        <span className={styles.line}>
          <span className={styles.actor}>{actorOf(item, me, t)}</span> {t(`team.did.${item.kind}`)}
        </span>
        <span className={styles.about} data-red={item.rejected !== null || undefined}>
          {item.rejected !== null
            ? t("team.activity.rejected", { why: t.said(item.rejected) })
            : waiting
              ? [t("team.activity.waiting"), about].filter(Boolean).join(" · ")
              : about}
        </span>
      </span>
      <span className={styles.end}>
        {waiting ? <Icon of={Clock} size={14} /> : null}
        {item.name === null ? null : <Avatar {...avatarOf(members, item.member, item.name)} />}
        <time className={styles.time} dateTime={item.at}>
          {format.time(new Date(item.at))}
        </time>
      </span>
    </button>
  );
}
