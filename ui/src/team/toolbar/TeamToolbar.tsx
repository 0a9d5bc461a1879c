import { Users } from "lucide-react";
import { type KeyboardEvent, lazy, type MouseEvent, Suspense, useEffect, useRef } from "react";
import { pressOf } from "../../actions/shortcuts.ts";
import type { TeamOverview } from "../../api/bindings.ts";
import { announce } from "../../app/announce.ts";
import {
  type Corner,
  openTeamPanel,
  setTeamPanel,
  takesFocus,
  useTeamPanel,
} from "../../app/team-panel.ts";
import { Icon } from "../../components/Icon.tsx";
import { Tooltip } from "../../components/Tooltip.tsx";
import { useT } from "../../i18n/language.tsx";
import { Badge } from "../Badge.tsx";
import { beside } from "../corners.ts";
import { useDrag } from "../drag.ts";
import styles from "./TeamToolbar.module.css";

// Small, nothing of what it shows is loaded.
const Expanded = lazy(async () => ({ default: (await import("./Expanded.tsx")).Expanded }));

type Props = {
  overview: TeamOverview | undefined;
  /** Stands above what the conversation has at its foot. */
  above: boolean;
};

/**
 * In place of the button: a glyph with the number of news (mini), which opens to a bar (expanded), which opens the sheet.
 * Each press goes one further; Escape goes back to the glyph.
 */
export function TeamToolbar({ overview, above }: Props) {
  const t = useT();
  const { corner, size } = useTeamPanel();
  const bar = useRef<HTMLElement>(null);
  const glyph = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takesFocus()) glyph.current?.focus();
  }, []);

  const move = (next: Corner) => {
    if (next === corner) return;
    setTeamPanel({ corner: next });
    announce(t(`toolbar.corner.${next}`));
  };
  const drag = useDrag(bar, corner, move);
  const fold = () => {
    glyph.current?.focus();
    setTeamPanel({ size: "mini" });
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    // Popovers hang elsewhere in the page; their keys are their own.
    if (event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
    const keys = pressOf(event.nativeEvent);
    const next = beside(corner, keys);
    if (next !== null) move(next);
    else if (keys === "Escape" && size === "expanded") fold();
    else return;
    event.preventDefault();
  };
  const click = (event: MouseEvent<HTMLElement>) => {
    if (!event.currentTarget.contains(event.target as Node) || !drag.isEnd(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const unread = overview?.unread ?? 0;
  const expanded = size === "expanded";
  return (
    <section
      ref={bar}
      className={styles.bar}
      aria-label={t("toolbar.label")}
      data-corner={corner}
      data-above={above || undefined}
      data-size={size}
      data-pane="team"
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.currentTarget.contains(event.target as Node)) drag.begin(event);
      }}
      onClickCapture={click}
    >
      <Tooltip
        label={t(expanded ? "toolbar.open" : "toolbar.expand")}
        keys={expanded ? "Mod+t" : undefined}
        side="top"
      >
        <button
          ref={glyph}
          type="button"
          className={styles.glyph}
          aria-label={unread > 0 ? t("team.button", { n: unread }) : t("team.button.none")}
          {...(expanded ? { "aria-haspopup": "dialog" } : { "aria-expanded": false })}
          onClick={() => (expanded ? openTeamPanel() : setTeamPanel({ size: "expanded" }))}
        >
          <span className={styles.disc}>
            <Icon of={Users} />
          </span>
          <Badge count={unread} className={styles.badge} />
        </button>
      </Tooltip>
      {expanded && overview ? (
        <Suspense>
          <Expanded overview={overview} onFold={fold} />
        </Suspense>
      ) : null}
    </section>
  );
}
