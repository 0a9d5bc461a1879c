import { daysBetween, type Format } from "../i18n/format.ts";
import type { Translate } from "../i18n/language.tsx";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How long ago, as short as a table wants it: "4 s ago", "6 min ago", "Yesterday", "17 Nov". */
export const ago = (at: Date, now: Date, format: Format, t: Translate): string => {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000));
  if (seconds < 1) return t("health.now");
  if (seconds < MINUTE) return t("health.seconds", { n: seconds });
  if (seconds < HOUR) return t("health.minutes", { n: Math.floor(seconds / MINUTE) });
  const days = daysBetween(at, now);
  if (days === 0) return t("health.hours", { n: Math.floor(seconds / HOUR) });
  return days === 1 ? t("health.yesterday") : format.date(at, now);
};
