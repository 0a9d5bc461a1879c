import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Badge, Badges } from "./bindings.ts";
import { api } from "./commands.ts";
import { customerKeys } from "./customers.ts";
import { atRest } from "./rest.ts";

/** What a row says of its sender: a customer, somebody's first mail, or nothing. */
export type Sender = { customer: Badge } | "first" | null;

type Asked = { addresses: readonly string[]; answer: (sender: Sender) => void; fail: Fail };
type Fail = (error: unknown) => void;

/** Rows that wait for the next question. */
let waiting: Asked[] = [];

/** Of these people, newest first, the first who is a customer. */
function senderOf(addresses: readonly string[], { known, first }: Badges): Sender {
  for (const address of addresses) {
    const customer = known.find((badge) => badge.address === address);
    if (customer) return { customer };
  }
  return addresses.some((address) => first.includes(address)) ? "first" : null;
}

async function askTogether(): Promise<void> {
  const asked = waiting;
  waiting = [];
  try {
    const addresses = [...new Set(asked.flatMap((row) => row.addresses))];
    const badges = await api.badges(addresses);
    for (const row of asked) row.answer(senderOf(row.addresses, badges));
  } catch (error) {
    for (const row of asked) row.fail(error);
  }
}

/** Rows that come into view together ask once, after they are painted. */
function ask(addresses: readonly string[]): Promise<Sender> {
  return new Promise((answer, fail) => {
    if (waiting.length === 0) setTimeout(askTogether);
    waiting.push({ addresses, answer, fail });
  });
}

/** Who wrote, as far as customers are known: for one row of a list. */
export const senderQuery = (addresses: readonly string[]) =>
  queryOptions({
    queryKey: customerKeys.badge(addresses),
    queryFn: () => ask(addresses),
    // Without it a row is what it was before there were badges.
    retry: false,
  });

/** A first mirror changes facts many times a second: the badges follow once it rests, or each second. */
export const refreshBadges = atRest(
  (client: QueryClient) => {
    client.invalidateQueries({ queryKey: customerKeys.badges }).catch(() => undefined);
  },
  { rest: 200, longest: 1000 },
);
