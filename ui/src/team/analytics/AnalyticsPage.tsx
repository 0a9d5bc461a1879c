import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { MemberWork, TeamAnalytics, TeamOverview } from "../../api/bindings.ts";
import { reasonOf } from "../../api/failure.ts";
import { teamAnalyticsQuery, teamOverviewQuery } from "../../api/team.ts";
import { MenuButton } from "../../app/MenuButton.tsx";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import cards from "../../components/Card.module.css";
import { Card, ChartCard } from "../../components/Card.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/Menu.tsx";
import frame from "../../components/Page.module.css";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { LiveBadge, linkWords } from "../LiveBadge.tsx";
import styles from "./AnalyticsPage.module.css";
import { MemberTable } from "./MemberTable.tsx";
import { type Metric, type Series, seriesOf } from "./series.ts";
import { Counted, Shared } from "./Told.tsx";
import { useWords } from "./use-words.ts";
import { WeekChart } from "./WeekChart.tsx";
import { WeekTable } from "./WeekTable.tsx";

const RANGES = [4, 12, 26, 52] as const;
type Range = (typeof RANGES)[number];
const METRICS: readonly Metric[] = ["notes", "replies", "response"];

/** How the team's weeks went, what is counted, and what is shared about the person. */
export function AnalyticsPage() {
  const t = useT();
  const [weeks, setWeeks] = useState<Range>(12);
  const overview = useQuery(teamOverviewQuery);
  const analytics = useQuery({ ...teamAnalyticsQuery(weeks), placeholderData: keepPreviousData });
  const failed = [overview, analytics].find(({ isError }) => isError);
  return (
    <div className={`${frame.page} ${styles.page}`}>
      <header className={frame.header}>
        <MenuButton />
        <h1 className={frame.title}>{t("analytics.title")}</h1>
        {overview.data ? <LiveBadge overview={overview.data} /> : null}
        <span className={styles.space} />
        <RangeMenu range={weeks} onChange={setWeeks} />
      </header>
      <div className={frame.content} aria-busy={analytics.isPlaceholderData || undefined}>
        {failed ? (
          <Banner
            tone="red"
            action={
              <Button
                size="small"
                onClick={() => {
                  void overview.refetch();
                  void analytics.refetch();
                }}
              >
                {t("common.tryAgain")}
              </Button>
            }
          >
            {t("analytics.failed")} {reasonOf(failed.error, t)}
          </Banner>
        ) : null}
        {overview.data && analytics.data ? (
          <Numbers
            overview={overview.data}
            analytics={analytics.data}
            onYear={weeks < 52 ? () => setWeeks(52) : null}
          />
        ) : failed ? null : (
          <AfterPatience>
            <Skeleton />
          </AfterPatience>
        )}
      </div>
    </div>
  );
}

type NumbersProps = {
  overview: TeamOverview;
  analytics: TeamAnalytics;
  /** Shows a year; null where it does. */
  onYear: (() => void) | null;
};

function Numbers({ overview, analytics, onYear }: NumbersProps) {
  const t = useT();
  const [whose, setWhose] = useState<string | null>(null);
  const series = seriesOf(analytics, overview, t);
  const chosen = series.find(({ id }) => id !== null && id === whose);
  const shown = chosen ? [chosen] : series;
  const whole = chosen?.work ?? analytics.team;
  const { notes, replies } = analytics.team.total;
  const empty = notes + replies === 0;
  return (
    <>
      <State overview={overview} />
      {empty ? (
        <div className={styles.empty}>
          <p>{t("analytics.empty")}</p>
          {onYear ? <Button onClick={onYear}>{t("analytics.empty.longer")}</Button> : null}
        </div>
      ) : (
        <>
          <div className={styles.summary}>
            <Figures whole={whole} />
            {series.length > 1 ? (
              <Whose series={series} chosen={chosen ?? null} onChange={setWhose} />
            ) : null}
          </div>
          <div className={styles.charts}>
            {METRICS.map((metric) => (
              <Weeks
                key={metric}
                metric={metric}
                analytics={analytics}
                series={shown}
                whole={whole}
              />
            ))}
            <Card title={t("analytics.members")}>
              <MemberTable series={series} team={analytics.team} />
            </Card>
          </div>
        </>
      )}
      <div className={styles.told}>
        <Counted analytics={analytics} />
        <Shared analytics={analytics} overview={overview} />
      </div>
    </>
  );
}

/** What the numbers cannot know now. */
function State({ overview }: { overview: TeamOverview }) {
  const t = useT();
  const format = useFormat();
  if (overview.state === "alone") {
    return (
      <div className={styles.state}>
        <Banner tone="blue">{t("analytics.alone")}</Banner>
      </div>
    );
  }
  if (overview.state === "live") return null;
  return (
    <div className={styles.state}>
      <Banner tone="amber">{t("analytics.away", { link: linkWords(overview, t, format) })}</Banner>
    </div>
  );
}

function Figures({ whole }: { whole: MemberWork }) {
  const t = useT();
  const words = useWords();
  const { total } = whole;
  const figures = [
    ["notes", t("analytics.value.notes", { n: total.notes })],
    ["replies", t("analytics.value.replies", { n: total.replies })],
    ["response", t("analytics.response.median")],
  ] as const;
  return (
    <dl className={styles.figures}>
      {figures.map(([metric, label]) => (
        <div key={metric} className={styles.figure}>
          <dt>{metric === "response" ? label : t(`analytics.${metric}`)}</dt>
          <dd>{words.cell(total, metric)}</dd>
        </div>
      ))}
    </dl>
  );
}

type WeeksProps = {
  metric: Metric;
  analytics: TeamAnalytics;
  series: readonly Series[];
  whole: MemberWork;
};

function Weeks({ metric, analytics, series, whole }: WeeksProps) {
  const t = useT();
  const label = t(`analytics.perWeek.${metric}`);
  const props = { metric, label, weeks: analytics.weeks, series, whole };
  return (
    <ChartCard title={label} chart={<WeekChart {...props} />} table={<WeekTable {...props} />} />
  );
}

function RangeMenu({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const t = useT();
  return (
    <Menu
      align="end"
      trigger={
        <Button>
          <span className={styles.choice}>
            <span className="visually-hidden">{t("analytics.range")} </span>
            {t(`analytics.range.${range}`)}
            <Icon of={ChevronDown} size={14} />
          </span>
        </Button>
      }
      items={RANGES.map((value) => ({
        id: String(value),
        label: t(`analytics.range.${value}`),
        checked: value === range,
        run: () => onChange(value),
      }))}
    />
  );
}

type WhoseProps = {
  series: readonly Series[];
  chosen: Series | null;
  onChange: (id: string | null) => void;
};

function Whose({ series, chosen, onChange }: WhoseProps) {
  const t = useT();
  return (
    <Menu
      align="end"
      trigger={
        <Button>
          <span className={styles.choice}>
            <span className="visually-hidden">{t("analytics.whose")} </span>
            {chosen?.name ?? t("analytics.everyone")}
            <Icon of={ChevronDown} size={14} />
          </span>
        </Button>
      }
      items={[
        {
          id: "all",
          label: t("analytics.everyone"),
          checked: chosen === null,
          run: () => onChange(null),
        },
        { id: "line", separator: true },
        ...series.flatMap(({ id, name }) =>
          id === null
            ? []
            : [{ id, label: name, checked: id === chosen?.id, run: () => onChange(id) }],
        ),
      ]}
    />
  );
}

function Skeleton() {
  const t = useT();
  return (
    <div className={styles.charts} role="status" aria-label={t("common.loading")}>
      {METRICS.map((metric) => (
        <div key={metric} className={cards.card}>
          <Bar width="40%" />
          <div className={styles.blank} />
          <Bar width="60%" />
        </div>
      ))}
    </div>
  );
}
