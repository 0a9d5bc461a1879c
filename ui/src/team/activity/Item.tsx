import { Clock } from "lucide-react";
import type { ActivityItem, TeamOverview } from "../../api/bindings.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Icon } from "../../components/Icon.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { avatarOf } from "../people.ts";
import styles from "./Item.module.css";
import { aboutOf, actorOf, looksOf } from "./words.ts";

type Props = {
  item: ActivityItem;
  /** Nothing of that day follows. */
  last: boolean;
  overview: TeamOverview;
  /** Whom all of it is about; null: anybody. */
  about: string | null;
  onOpen: () => void;
};

/** What kind of thing it was, and whether it was refused. */
export function Picture({ item }: { item: ActivityItem }) {
  const { icon, tone } = looksOf(item);
  return (
    <span className={styles.picture} data-tone={item.rejected === null ? tone : "red"}>
      <Icon of={icon} size={14} />
    </span>
  );
}

/** One thing that was done; opens its source. */
export function Item({ item, last, overview, about: whom, onOpen }: Props) {
  const t = useT();
  const format = useFormat();
  const { members, me } = overview;
  // Alone, nothing is on its way to anybody.
  const waiting = item.waiting && overview.state !== "alone";
  const about = aboutOf(item, members, t, whom);
  return (
    <button type="button" className={styles.item} data-last={last || undefined} onClick={onOpen}>
      <Picture item={item} />
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
