import type { Scope, ThreadOrder } from "../api/bindings.ts";
import { makeStore, useStore } from "./store.ts";

/** The orders a list may stand in, as they are offered; the first is how every list begins. */
export const ORDERS: readonly ThreadOrder[] = ["newest", "overdue", "value"];

type Orders = Readonly<Record<string, ThreadOrder>>;

const NAME = "kontor.orders";

/** Reads what was kept. Anything strange is an order nobody chose. */
export function readOrders(text: string | null): Orders {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (typeof kept !== "object" || kept === null) return {};
    const known = Object.entries(kept).filter(([, order]) => ORDERS.includes(order));
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

/** Lists are kept right without a window, too: then nothing is remembered. */
const shelf = globalThis.localStorage as Storage | undefined;

const store = makeStore<Orders>(readOrders(shelf?.getItem(NAME) ?? null), (orders) =>
  shelf?.setItem(NAME, JSON.stringify(orders)),
);

const nameOf = (scope: Scope): string =>
  scope.kind === "role" ? scope.role : `folder:${scope.folder}`;

const orderIn = (orders: Orders, scope: Scope): ThreadOrder => orders[nameOf(scope)] ?? "newest";

/** Each folder remembers its own order on this computer. */
export const setOrder = (scope: Scope, order: ThreadOrder): void =>
  store.set((now) => ({ ...now, [nameOf(scope)]: order }));

export const currentOrder = (scope: Scope): ThreadOrder => orderIn(store.get(), scope);
export const useOrder = (scope: Scope): ThreadOrder => orderIn(useStore(store), scope);
