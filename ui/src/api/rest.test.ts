import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atRest } from "./rest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("does it once for calls that come one after the other", () => {
  const done: string[] = [];
  const soon = atRest((word: string) => done.push(word), { rest: 400, longest: 3000 });
  for (const word of ["a", "b", "c"]) {
    soon.call(word);
    vi.advanceTimersByTime(300);
  }
  expect(done, "they have not rested").toEqual([]);
  vi.advanceTimersByTime(100);
  expect(done, "the last one").toEqual(["c"]);
});

it("does it now and then while they never rest", () => {
  let done = 0;
  const soon = atRest(
    () => {
      done += 1;
    },
    { rest: 400, longest: 3000 },
  );
  for (let at = 0; at < 6300; at += 100) {
    soon.call(undefined);
    vi.advanceTimersByTime(100);
  }
  expect(done).toBe(2);
});

it("leaves it when it is done by other means", () => {
  let done = 0;
  const soon = atRest(
    () => {
      done += 1;
    },
    { rest: 400, longest: 3000 },
  );
  soon.call(undefined);
  soon.cancel();
  vi.advanceTimersByTime(5000);
  expect(done).toBe(0);
});
