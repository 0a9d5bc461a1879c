import type { CustomerView } from "../api/bindings.ts";
import { daysBetween, type Format } from "../i18n/format.ts";
import type { Translate } from "../i18n/language.tsx";
import { whenWords } from "../team/when.ts";

const MINUTE = 60_000;
/** Facts older than this may have changed since: said in amber. */
const OLD = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** How old facts are, in words; `old` from a quarter of an hour on. */
export type Age = { text: string; old: boolean };

/** The age of facts: minutes, then hours, then the day and time they were true at. */
export function ageOf(
  { asOf, stale }: Pick<CustomerView, "asOf" | "stale">,
  now: Date,
  format: Format,
  t: Translate,
): Age {
  if (asOf === null) return { text: t("customer.age.never"), old: true };
  const at = new Date(asOf);
  const passed = now.getTime() - at.getTime();
  return { text: words(at, passed, now, format, t), old: passed >= OLD || stale !== "fresh" };
}

function words(at: Date, passed: number, now: Date, format: Format, t: Translate): string {
  if (passed < MINUTE) return t("customer.age.now");
  if (passed < 60 * MINUTE) {
    return t("customer.age.minutes", { n: Math.floor(passed / MINUTE) });
  }
  if (passed < DAY) return t("customer.age.hours", { n: Math.floor(passed / (60 * MINUTE)) });
  const days = daysBetween(at, now);
  const when =
    days > 1 ? `${format.date(at, now)} ${format.time(at)}` : whenWords(at, now, format, t);
  return t("customer.age.at", { when });
}
