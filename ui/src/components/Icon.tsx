import type { LucideIcon } from "lucide-react";

type Props = {
  of: LucideIcon;
  /** 14 in text and chips, 16 by default, 20 in narrow headers and on the welcome page. */
  size?: 14 | 16 | 20 | 24;
  className?: string | undefined;
};

/** A lucide drawing in the product's weight. Decorative: the control around it carries the name. */
export function Icon({ of: Drawing, size = 16, className }: Props) {
  return (
    <Drawing
      size={size}
      strokeWidth={1.8}
      aria-hidden="true"
      focusable="false"
      {...(className === undefined ? {} : { className })}
      style={{ flex: "none" }}
    />
  );
}
