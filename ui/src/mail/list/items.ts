import type { ThreadRow } from "../../api/bindings.ts";
import { daysBetween, type Format } from "../../i18n/format.ts";
import type { Translate } from "../../i18n/language.tsx";

/** One line of the list: a day's name or a thread. */
export type Item =
  | { kind: "day"; key: string; label: string }
  | { kind: "thread"; key: string; row: ThreadRow /** From 1, among threads. */; position: number };

/** The name of the group a moment belongs to: a day within this week, then months. */
export function dayLabel(at: Date, now: Date, t: Translate, format: Format): string {
  const days = daysBetween(at, now);
  if (days <= 0) return t("common.today");
  if (days === 1) return t("common.yesterday");
  return capital(days < 7 ? format.weekday(at) : format.month(at, now));
}

/** Slovenian writes days and months small; a heading begins with a capital. */
function capital(word: string): string {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}

/** Rows as they come, without headings. */
export function plainItemsOf(rows: readonly ThreadRow[]): Item[] {
  return rows.map((row, index) => ({ kind: "thread", key: row.id, row, position: index + 1 }));
}

/** Rows with their headings, in the order of the rows. */
export function itemsOf(
  rows: readonly ThreadRow[],
  now: Date,
  t: Translate,
  format: Format,
): Item[] {
  const items: Item[] = [];
  let last = "";
  for (const [index, row] of rows.entries()) {
    const label = dayLabel(new Date(row.date), now, t, format);
    if (label !== last) {
      items.push({ kind: "day", key: `day:${label}`, label });
      last = label;
    }
    items.push({ kind: "thread", key: row.id, row, position: index + 1 });
  }
  return items;
}

/** Height of a heading, px. */
export const DAY = 28;

/** Where each item begins, and at the end where the list ends: the rows need no measuring. */
export function offsetsOf(items: readonly Item[], threadHeight: number): number[] {
  const offsets = [0];
  let top = 0;
  for (const item of items) {
    top += item.kind === "day" ? DAY : threadHeight;
    offsets.push(top);
  }
  return offsets;
}

/** Heights of a thread row, px, as `--h-thread` says them. */
export function threadHeight(onePane: boolean, compact: boolean): number {
  if (compact) return onePane ? 52 : 48;
  return onePane ? 72 : 70;
}
