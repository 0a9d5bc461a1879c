import { expect, it } from "vitest";
import { INBOX } from "../../../dev/letters.ts";
import type { ThreadRow } from "../../api/bindings.ts";
import { voiceOf } from "../../i18n/language.tsx";
import { DAY, itemsOf, offsetsOf } from "./items.ts";
import { firstBelow } from "./use-anchor.ts";
import { freshRows } from "./use-arrivals.ts";

const NOW = new Date(2026, 10, 19, 10, 0);
const { t, format } = voiceOf("en");
const rows = INBOX.map(
  (letter, index): ThreadRow => ({
    id: `t${index}`,
    subject: letter.subject,
    people: [...letter.who],
    recipients: [],
    to: [],
    count: 1,
    unread: letter.unread ?? false,
    flagged: false,
    hasAttachment: false,
    answered: false,
    date: letter.at,
    snippet: "",
    newest: `m${index}`,
  }),
);
const items = itemsOf(rows, NOW, t, format);
const offsets = offsetsOf(items, 70);

it("groups by days, then by months", () => {
  const labels = items.flatMap((item) => (item.kind === "day" ? [item.label] : []));
  expect(labels, "days within a week, months before").toEqual([
    "Today",
    "Yesterday",
    "Tuesday",
    "October",
  ]);
});

it("begins headings with a capital in Slovenian", () => {
  const slovenian = voiceOf("sl");
  const labels = itemsOf(rows, NOW, slovenian.t, slovenian.format).flatMap((item) =>
    item.kind === "day" ? [item.label] : [],
  );
  expect(labels, "weekdays are written small inside a sentence only").toEqual([
    "Danes",
    "Včeraj",
    "Torek",
    "Oktober",
  ]);
});

it("knows where every row stands without measuring", () => {
  expect(offsets.at(-1), "headings of 28 and rows of 70").toBe(4 * DAY + rows.length * 70);
});

it.each([
  ["the top", 0, "t0", DAY],
  ["inside the first row", 40, "t0", DAY - 40],
  ["a heading in sight", DAY + 7 * 70, "t7", DAY],
])("anchors on the row at %s", (_, top, key, below) => {
  expect(firstBelow(items, offsets, top), "the row that must not move").toEqual({ key, below });
});

it("counts only what was never here as arrived", () => {
  const known = new Set(["m0", "m1", "m2"]);
  const back = { ...(rows[1] as ThreadRow), date: "2026-11-19T09:59" };
  const fresh = { ...(rows[1] as ThreadRow), id: "n", newest: "m99", date: "2026-11-19T09:59" };
  const read = { ...fresh, id: "r", newest: "m98", unread: false };
  expect(
    freshRows([fresh, read, back], known, "2026-11-19T09:42"),
    "Undo is not an arrival",
  ).toEqual(["n"]);
});
