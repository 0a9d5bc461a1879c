import { expect, it } from "vitest";
import type { AccountView, Overview } from "../../api/bindings.ts";
import { syncState } from "./sync-state.ts";

const account = (more: Partial<AccountView>): AccountView => ({
  id: "a",
  email: "maja@hrastvijak.example",
  name: "Maja",
  state: "live",
  why: "",
  unread: 0,
  backlog: { envelopes: 0, bodies: 0, bodiesTotal: 1000, secondsLeft: null },
  ...more,
});
const overview = (accounts: AccountView[], more: Partial<Overview> = {}): Overview => ({
  accounts,
  folders: [],
  unified: [],
  pending: { operations: 2, outbox: 1, unknown: 0 },
  coverage: 1,
  syncedAt: "2026-11-19T09:00:00Z",
  seq: 1,
  ...more,
});
const arriving = { envelopes: 0, bodies: 590, bodiesTotal: 1000, secondsLeft: 170 };
const trickle = { envelopes: 1, bodies: 2, bodiesTotal: 1000, secondsLeft: 1 };

it.each([
  ["nobody", overview([]), { kind: "none" }],
  ["all offline", overview([account({ state: "offline" })]), { kind: "offline", waiting: 3 }],
  [
    "one of two offline",
    overview([account({ state: "offline" }), account({})]),
    { kind: "synced", at: new Date("2026-11-19T09:00:00Z") },
  ],
  [
    "a first sync",
    overview([account({ backlog: arriving }), account({})]),
    { kind: "arriving", share: 0.41, secondsLeft: 170, envelopes: 0 },
  ],
  [
    "new mail coming in",
    overview([account({ backlog: trickle })]),
    { kind: "synced", at: new Date("2026-11-19T09:00:00Z") },
  ],
  ["never looked", overview([account({})], { syncedAt: null }), { kind: "never" }],
])("says what is true with %s", (_, given, want) => {
  expect(syncState(given), "the first true thing counts").toEqual(want);
});
