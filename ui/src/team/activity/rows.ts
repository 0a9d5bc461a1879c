import type { ActivityItem } from "../../api/bindings.ts";
import { daysBetween, type Format } from "../../i18n/format.ts";
import type { Translate } from "../../i18n/language.tsx";

/** A line of the activity: a day's name or something that happened. */
export type ActivityLine =
  | {
      kind: "day";
      key: string;
      label: string /** Null while more of that day may come. */;
      count: number | null;
    }
  | {
      kind: "item";
      key: string;
      item: ActivityItem /** Nothing of that day follows. */;
      last: boolean;
    };

/** Heights, px, as the design says. */
export const LINE_HEIGHT = { day: 30, item: 52 } as const;

/** Items with the days they belong to, in the order of the items. `more`: older ones are not loaded yet. */
export function linesOf(
  items: readonly ActivityItem[],
  more: boolean,
  now: Date,
  t: Translate,
  format: Format,
): ActivityLine[] {
  const days: { label: string; items: ActivityItem[] }[] = [];
  for (const item of items) {
    const label = dayName(new Date(item.at), now, t, format);
    const day = days.at(-1);
    if (day?.label === label) day.items.push(item);
    else days.push({ label, items: [item] });
  }
  return days.flatMap((day, index): ActivityLine[] => [
    {
      kind: "day",
      key: `day ${day.label} ${day.items[0]?.id}`,
      label: day.label,
      count: more && index === days.length - 1 ? null : day.items.length,
    },
    ...day.items.map(
      (item, at): ActivityLine => ({
        kind: "item",
        key: item.id,
        item,
        last: at === day.items.length - 1,
      }),
    ),
  ]);
}

function dayName(at: Date, now: Date, t: Translate, format: Format): string {
  const days = daysBetween(at, now);
  if (days <= 0) return t("common.today");
  if (days === 1) return t("common.yesterday");
  const name = format.day(at);
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}
