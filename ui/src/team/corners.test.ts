import { expect, it } from "vitest";
import { beside, nearest } from "./corners.ts";

it.each([
  ["bottom-end", "ArrowUp", "top-end"],
  ["bottom-end", "ArrowLeft", "bottom-start"],
  ["top-start", "ArrowDown", "bottom-start"],
  ["top-start", "ArrowRight", "top-end"],
  ["bottom-end", "ArrowDown", "bottom-end"],
  ["bottom-end", "Enter", null],
] as const)("goes from %s with %s to %s", (corner, key, want) => {
  expect(beside(corner, key)).toBe(want);
});

it.each([
  [10, 10, "top-start"],
  [1430, 10, "top-end"],
  [700, 899, "bottom-start"],
  [721, 451, "bottom-end"],
] as const)("lets go at %i, %i near %s", (x, y, want) => {
  expect(nearest(x, y, 1440, 900)).toBe(want);
});
