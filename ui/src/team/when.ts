import { daysBetween, type Format } from "../i18n/format.ts";
import type { Translate } from "../i18n/language.tsx";

/** A moment within a sentence: 10:42 today, yesterday 10:42, 17 Nov 10:42. */
export function whenWords(at: Date, now: Date, format: Format, t: Translate): string {
  const time = format.time(at);
  const days = daysBetween(at, now);
  if (days <= 0) return time;
  if (days === 1) return `${t("common.yesterday").toLocaleLowerCase()} ${time}`;
  return `${format.date(at, now)} ${time}`;
}
