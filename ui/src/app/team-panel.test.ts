// @vitest-environment jsdom
import { expect, it } from "vitest";
import { readPanel } from "./team-panel.ts";

it.each([
  ["nothing", null, { open: false, tab: "customer", corner: "bottom-end", narrowed: true }],
  ["no JSON", "{", { open: false, corner: "bottom-end" }],
  ["strange words", '{"open":"yes","tab":"x","corner":3}', { open: false, tab: "customer" }],
  [
    "what was kept",
    '{"open":true,"tab":"team","corner":"top-start","narrowed":false}',
    { open: true, tab: "team", corner: "top-start", narrowed: false },
  ],
])("reads the panel from %s", (_, text, want) => {
  expect(readPanel(text), "a panel always stands somewhere").toMatchObject(want);
});
