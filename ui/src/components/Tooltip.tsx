import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "./Kbd.tsx";
import styles from "./Tooltip.module.css";

type Props = {
  label: ReactNode;
  keys?: string | undefined;
  side?: "top" | "bottom" | "left" | "right";
  /** Says nothing now, and keeps its element in place for when it does. */
  off?: boolean;
  /** One element that takes a ref and props. Its accessible name is its own: a tooltip only repeats it. */
  children: ReactElement;
};

/** Shows a name on hover and keyboard focus. Touches nothing else: what it says must be known without it. */
export function Tooltip({ label, keys, side = "bottom", off = false, children }: Props) {
  return (
    <Base.Root disabled={off}>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} sideOffset={6}>
          <Base.Popup className={styles.popup}>
            <span>{label}</span>
            {keys ? <Kbd keys={keys} /> : null}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Once around the window: tooltips after the first one come without waiting. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return <Base.Provider delay={500}>{children}</Base.Provider>;
}
