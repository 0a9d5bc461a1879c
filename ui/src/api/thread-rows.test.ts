import { expect, it } from "vitest";
import type { ThreadRow } from "./bindings.ts";
import { afterAction, applyDelta, rowsOf, seqOf, type ThreadPages } from "./thread-rows.ts";

const row = (id: string, minute: number, more: Partial<ThreadRow> = {}): ThreadRow => ({
  id,
  subject: id,
  people: [],
  recipients: [],
  to: [],
  count: 1,
  unread: false,
  flagged: false,
  hasAttachment: false,
  answered: false,
  date: `2026-11-19T09:${String(minute).padStart(2, "0")}:00Z`,
  snippet: "",
  newest: `${id}-1`,
  ...more,
});

const pages = (...threads: ThreadRow[][]): ThreadPages => ({
  pages: threads.map((page, index) => ({
    threads: page,
    next: index === threads.length - 1 ? "more" : String(index),
    seq: 4 + index,
  })),
  pageParams: threads.map((_, index) => (index === 0 ? null : String(index))),
});

const ids = (list: ThreadPages) => rowsOf(list).map((kept) => kept.id);
const base = pages([row("a", 50), row("b", 40)], [row("c", 30), row("d", 20)]);

it.each([
  ["a new one on top", { upserts: [row("n", 55)], removed: [] }, ["n", "a", "b", "c", "d"]],
  ["one that moved up", { upserts: [row("d", 51)], removed: [] }, ["d", "a", "b", "c"]],
  ["one that left", { upserts: [], removed: ["b"] }, ["a", "c", "d"]],
  [
    "one older than what is loaded",
    { upserts: [row("old", 5)], removed: [] },
    ["a", "b", "c", "d"],
  ],
  ["one in the middle", { upserts: [row("m", 35)], removed: [] }, ["a", "b", "m", "c", "d"]],
  ["nothing", { upserts: [], removed: ["x"] }, ["a", "b", "c", "d"]],
])("patches in %s", (_, change, want) => {
  const after = applyDelta(base, { seq: 9, reset: false, ...change });
  expect(ids(after), "rows stay in the order of their dates").toEqual(want);
  expect(seqOf(after), "the list is complete up to the difference").toBe(9);
  expect(after.pages.at(-1)?.next, "loading goes on where it was").toBe("more");
});

it("takes an older row when the list is loaded to its end", () => {
  const whole: ThreadPages = {
    pages: [{ threads: [row("a", 50)], next: null, seq: 1 }],
    pageParams: [null],
  };
  const after = applyDelta(whole, { seq: 2, upserts: [row("old", 5)], removed: [], reset: false });
  expect(ids(after), "there is no later page that would bring it").toEqual(["a", "old"]);
});

it("shows a row once when two pages overlap", () => {
  expect(
    ids(pages([row("a", 50), row("b", 40)], [row("b", 40), row("c", 30)])),
    "the first wins",
  ).toEqual(["a", "b", "c"]);
});

it("knows the list only up to its oldest page", () => {
  expect(seqOf(base), "a later page may know more than the first").toBe(4);
});

it.each([
  ["read", { unread: false }],
  ["unread", { unread: true }],
  ["flag", { flagged: true }],
] as const)("marks a row %s at once", (kind, want) => {
  expect(afterAction(row("a", 1, { unread: true }), { kind }), "before Rust answers").toMatchObject(
    want,
  );
});

it("takes archived rows out at once", () => {
  expect(afterAction(row("a", 1), { kind: "archive" }), "null means it leaves").toBeNull();
});
