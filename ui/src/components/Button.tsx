import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";
import { classes } from "./classes.ts";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import { Tooltip } from "./Tooltip.tsx";

type Props = Omit<ComponentProps<"button">, "disabled"> & {
  variant?: "secondary" | "primary" | "ghost" | "danger";
  size?: "small" | "normal" | "large";
  icon?: LucideIcon;
  /** Key caps at the end. */
  keys?: string;
  /** Why it cannot be pressed now. The button stays in the focus order and says so. */
  disabledReason?: string | null | undefined;
  children: ReactNode;
};

export function Button(props: Props) {
  const { variant = "secondary", size = "normal", icon, keys, disabledReason, ...rest } = props;
  const { children, className, onClick, ...native } = rest;
  const disabled = typeof disabledReason === "string";
  return (
    <Tooltip label={disabledReason ?? ""} off={!disabled}>
      <button
        type="button"
        {...native}
        className={classes(styles.button, className)}
        data-variant={variant}
        data-size={size}
        aria-disabled={disabled || undefined}
        onClick={disabled ? (event) => event.preventDefault() : onClick}
      >
        {icon ? <Icon of={icon} size={size === "small" ? 14 : 16} /> : null}
        <span className={styles.label}>{children}</span>
        {keys ? <Kbd keys={keys} /> : null}
      </button>
    </Tooltip>
  );
}
