import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { ActivityRange, ActivityStats, TeamOverview } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { reasonOf } from "../../api/failure.ts";
import { activityQuery, teamKeys } from "../../api/team.ts";
import { announce } from "../../app/announce.ts";
import { setTeamPanel, useTeamPanel } from "../../app/team-panel.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useT } from "../../i18n/language.tsx";
import { useDebounced } from "../../mail/search/use-debounced.ts";
import type { Meant } from "../subject.ts";
import { ActivityFilters, type Filters } from "./ActivityFilters.tsx";
import { ActivityList } from "./ActivityList.tsx";
import styles from "./ActivityTab.module.css";
import { LogLine } from "./LogLine.tsx";

/** While someone types nothing is asked, ms. */
const TYPING = 150;

/** What happened: numbers, what to look at, and the items themselves, the newest first. */
export function ActivityTab({ overview, meant }: { overview: TeamOverview; meant: Meant }) {
  const t = useT();
  const { narrowed, member } = useTeamPanel();
  const [filters, setFilters] = useState<Filters>({ range: "week", kind: null, text: "" });
  const text = useDebounced(filters.text.trim(), TYPING);
  const subject = narrowed ? meant.subject : null;
  const { range, kind } = filters;
  const activity = useInfiniteQuery({
    ...activityQuery({ range, kind, member, subject, text: text === "" ? null : text }),
    placeholderData: keepPreviousData,
  });
  const pages = activity.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  useSeen(overview.unread, subject === null);
  useAnnouncedCount(
    activity.isSuccess && !activity.isPlaceholderData ? items.length : null,
    activity.hasNextPage,
  );
  const filtered = kind !== null || member !== null || text !== "";
  const clear = () => {
    setFilters({ range, kind: null, text: "" });
    setTeamPanel({ member: null });
  };
  return (
    <div className={styles.tab}>
      <Stats stats={pages?.[0]?.stats} />
      <ActivityFilters
        filters={filters}
        onChange={(change) => setFilters({ ...filters, ...change })}
        overview={overview}
        meant={meant}
      />
      {subject !== null && overview.unread > 0 ? (
        <div className={styles.elsewhere}>
          <span>{t("team.activity.elsewhere", { n: overview.unread })}</span>
          <Button size="small" onClick={() => setTeamPanel({ narrowed: false })}>
            {t("team.activity.everywhere")}
          </Button>
        </div>
      ) : null}
      <Answer activity={activity}>
        {items.length === 0 ? (
          <Empty
            range={range}
            filtered={filtered}
            onRange={(next) => setFilters({ ...filters, range: next })}
            onClear={clear}
          />
        ) : (
          <ActivityList
            items={items}
            overview={overview}
            about={subject}
            loadMore={
              activity.hasNextPage && !activity.isFetchingNextPage
                ? () => void activity.fetchNextPage()
                : null
            }
            more={activity.hasNextPage}
          />
        )}
      </Answer>
      <footer className={styles.foot}>
        <LogLine meant={meant} state={overview.state} />
      </footer>
    </div>
  );
}

type AnswerProps = {
  activity: Pick<
    ReturnType<typeof useInfiniteQuery>,
    "isError" | "isPending" | "error" | "refetch"
  >;
  children: ReactNode;
};

/** The answer, or what stands in its place until it is there. */
function Answer({ activity, children }: AnswerProps) {
  const t = useT();
  if (activity.isPending) {
    return (
      <AfterPatience>
        <Skeleton />
      </AfterPatience>
    );
  }
  if (!activity.isError) return children;
  return (
    <div className={styles.failed}>
      <Banner
        tone="red"
        action={
          <Button size="small" onClick={() => void activity.refetch()}>
            {t("common.tryAgain")}
          </Button>
        }
      >
        {t("team.failed")} {reasonOf(activity.error, t)}
      </Banner>
    </div>
  );
}

/** Seeing everything takes the number off the button. */
function useSeen(unread: number, everything: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!everything || unread === 0) return;
    api.markTeamSeen().then(
      () => client.invalidateQueries({ queryKey: teamKeys.overview }),
      // The number stays, which is what is true.
      () => undefined,
    );
  }, [client, everything, unread]);
}

/** Says how many there are whenever the answer is another one. */
function useAnnouncedCount(count: number | null, more: boolean): void {
  const t = useT();
  const [first, setFirst] = useState(true);
  useEffect(() => {
    if (count === null) return;
    if (first) setFirst(false);
    else
      announce(
        more ? t("team.activity.itemsMore", { n: count }) : t("team.activity.items", { n: count }),
      );
  }, [count, more, first, t]);
}

function Stats({ stats }: { stats: ActivityStats | undefined }) {
  const t = useT();
  const { notes = 0, replies = 0, assigned = 0, done = 0 } = stats ?? {};
  const figures = [
    [notes, t("team.activity.notes", { n: notes })],
    [replies, t("team.activity.replies", { n: replies })],
    [assigned, t("team.activity.assigned")],
    [done, t("team.activity.done")],
  ] as const;
  return (
    <dl className={styles.stats}>
      {figures.map(([figure, words]) => (
        <div key={words} className={styles.stat}>
          <dt>{words}</dt>
          <dd>{stats === undefined ? "–" : figure}</dd>
        </div>
      ))}
    </dl>
  );
}

const WIDER: Readonly<Record<ActivityRange, Exclude<ActivityRange, "today"> | null>> = {
  today: "week",
  week: "month",
  month: "all",
  all: null,
};

function Empty(props: {
  range: ActivityRange;
  filtered: boolean;
  onRange: (range: ActivityRange) => void;
  onClear: () => void;
}) {
  const { range, filtered, onRange, onClear } = props;
  const t = useT();
  const wider = WIDER[range];
  return (
    <div className={styles.empty}>
      <p>{t(filtered ? "team.activity.empty.filtered" : `team.activity.empty.${range}`)}</p>
      {filtered ? (
        <Button onClick={onClear}>{t("team.activity.clear")}</Button>
      ) : wider ? (
        <Button onClick={() => onRange(wider)}>{t(`team.activity.show.${wider}`)}</Button>
      ) : null}
    </div>
  );
}

function Skeleton() {
  const t = useT();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      {[64, 48, 56, 40].map((width) => (
        <div key={width} className={styles.skeletonRow}>
          <Bar width={26} />
          <Bar width={`${width}%`} />
        </div>
      ))}
    </div>
  );
}
