import { expect, it } from "vitest";
import { Crew } from "../../../dev/crew.ts";
import { weeksOf } from "../../../dev/weeks.ts";
import type { TeamOverview } from "../../api/bindings.ts";
import { voiceOf } from "../../i18n/language.tsx";
import { axisOf, seriesOf, spanWords } from "./series.ts";

it("lists members by name, and what was done before the team last", async () => {
  const { teamOverview } = new Crew().handlers();
  const overview = (await teamOverview?.()) as TeamOverview;
  const weeks = weeksOf(overview.members, 12);
  const [first] = weeks.members;
  const before = first === undefined ? [] : [{ ...first, member: null }];
  const analytics = { ...weeks, members: [...before, ...weeks.members.toReversed()] };
  const names = seriesOf(analytics, overview, voiceOf("en").t).map(({ name }) => name);
  expect(names.at(-1)).toBe(voiceOf("en").t("analytics.before"));
  expect(names.slice(0, -1)).toEqual(
    overview.members
      .map(({ id, name }) => (id === overview.me ? `${name}, you` : name))
      .sort((a, b) => a.localeCompare(b, "sl")),
  );
});

it.each([
  [0, "notes", [0, 1, 2]],
  [9, "notes", [0, 5, 10]],
  [41, "replies", [0, 50, 100]],
  [1204, "replies", [0, 1000, 2000]],
  [0, "response", [0, 300, 600]],
  [8000, "response", [0, 7200, 14_400]],
  [5 * 86_400, "response", [0, 172_800, 345_600, 518_400]],
] as const)("an axis up to %i of %s", (most, metric, want) => {
  const axis = axisOf(most, metric);
  expect(axis, "steps people count in").toEqual(want);
  expect(axis.at(-1), "no bar stands out of it").toBeGreaterThanOrEqual(most);
});

it.each([
  [0, "under 1 min"],
  [29, "under 1 min"],
  [31, "1 min"],
  [3569, "59 min"],
  [3580, "1 h 00"],
  [7800, "2 h 10"],
  [86_400, "24 h 00"],
  [3 * 86_400 + 9000, "3 days"],
])("says %i seconds", (seconds, want) => {
  expect(spanWords(seconds, voiceOf("en").t)).toBe(want);
});
