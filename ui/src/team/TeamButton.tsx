import { Users } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { pressOf } from "../actions/shortcuts.ts";
import { announce } from "../app/announce.ts";
import {
  type Corner,
  openTeamPanel,
  setTeamPanel,
  takesFocus,
  useTeamPanel,
} from "../app/team-panel.ts";
import { Icon } from "../components/Icon.tsx";
import { Tooltip } from "../components/Tooltip.tsx";
import { useT } from "../i18n/language.tsx";
import { Badge } from "./Badge.tsx";
import { beside } from "./corners.ts";
import { useDrag } from "./drag.ts";
import styles from "./TeamButton.module.css";

type Props = {
  unread: number;
  /** Stands above what the conversation has at its foot. */
  above: boolean;
};

/** The floating button: opens the sheet, wears the number of news, and moves to any corner. */
export function TeamButton({ unread, above }: Props) {
  const t = useT();
  const { corner } = useTeamPanel();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takesFocus()) button.current?.focus();
  }, []);

  const move = (next: Corner) => {
    if (next === corner) return;
    setTeamPanel({ corner: next });
    announce(t(`team.corner.${next}`));
  };
  const drag = useDrag(button, corner, move);
  const press = (event: KeyboardEvent) => {
    const next = beside(corner, pressOf(event.nativeEvent));
    if (next === null) return;
    event.preventDefault();
    move(next);
  };
  return (
    <Tooltip label={t("team.title")} keys="Mod+t" side="left">
      <button
        ref={button}
        type="button"
        className={styles.button}
        data-corner={corner}
        data-above={above || undefined}
        data-pane="team"
        aria-label={unread > 0 ? t("team.button", { n: unread }) : t("team.button.none")}
        aria-haspopup="dialog"
        onKeyDown={press}
        onPointerDown={drag.begin}
        onClick={(event) => (drag.isEnd(event) ? undefined : openTeamPanel())}
      >
        <Icon of={Users} size={24} />
        <Badge count={unread} className={styles.badge} />
      </button>
    </Tooltip>
  );
}
