import { expect, it } from "vitest";
import { moneyAxis } from "./money-axis.ts";

it.each([
  [4200, [0, 2000, 4000, 6000]],
  [1000, [0, 250, 500, 750, 1000]],
  [1001, [0, 500, 1000, 1500]],
  [9.5, [0, 5, 10]],
  [0, [0, 1]],
  [Number.NaN, [0, 1]],
])("an axis for %d ends not below it, with few lines", (most, want) => {
  expect(moneyAxis(most)).toEqual(want);
});
