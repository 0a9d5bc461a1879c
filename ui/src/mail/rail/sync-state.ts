import type { Overview } from "../../api/bindings.ts";

/** What the foot of the rail says. The first that is true counts. */
export type SyncState =
  | { kind: "none" }
  | { kind: "offline"; waiting: number }
  | { kind: "arriving"; share: number | null; secondsLeft: number | null; envelopes: number }
  | { kind: "never" }
  | { kind: "synced"; at: Date };

/** Fewer missing bodies than this are new mail being fetched, not a first sync worth a progress. */
const FIRST_SYNC = 25;

export function syncState(overview: Overview): SyncState {
  const { accounts, pending } = overview;
  if (accounts.length === 0) return { kind: "none" };
  if (accounts.every((account) => account.state === "offline")) {
    return { kind: "offline", waiting: pending.operations + pending.outbox };
  }
  const sum = (pick: (backlog: Overview["accounts"][number]["backlog"]) => number) =>
    accounts.reduce((total, account) => total + pick(account.backlog), 0);
  const bodies = sum((backlog) => backlog.bodies);
  const envelopes = sum((backlog) => backlog.envelopes);
  // What other accounts have long had would make the share of a new one look almost done.
  const total = sum((backlog) => (backlog.bodies > 0 ? backlog.bodiesTotal : 0));
  if (bodies + envelopes >= FIRST_SYNC) {
    const lefts = accounts
      .map((account) => account.backlog.secondsLeft)
      .filter((left) => left !== null);
    return {
      kind: "arriving",
      share: total > 0 ? (total - bodies) / total : null,
      secondsLeft: lefts.length > 0 ? Math.max(...lefts) : null,
      envelopes,
    };
  }
  return overview.syncedAt === null
    ? { kind: "never" }
    : { kind: "synced", at: new Date(overview.syncedAt) };
}
