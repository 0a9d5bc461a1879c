import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classes } from "./classes.ts";
import { Icon } from "./Icon.tsx";
import styles from "./IconButton.module.css";
import { Tooltip } from "./Tooltip.tsx";

type Props = Omit<ComponentProps<"button">, "children" | "disabled" | "aria-label"> & {
  icon: LucideIcon;
  /** Its name: what the tooltip and a screen reader say. */
  label: string;
  keys?: string | undefined;
  iconSize?: 14 | 16 | 20;
  /** For buttons that stay on: filled ground and `aria-pressed`. */
  pressed?: boolean;
  disabledReason?: string | null | undefined;
};

/** A square button with a drawing and a name. 28 px, 36 in the one-pane layout. */
export function IconButton(props: Props) {
  const { icon, label, keys, iconSize = 16, pressed, disabledReason, className, ...native } = props;
  const disabled = typeof disabledReason === "string";
  return (
    <Tooltip label={disabled ? `${label}. ${disabledReason}` : label} keys={keys}>
      <button
        type="button"
        {...native}
        className={classes(styles.button, className)}
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={disabled || undefined}
        onClick={disabled ? (event) => event.preventDefault() : native.onClick}
      >
        <Icon of={icon} size={iconSize} />
      </button>
    </Tooltip>
  );
}
