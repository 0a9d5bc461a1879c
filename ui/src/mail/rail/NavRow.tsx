import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Tooltip } from "../../components/Tooltip.tsx";
import { useFormat } from "../../i18n/language.tsx";
import styles from "./Rail.module.css";

type Props = {
  href: string;
  /** A drawing, or whatever stands in its place, such as an account's dot. */
  icon?: LucideIcon;
  mark?: ReactNode;
  name: string;
  current: boolean;
  folded: boolean;
  count?: number;
  /** The number with its meaning: "14 unread". */
  countSaid?: string;
  alarming?: boolean;
  /** The number says how many there are, and nothing waits. */
  quiet?: boolean;
  /** Behind the name: that something is done here. */
  sign?: ReactNode;
  /** Steps of indentation; folders begin at 1. */
  depth?: number;
  /** Replaces the name in the tooltip, such as why an account is offline. */
  tooltip?: string;
};

/** One place in the rail. */
export function NavRow(props: Props) {
  const { href, icon, mark, name, current, folded, count, countSaid, depth = 0, tooltip } = props;
  const row = (
    <a
      className={styles.nav}
      href={href}
      aria-current={current ? "page" : undefined}
      data-folder={depth > 0 || undefined}
      data-pane-focus={current ? "" : undefined}
      style={depth > 0 ? { paddingInlineStart: 32 + (depth - 1) * 12 } : undefined}
    >
      {icon ? <Icon of={icon} /> : mark ? <span className={styles.markBox}>{mark}</span> : null}
      <span className={folded ? "visually-hidden" : styles.name}>{name}</span>
      {props.sign}
      {tooltip ? <span className="visually-hidden">{tooltip}</span> : null}
      {count === undefined ? null : (
        <Count
          n={count}
          said={countSaid ?? ""}
          folded={folded}
          alarming={props.alarming ?? false}
          quiet={props.quiet}
        />
      )}
    </a>
  );
  if (!folded && !tooltip) return row;
  return (
    <Tooltip label={tooltip ?? name} side="right">
      {row}
    </Tooltip>
  );
}

type CountProps = {
  n: number;
  said: string;
  folded: boolean;
  alarming: boolean;
  quiet: boolean | undefined;
};

function Count(props: CountProps) {
  const format = useFormat();
  return (
    <span
      className={styles.count}
      data-alarming={props.alarming || undefined}
      data-quiet={props.quiet || undefined}
    >
      <span className="visually-hidden">{props.said}</span>
      <span aria-hidden="true">{props.folded ? "" : format.number(props.n)}</span>
    </span>
  );
}
