import { Tooltip as Base } from "@base-ui/react/tooltip";
import { cloneElement, type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Kbd } from "./Kbd.tsx";
import styles from "./Tooltip.module.css";
import { type Tip, watchTips } from "./tips.ts";

type Side = "top" | "bottom" | "left" | "right";

type Props = {
  label: string;
  keys?: string | undefined;
  side?: Side;
  /** Says nothing now. */
  off?: boolean;
  /** One element. Its accessible name is its own: a tooltip only repeats it. */
  children: ReactElement;
};

/**
 * Shows a name on hover and keyboard focus. Touches nothing else: what it says must be known without it.
 *
 * Only a note on the element: every button has one, and the one tooltip of the window reads it.
 */
export function Tooltip({ label, keys, side = "bottom", off = false, children }: Props) {
  if (off) return children;
  return cloneElement(children as ReactElement<Record<string, unknown>>, {
    "data-tip": label,
    "data-tip-keys": keys,
    "data-tip-side": side,
  });
}

/** Once around the window: its one tooltip. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <Shown />
    </>
  );
}

function Shown() {
  // The last one stays while it fades.
  const [tip, setTip] = useState<Tip | null>(null);
  const [open, setOpen] = useState(false);
  useEffect(
    () =>
      watchTips((next) => {
        if (next !== null) setTip(next);
        setOpen(next !== null);
      }),
    [],
  );
  if (tip === null) return null;
  return (
    <Base.Root open={open}>
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          anchor={tip.element}
          side={tip.side}
          sideOffset={6}
        >
          <Base.Popup className={styles.popup} data-instant={tip.instant || undefined}>
            <span>{tip.label}</span>
            {tip.keys ? <Kbd keys={tip.keys} /> : null}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
