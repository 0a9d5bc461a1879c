// @vitest-environment jsdom
import { expect, it } from "vitest";
import { readLayout } from "./layout.ts";
import { parseRoute, type Route, routeHash } from "./route.ts";

const mail = (more: Partial<Extract<Route, { page: "mail" }>>): Route => ({
  page: "mail",
  scope: { kind: "role", role: "inbox" },
  thread: null,
  search: null,
  compose: null,
  ...more,
});

it.each<[string, Route]>([
  ["#/inbox", mail({})],
  ["#/inbox/t/12", mail({ thread: "12" })],
  ["#/folder/7/t/12", mail({ scope: { kind: "folder", folder: "7" }, thread: "12" })],
  [
    "#/sent?q=from%3Anina+ra%C4%8Dun+",
    mail({ scope: { kind: "role", role: "sent" }, search: "from:nina račun " }),
  ],
  ["#/inbox?q=", mail({ search: "" })],
  ["#/drafts?compose=d4", mail({ scope: { kind: "role", role: "drafts" }, compose: "d4" })],
  ["#/settings", { page: "settings", section: null }],
  ["#/settings/accounts", { page: "settings", section: "accounts" }],
  ["#/health", { page: "health" }],
  ["#/analytics", { page: "analytics" }],
])("reads and writes %s", (hash, route) => {
  expect(parseRoute(hash), "the address says it all").toEqual(route);
  expect(routeHash(route), "and is written the same way").toBe(hash);
});

it.each(["", "#", "#/nonsense/x", "#/inbox/t", "#/%E0%A4%A", "#/folder"])(
  "takes %s for the inbox",
  (hash) => {
    expect(parseRoute(hash), "an address is never an error").toEqual(mail({}));
  },
);

it.each([
  ["nothing", null, { rail: 212, list: 352 }],
  ["no JSON", "{", { rail: 212, list: 352 }],
  ["another shape", '"x"', { rail: 212, list: 352 }],
  ["too narrow and too wide", '{"rail":10,"list":9000}', { rail: 180, list: 480 }],
  ["words for numbers", '{"rail":"a","list":null}', { rail: 212, list: 352 }],
])("reads a layout from %s", (_, text, want) => {
  expect(readLayout(text), "panes always fit the window").toMatchObject(want);
});
