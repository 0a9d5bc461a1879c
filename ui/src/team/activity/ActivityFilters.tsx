import { Building2, ListFilter, Search, User } from "lucide-react";
import { useId } from "react";
import type { ActivityKind, ActivityRange, TeamOverview } from "../../api/bindings.ts";
import { setTeamPanel, useTeamPanel } from "../../app/team-panel.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/Menu.tsx";
import { useT } from "../../i18n/language.tsx";
import { memberOf } from "../people.ts";
import type { Meant } from "../subject.ts";
import styles from "./ActivityTab.module.css";
import { KINDS, LOOKS } from "./words.ts";

export type Filters = { range: ActivityRange; kind: ActivityKind | null; text: string };

const RANGES: readonly ActivityRange[] = ["today", "week", "month", "all"];

type Props = {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
  overview: TeamOverview;
  meant: Meant;
};

/** Which time, type, person and customer, and a search. Every choice acts at once. */
export function ActivityFilters({ filters, onChange, overview, meant }: Props) {
  const t = useT();
  const panel = useTeamPanel();
  const { kind } = filters;
  const { members } = overview;
  const someone = memberOf(members, panel.member);
  return (
    <div className={styles.filters}>
      <div className={styles.filterRow}>
        <Range range={filters.range} onChange={(range) => onChange({ range })} />
        <span className={styles.space} />
        <Menu
          align="end"
          trigger={
            <Button size="small" variant="ghost" icon={ListFilter}>
              {kind === null ? t("team.activity.allKinds") : t(`team.kind.${kind}`)}
            </Button>
          }
          items={[
            {
              id: "all",
              label: t("team.activity.allKinds"),
              checked: kind === null,
              run: () => onChange({ kind: null }),
            },
            { id: "line", separator: true },
            ...KINDS.map((id) => ({
              id,
              label: t(`team.kind.${id}`),
              icon: LOOKS[id].icon,
              checked: id === kind,
              run: () => onChange({ kind: id }),
            })),
          ]}
        />
      </div>
      <div className={styles.filterRow}>
        <label className={styles.search}>
          <Icon of={Search} size={14} />
          <input
            type="search"
            aria-label={t("team.activity.search")}
            placeholder={t("team.activity.search")}
            value={filters.text}
            onChange={(event) => onChange({ text: event.currentTarget.value })}
          />
        </label>
        {members.length > 1 ? (
          <Menu
            align="end"
            trigger={
              <Button size="small" variant="ghost" icon={User}>
                {someone?.name ?? t("team.activity.everyone")}
              </Button>
            }
            items={[
              {
                id: "all",
                label: t("team.activity.everyone"),
                checked: panel.member === null,
                run: () => setTeamPanel({ member: null }),
              },
              { id: "line", separator: true },
              ...members.map(({ id, name }) => ({
                id,
                label: id === overview.me ? t("team.person.you", { who: name }) : name,
                checked: id === panel.member,
                run: () => setTeamPanel({ member: id }),
              })),
            ]}
          />
        ) : null}
        {meant.subject === null ? null : (
          <Menu
            align="end"
            trigger={
              <Button size="small" variant="ghost" icon={Building2} className={styles.scope}>
                {panel.narrowed
                  ? t("team.activity.here", { who: meant.name })
                  : t("team.activity.everywhere")}
              </Button>
            }
            items={[
              {
                id: "here",
                label: t("team.activity.here", { who: meant.name }),
                checked: panel.narrowed,
                run: () => setTeamPanel({ narrowed: true }),
              },
              {
                id: "everywhere",
                label: t("team.activity.everywhere"),
                checked: !panel.narrowed,
                run: () => setTeamPanel({ narrowed: false }),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Range(props: { range: ActivityRange; onChange: (range: ActivityRange) => void }) {
  const t = useT();
  const name = useId();
  return (
    <div className={styles.segments} role="radiogroup" aria-label={t("team.activity.range")}>
      {RANGES.map((range) => (
        <label key={range} className={styles.segment}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            checked={range === props.range}
            onChange={() => props.onChange(range)}
          />
          {t(`team.activity.${range}`)}
        </label>
      ))}
    </div>
  );
}
