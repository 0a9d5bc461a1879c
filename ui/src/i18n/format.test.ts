import { expect, it } from "vitest";
import { dayOf, daysBetween, formatFor } from "./format.ts";

const en = formatFor("en-GB");
const sl = formatFor("sl-SI");
const NOW = new Date(2026, 10, 19, 10, 0);

it.each([
  ["today", en.moment(new Date(2026, 10, 19, 9, 42), NOW), "09:42"],
  ["six days ago", en.moment(new Date(2026, 10, 13, 7, 5), NOW), "07:05"],
  ["a week ago", en.moment(new Date(2026, 10, 12, 7, 5), NOW), "12 Nov"],
  ["another year", en.moment(new Date(2025, 10, 12), NOW), "12 Nov 2025"],
  ["a date in Slovenian", sl.date(new Date(2026, 10, 12), NOW), "12. nov."],
  ["a share, rounded down", en.percent(0.999), "99\u00a0%"],
  ["all of it", en.percent(1), "100\u00a0%"],
  ["bytes", en.bytes(999), "999\u00a0B"],
  ["a file", en.bytes(184_000), "184\u00a0kB"],
  ["money in Slovenian", sl.money(1240.5, "EUR"), "1.240,50\u00a0€"],
  ["money in English", en.money(-1240.5, "EUR"), "-€1,240.50"],
  ["money nobody knows", sl.money(7, "točke"), "7,00\u00a0točke"],
  ["money without a currency", en.money(7, ""), "7.00"],
  ["a large file in Slovenian", sl.bytes(2_400_000), "2,4\u00a0MB"],
])("writes %s", (_, got, want) => {
  expect(got, "as the design writes it").toBe(want);
});

it("counts days by the calendar, not by hours", () => {
  const late = new Date(2026, 10, 18, 23, 59);
  expect(daysBetween(late, new Date(2026, 10, 19, 0, 1)), "two minutes, but another day").toBe(1);
  expect(
    daysBetween(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 1)),
    "across summer time",
  ).toBe(2);
});

it.each([
  ["2026-11-19", new Date(2026, 10, 19)],
  ["soon", null],
  [null, null],
])("reads the day %s", (text, want) => {
  expect(dayOf(text), "the local day, whatever the time zone").toEqual(want);
});
