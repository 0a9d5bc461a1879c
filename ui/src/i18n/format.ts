import { GROUPED } from "./message.ts";

/** Writes dates, numbers and sizes the way one locale does. */
export type Format = {
  /** 09:42 */
  time(at: Date): string;
  /** 12 Nov; with the year when it is another one. */
  date(at: Date, now: Date): string;
  /** What a list row shows: the time today and yesterday and in this week, else the date. */
  moment(at: Date, now: Date): string;
  /** Date and time in full, for tooltips and headers. */
  full(at: Date): string;
  /** Thursday */
  weekday(at: Date): string;
  /** Tuesday 17 November */
  day(at: Date): string;
  /** November, or November 2025 in another year. */
  month(at: Date, now: Date): string;
  /** Nov, or Nov 25 in another year: under the bars of a chart. */
  shortMonth(at: Date, now: Date): string;
  number(value: number): string;
  /** 41 % from 0.41, rounded down: 100 % is said only when it is true. */
  percent(share: number): string;
  /** 184 kB, 2.4 MB; decimal units, as file managers show them. */
  bytes(size: number): string;
  /** 1.240,50 € in Slovenian, €1,240.50 in English; a currency nobody knows stands behind in letters. */
  money(amount: number, currency: string): string;
};

/** Whole local days between two moments; 0 is the same day, 1 yesterday. */
export function daysBetween(earlier: Date, later: Date): number {
  const start = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((start(later) - start(earlier)) / 86_400_000);
}

const CENTS = { minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;

/** A day without a time, `2026-11-19`, as the local day it names; null when it is none. */
export function dayOf(text: string | null): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? "") ?? [];
  if (day === undefined) return null;
  return new Date(Number(year), Number(month) - 1, Number(day));
}

export function formatFor(locale: string): Format {
  const make = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (at: Date) => format.format(at);
  };
  const time = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = make({ day: "numeric", month: "short" });
  const dayAndYear = make({ day: "numeric", month: "short", year: "numeric" });
  const month = make({ month: "long" });
  const monthAndYear = make({ month: "long", year: "numeric" });
  const shortMonth = make({ month: "short" });
  const shortMonthAndYear = make({ month: "short", year: "2-digit" });
  const number = new Intl.NumberFormat(locale, GROUPED);
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const currencies = new Map<string, Intl.NumberFormat>();
  const moneyIn = (currency: string): Intl.NumberFormat => {
    const known = /^[A-Z]{3}$/.test(currency) ? { style: "currency" as const, currency } : CENTS;
    const found =
      currencies.get(currency) ?? new Intl.NumberFormat(locale, { ...known, ...GROUPED });
    currencies.set(currency, found);
    return found;
  };
  const thisYear = (at: Date, now: Date) => at.getFullYear() === now.getFullYear();
  const date = (at: Date, now: Date) => (thisYear(at, now) ? day(at) : dayAndYear(at));

  return {
    time,
    date,
    moment: (at, now) => (daysBetween(at, now) < 7 ? time(at) : date(at, now)),
    full: make({
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }),
    weekday: make({ weekday: "long" }),
    day: make({ weekday: "long", day: "numeric", month: "long" }),
    month: (at, now) => (thisYear(at, now) ? month(at) : monthAndYear(at)),
    shortMonth: (at, now) => (thisYear(at, now) ? shortMonth(at) : shortMonthAndYear(at)),
    number: (value) => number.format(value),
    percent: (share) => `${number.format(Math.floor(share * 100))}\u00a0%`,
    bytes: (size) => {
      if (size < 1000) return `${number.format(size)}\u00a0B`;
      if (size < 1_000_000) return `${number.format(Math.round(size / 1000))}\u00a0kB`;
      if (size < 1_000_000_000) return `${oneDigit.format(size / 1_000_000)}\u00a0MB`;
      return `${oneDigit.format(size / 1_000_000_000)}\u00a0GB`;
    },
    money: (amount, currency) => {
      const words = moneyIn(currency).format(amount);
      return /^[A-Z]{3}$/.test(currency) ? words : `${words}\u00a0${currency}`.trim();
    },
  };
}
