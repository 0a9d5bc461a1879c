import { expect, it } from "vitest";
import type { ActivityItem } from "../../api/bindings.ts";
import { voiceOf } from "../../i18n/language.tsx";
import { linesOf } from "./rows.ts";
import { aboutOf, looksOf } from "./words.ts";

const { t, format } = voiceOf("en");
const now = new Date(2026, 10, 19, 10, 0);

const item = (id: string, at: Date, more: Partial<ActivityItem> = {}): ActivityItem => ({
  id,
  kind: "note",
  subject: "address:tomaz@mizarstvo-kovac.example",
  subjectName: null,
  member: "ana",
  name: "Ana Zupančič",
  at: at.toISOString(),
  waiting: false,
  rejected: null,
  detail: null,
  threadId: null,
  ...more,
});

it("names days and counts those that are whole", () => {
  const items = [
    item("a", new Date(2026, 10, 19, 9)),
    item("b", new Date(2026, 10, 19, 8)),
    item("c", new Date(2026, 10, 18, 8)),
    item("d", new Date(2026, 10, 16, 8)),
  ];
  const told = linesOf(items, true, now, t, format).map((line) =>
    line.kind === "day" ? `${line.label} ${line.count}` : `${line.item.id}${line.last ? "." : ""}`,
  );
  expect(told, "more of the last day may come").toEqual([
    "Today 2",
    "a",
    "b.",
    "Yesterday 1",
    "c.",
    "Monday 16 November null",
    "d.",
  ]);
});

const at = new Date(2026, 10, 19, 9);
it.each<[string, Partial<ActivityItem>, string | null, string]>([
  ["an address", {}, null, "tomaz@mizarstvo-kovac.example"],
  ["nothing twice", { detail: "rok" }, "address:tomaz@mizarstvo-kovac.example", "rok"],
  [
    "a name and a status",
    { kind: "status", detail: "done", subjectName: "Kovač" },
    null,
    "Kovač · Done",
  ],
  [
    "the words of a note without the signs that format them",
    { detail: "## **Dostava**\n- samo [zjutraj](https://x.example)" },
    "address:tomaz@mizarstvo-kovac.example",
    "Dostava · samo zjutraj",
  ],
  ["a thread nobody here has", { subject: "thread:ab" }, null, ""],
])("tells %s below an item", (_, more, whom, want) => {
  expect(aboutOf(item("a", at, more), [], t, whom)).toBe(want);
});

it("shows what is finished as finished", () => {
  expect(looksOf(item("a", at, { kind: "status", detail: "done" })).tone).toBe("green");
  expect(looksOf(item("a", at, { kind: "status", detail: "open" })).tone).toBe("grey");
});
