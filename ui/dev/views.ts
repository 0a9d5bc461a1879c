import type { SavedView, ThreadOrder, ThreadRow } from "../src/api/bindings.ts";
import { type Handlers, refusal } from "../test/transport.ts";

/** Days the oldest bill is late, and what was bought: by domain. */
const CUSTOMERS: Readonly<Record<string, { late: number; bought: number }>> = {
  "mizarstvo-kovac.example": { late: 6, bought: 48_200 },
  "moebel-steiner.example": { late: 41, bought: 22_900 },
  "brightwater.example": { late: 0, bought: 61_000 },
  "studio-zagar.example": { late: 0, bought: 4_300 },
  "parketarstvo-vidmar.example": { late: 0, bought: 700 },
};

/** How far up a row stands in an order of business; nothing counts in that by date. */
export function weightOf(row: ThreadRow, order: ThreadOrder): number {
  if (order === "newest") return 0;
  const domains = [...row.people, ...row.recipients].map(({ address }) => address.split("@")[1]);
  const customer = domains.map((domain) => CUSTOMERS[domain ?? ""]).find(Boolean);
  return (order === "overdue" ? customer?.late : customer?.bought) ?? 0;
}

/** The searches one keeps in the rail, as Rust answers. */
export class Shelf {
  /** Without an ERP nothing is offered. */
  customers = true;
  private views: SavedView[] = [
    {
      id: "overdue",
      name: null,
      search: "overdue:30",
      total: 6,
      unread: 2,
      star: false,
      tell: false,
    },
    {
      id: "first",
      name: null,
      search: "first:contact",
      total: 3,
      unread: 0,
      star: false,
      tell: false,
    },
  ];
  private last = 0;

  handlers(): Handlers {
    return {
      savedViews: () => ({
        views: this.views.filter(({ name }) => this.customers || name !== null),
        customers: this.customers,
      }),
      keepView: (id, name, search) => this.keep(id, name, search),
      ruleView: (id, star, tell) => {
        this.views = this.views.map((view) => (view.id === id ? { ...view, star, tell } : view));
        return null;
      },
      removeView: (id) => {
        this.views = this.views.filter((view) => view.id !== id);
        return null;
      },
    };
  }

  private keep(id: string | null, name: string, search: string): string {
    if (name === "full") throw refusal("usage", "There are 50 views: remove one first.");
    if (id !== null) {
      this.views = this.views.map((view) => (view.id === id ? { ...view, name, search } : view));
      return id;
    }
    this.last += 1;
    const made = `v${this.last}`;
    this.views = [
      ...this.views,
      { id: made, name, search, total: 4, unread: 1, star: false, tell: false },
    ];
    return made;
  }
}
