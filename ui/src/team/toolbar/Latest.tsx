import { useInfiniteQuery } from "@tanstack/react-query";
import type { ActivityItem, TeamOverview } from "../../api/bindings.ts";
import { reasonOf } from "../../api/failure.ts";
import { activityQuery } from "../../api/team.ts";
import { useNow } from "../../app/now.ts";
import { openTeamPanel } from "../../app/team-panel.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { Item, Picture } from "../activity/Item.tsx";
import { openItem } from "../activity/open-item.ts";
import { aboutOf, actorOf } from "../activity/words.ts";
import { whenWords } from "../when.ts";
import styles from "./Expanded.module.css";
import { Popover } from "./Popover.tsx";

/** Everything of this week: the newest of it stands first. */
const WEEK = activityQuery({ range: "week", kind: null, member: null, subject: null, text: null });
/** What fits a popover without scrolling far. */
const SHOWN = 6;

/** What happened last; pressed, what happened before that. */
export function Latest({ overview }: { overview: TeamOverview }) {
  const t = useT();
  const week = useInfiniteQuery(WEEK);
  const items = week.data?.pages[0]?.items.slice(0, SHOWN) ?? [];
  const [newest] = items;
  return (
    <Popover
      title={t("toolbar.lately")}
      trigger={
        <button type="button" className={styles.latest}>
          <span className="visually-hidden">{t("toolbar.lately")}: </span>
          {newest ? (
            <Newest item={newest} overview={overview} />
          ) : week.isPending ? (
            <AfterPatience>
              <Bar width={120} />
            </AfterPatience>
          ) : (
            <span className={styles.quiet}>
              {t(week.isError ? "toolbar.latelyFailed" : "team.activity.empty.week")}
            </span>
          )}
        </button>
      }
    >
      {(close) => (
        <>
          {week.isError ? (
            <div className={styles.failed}>
              <Banner
                tone="red"
                action={
                  <Button size="small" onClick={() => void week.refetch()}>
                    {t("common.tryAgain")}
                  </Button>
                }
              >
                {t("team.failed")} {reasonOf(week.error, t)}
              </Banner>
            </div>
          ) : null}
          {week.isSuccess && items.length === 0 ? (
            <p className={styles.empty}>{t("team.activity.empty.week")}</p>
          ) : null}
          <ul className={styles.items}>
            {items.map((item, index) => (
              <li key={item.id}>
                <Item
                  item={item}
                  last={index === items.length - 1}
                  overview={overview}
                  about={null}
                  onOpen={() => {
                    close();
                    openItem(item, t);
                  }}
                />
              </li>
            ))}
          </ul>
          <footer className={styles.foot}>
            <Button
              size="small"
              onClick={() => {
                close();
                openTeamPanel({ tab: "activity", member: null, narrowed: false });
              }}
            >
              {t("toolbar.allActivity")}
            </Button>
          </footer>
        </>
      )}
    </Popover>
  );
}

function Newest({ item, overview }: { item: ActivityItem; overview: TeamOverview }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const about = aboutOf(item, overview.members, t, null);
  return (
    <>
      <Picture item={item} />
      <span className={styles.latestWords}>
        <span className={styles.did}>
          {actorOf(item, overview.me, t)} {t(`team.did.${item.kind}`)}
        </span>
        <span className={styles.about}>
          {[whenWords(new Date(item.at), now, format, t), about].filter(Boolean).join(" · ")}
        </span>
      </span>
    </>
  );
}
