import { Users } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef } from "react";
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
import { beside, nearest } from "./corners.ts";
import styles from "./TeamButton.module.css";

/** A press that moves less is a click, px. */
const SLACK = 6;
/** How long it takes to its new corner, ms: the design's value. */
const MOVE = 180;

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
  const drag = useDrag(button, corner);
  useEffect(() => {
    if (takesFocus()) button.current?.focus();
  }, []);

  const move = (next: Corner) => {
    if (next === corner) return;
    setTeamPanel({ corner: next });
    announce(t(`team.corner.${next}`));
  };
  const press = (event: KeyboardEvent) => {
    const next = beside(corner, event.key);
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
        onPointerDown={(event) => drag.begin(event, move)}
        onClick={() => (drag.moved() ? undefined : openTeamPanel())}
      >
        <Icon of={Users} size={24} />
        <Badge count={unread} className={styles.badge} />
      </button>
    </Tooltip>
  );
}

/** Follows the pointer while it is pressed, and glides to the corner it is let go near. */
function useDrag(button: { current: HTMLButtonElement | null }, corner: Corner) {
  const moved = useRef(false);
  const from = useRef<DOMRect | null>(null);
  useLayoutEffect(() => {
    const element = button.current;
    const before = from.current;
    from.current = null;
    if (corner === undefined || element === null || before === null) return;
    glide(element, before);
  }, [button, corner]);

  const begin = (event: PointerEvent<HTMLButtonElement>, move: (corner: Corner) => void) => {
    moved.current = false;
    if (event.button !== 0) return;
    const element = event.currentTarget;
    const { clientX, clientY, pointerId } = event;
    // A quick hand is off the button before the first move is told.
    element.setPointerCapture?.(pointerId);
    element.onpointermove = (now) => {
      const [x, y] = [now.clientX - clientX, now.clientY - clientY];
      if (!moved.current && Math.hypot(x, y) < SLACK) return;
      moved.current = true;
      element.style.translate = `${x}px ${y}px`;
    };
    element.onpointerup = (now) => {
      if (!moved.current) return;
      from.current = element.getBoundingClientRect();
      element.style.translate = "";
      const next = nearest(now.clientX, now.clientY, window.innerWidth, window.innerHeight);
      if (next === corner) glide(element, from.current);
      move(next);
    };
    element.onpointercancel = () => {
      element.style.translate = "";
    };
    element.onlostpointercapture = () => {
      element.onpointermove = null;
      element.onpointerup = null;
    };
  };
  return { begin, moved: () => moved.current };
}

function glide(element: HTMLElement, from: DOMRect): void {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = element.getBoundingClientRect();
  element.animate?.(
    [{ translate: `${from.x - to.x}px ${from.y - to.y}px` }, { translate: "0 0" }],
    { duration: MOVE, easing: "cubic-bezier(0.3, 0, 0.1, 1)" },
  );
}
