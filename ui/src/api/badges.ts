import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Badge, Badges } from "./bindings.ts";
import { api } from "./commands.ts";
import { customerKeys } from "./customers.ts";
import { atRest } from "./rest.ts";

/** What a row says of its sender: a customer, somebody's first mail, or nothing. */
export type Sender = { customer: Badge } | "first" | null;

/** Who wrote a conversation, and to whom our own mails of it went; lower case, newest first. */
export type People = { writers: readonly string[]; recipients: readonly string[] };
type Asked = { people: People; answer: (sender: Sender) => void; fail: Fail };
type Fail = (error: unknown) => void;

/** Rows that wait for the next question. */
let waiting: Asked[] = [];

/** Of the writers the first who is a customer, else of the recipients. Only who wrote can be new. */
function senderOf({ writers, recipients }: People, { known, first }: Badges): Sender {
  for (const address of [...writers, ...recipients]) {
    const customer = known.find((badge) => badge.address === address);
    if (customer) return { customer };
  }
  return writers.some((address) => first.includes(address)) ? "first" : null;
}

async function askTogether(): Promise<void> {
  const asked = waiting;
  waiting = [];
  try {
    const addresses = [
      ...new Set(asked.flatMap(({ people }) => [...people.writers, ...people.recipients])),
    ];
    const badges = await api.badges(addresses);
    for (const row of asked) row.answer(senderOf(row.people, badges));
  } catch (error) {
    for (const row of asked) row.fail(error);
  }
}

/** Rows that come into view together ask once, after they are painted. */
function ask(people: People): Promise<Sender> {
  return new Promise((answer, fail) => {
    if (waiting.length === 0) setTimeout(askTogether);
    waiting.push({ people, answer, fail });
  });
}

/** Whom a conversation is with, as far as customers are known: for one row of a list. */
export const senderQuery = (people: People) =>
  queryOptions({
    queryKey: customerKeys.badge(people.writers, people.recipients),
    queryFn: () => ask(people),
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
