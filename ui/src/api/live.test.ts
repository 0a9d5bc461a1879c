import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { onNoteNews, onStale, watchNotes } from "./live.ts";
import { teamKeys } from "./team.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A window that shows a note and the team's overview. */
function watching() {
  const client = new QueryClient();
  client.setQueryData(teamKeys.overview, {});
  const done: string[] = [];
  const stop = watchNotes({ came: () => done.push("came"), ask: () => done.push("ask") });
  const tell = (...tags: string[]) => void onStale(client, { tags, account: null, seq: 0 });
  const isStale = () => client.getQueryState(teamKeys.overview)?.isInvalidated === true;
  return { done, stop, tell, isStale };
}

it("asks notes at once where nothing brings what others write, and all else when the keys rest", () => {
  const { done, stop, tell, isStale } = watching();
  tell("notes");
  expect([done, isStale()]).toEqual([["ask"], false]);
  vi.advanceTimersByTime(400);
  expect([done, isStale()], "rested").toEqual([["ask", "ask"], true]);
  stop();
});

it("asks everything at once when more than words changed", () => {
  const { done, stop, tell, isStale } = watching();
  tell("notes");
  tell("team");
  expect([done, isStale()]).toEqual([["ask", "ask"], true]);
  vi.advanceTimersByTime(5000);
  expect(done.length, "what waited is done").toBe(2);
  stop();
});

it("asks nothing at a key that the line brought", () => {
  const { done, stop, tell, isStale } = watching();
  for (let key = 0; key < 5; key += 1) {
    onNoteNews({ written: [], waiting: 0, count: 1 });
    tell("notes");
    vi.advanceTimersByTime(100);
  }
  expect([done.includes("ask"), isStale()]).toEqual([false, false]);
  vi.advanceTimersByTime(300);
  expect([done.filter((what) => what === "ask").length, isStale()], "once, at rest").toEqual([
    1,
    true,
  ]);
  stop();
});
