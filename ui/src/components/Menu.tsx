import { Menu as Base } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Icon } from "./Icon.tsx";
import { Kbd } from "./Kbd.tsx";
import styles from "./Menu.module.css";

type Choice = {
  id: string;
  label: string;
  icon?: LucideIcon | undefined;
  keys?: string | undefined;
  /** Why it cannot be chosen now; the row stays and says so. */
  disabledReason?: string | null | undefined;
  danger?: boolean;
  /** Set for choices: the chosen one carries a tick. */
  checked?: boolean;
  run: () => void;
};

/** Something that is so or not; changing it leaves the menu open. */
type Tick = Pick<Choice, "id" | "label" | "icon"> & {
  ticked: boolean;
  onTick: (ticked: boolean) => void;
};

export type MenuItem =
  | Choice
  | { id: string; separator: true }
  | { id: string; heading: string; ticks: readonly Tick[] };

type Props = {
  /** The element that opens the menu; it gets `aria-expanded` and the rest. */
  trigger: ReactElement;
  /** What stands in it; given as a function, it is asked for when the menu opens. */
  items: MenuItem[] | (() => MenuItem[]);
  align?: "start" | "center" | "end";
};

/** A menu of actions. Arrow keys, letters, Escape and returning focus come with it. */
export function Menu({ trigger, items, align = "start" }: Props) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} align={align} sideOffset={4}>
          <Base.Popup className={styles.popup}>
            <Items items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Items({ items }: Pick<Props, "items">) {
  const all = typeof items === "function" ? items() : items;
  return all.map((item) =>
    "separator" in item ? (
      <Base.Separator key={item.id} className={styles.separator} />
    ) : "heading" in item ? (
      <Ticks key={item.id} heading={item.heading} ticks={item.ticks} />
    ) : (
      <Row key={item.id} item={item} />
    ),
  );
}

function Row({ item }: { item: Choice }) {
  const choice =
    item.checked === undefined ? {} : { role: "menuitemradio", "aria-checked": item.checked };
  return (
    <Base.Item
      className={styles.item}
      data-danger={item.danger || undefined}
      disabled={typeof item.disabledReason === "string"}
      onClick={item.run}
      {...choice}
    >
      {item.icon ? <Icon of={item.icon} /> : null}
      <span className={styles.label}>{item.label}</span>
      {item.disabledReason ? <span className={styles.reason}>{item.disabledReason}</span> : null}
      {item.checked ? <Icon of={Check} size={14} /> : null}
      {item.keys ? <Kbd keys={item.keys} /> : null}
    </Base.Item>
  );
}

function Ticks({ heading, ticks }: { heading: string; ticks: readonly Tick[] }) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.heading}>{heading}</Base.GroupLabel>
      {ticks.map(({ id, label, icon, ticked, onTick }) => (
        <Base.CheckboxItem
          key={id}
          className={styles.item}
          checked={ticked}
          onCheckedChange={onTick}
          closeOnClick={false}
        >
          {icon ? <Icon of={icon} /> : null}
          <span className={styles.label}>{label}</span>
          {ticked ? <Icon of={Check} size={14} /> : null}
        </Base.CheckboxItem>
      ))}
    </Base.Group>
  );
}
