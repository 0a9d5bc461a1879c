import type {
  BilledMonth,
  CustomerCharts,
  DocumentFilter,
  DocumentPage,
  DocumentView,
  SoldProduct,
} from "../src/api/bindings.ts";

const DONE = new Set(["shipped", "canceled"]);

const STATES: Record<string, (document: DocumentView) => boolean> = {
  open: (one) => one.open > 0,
  overdue: (one) => one.overdueDays !== null,
  paid: (one) => one.kind === "invoice" && one.open === 0 && one.issued,
  draft: (one) => !one.issued,
  to_ship: (one) => one.kind === "order" && !DONE.has(one.status),
};

/** A page of documents as Rust narrows them, newest first. */
export function pageOf(
  all: readonly DocumentView[],
  { kind, state, from, until }: DocumentFilter,
  cursor: string | null,
  limit: number,
): DocumentPage {
  const found = all
    .filter((one) => kind === null || one.kind === kind)
    .filter((one) => state === null || STATES[state]?.(one))
    .filter((one) => from === null || (one.date ?? "") >= from)
    .filter((one) => until === null || (one.date ?? "") <= until)
    .toSorted((a, b) => (b.date ?? "").localeCompare(a.date ?? ""));
  const start = Number(cursor ?? 0);
  const next = start + limit < found.length ? String(start + limit) : null;
  return { documents: found.slice(start, start + limit), next, total: found.length };
}

const BILLED = [
  0, 1240, 980.5, 0, 2210, 1890, 0, 640, 1120, 1480, 2330, 0, 1860, 0, 2400, 920, 3150, 1510, 0,
  4200, 2260, 1980, 3609.5, 2723.8,
];

/** Two years of bills, and what was bought; the newest months are not all paid. */
export function chartsOf(currency: string): CustomerCharts {
  const months = BILLED.map((billed, at): BilledMonth => {
    const month = new Date(Date.UTC(2024, 11 + at, 1)).toISOString().slice(0, 10);
    return { currency, begins: month, billed, open: at === 23 ? billed : at === 22 ? 1249 : 0 };
  });
  const sold = (
    [
      ["HP-26", "Hrastova plošča 26 mm, A/B", 142, "m²", 9159],
      ["SP-110", "Spona 110° z dušilcem", 860, "kos", 3211.7],
      ["VO-500", "Vodilo 500 mm, polni izvlek", 64, "par", 1996.8],
      ["RT-22", "Robni trak hrast, 22 mm", 12, "rola", 742.8],
      ["", "Razrez po meri", 6, "ura", 228],
    ] as const
  ).map(
    ([code, name, amount, unit, worth]): SoldProduct => ({
      currency,
      worth,
      code,
      name,
      amount,
      unit,
      lastAt: "2026-11-16",
    }),
  );
  return { months, products: sold };
}
