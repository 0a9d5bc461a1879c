import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Banner.module.css";
import { Icon } from "./Icon.tsx";

type Props = {
  tone: "red" | "amber" | "blue";
  /** What happened and what is safe. */
  children: ReactNode;
  /** What to do: one button. */
  action?: ReactNode;
};

const DRAWING = { red: CircleAlert, amber: TriangleAlert, blue: Info };

/** A bar that says what happened. Red ones are announced at once, the others when there is a pause. */
export function Banner({ tone, children, action }: Props) {
  return (
    <div className={styles.banner} data-tone={tone} role={tone === "red" ? "alert" : "status"}>
      <Icon of={DRAWING[tone]} />
      <div className={styles.words} data-selectable>
        {children}
      </div>
      {action}
    </div>
  );
}
