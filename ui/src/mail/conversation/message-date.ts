import { daysBetween, type Format } from "../../i18n/format.ts";
import type { Translate } from "../../i18n/language.tsx";

/** When a collapsed message came: the time today, else the day. */
export const shortDate = (iso: string, now: Date, format: Format): string => {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return daysBetween(at, now) === 0 ? format.time(at) : format.date(at, now);
};

/** When an open message came: "Today 09:42", "Yesterday 17:40", "12 Nov, 08:15". */
export const longDate = (iso: string, now: Date, format: Format, t: Translate): string => {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const time = format.time(at);
  const days = daysBetween(at, now);
  if (days === 0) return t("conversation.todayAt", { time });
  if (days === 1) return t("conversation.yesterdayAt", { time });
  return t("conversation.dateAt", { date: format.date(at, now), time });
};

/** Date and time in full, empty for a date no one can read. */
export const fullDate = (iso: string, format: Format): string => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "" : format.full(at);
};
