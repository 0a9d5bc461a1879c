import type {
  Badge,
  Badges,
  CustomerDuplicate,
  CustomerPartner,
  CustomerRank,
  CustomerSuggestion,
  CustomerView,
  DocumentKind,
  DocumentView,
  DossierView,
  FoundDocument,
  NamedDocument,
} from "../src/api/bindings.ts";
import { type Handlers, refusal, rust } from "../test/transport.ts";
import { INBOX } from "./letters.ts";
import { chartsOf, pageOf } from "./papers.ts";

type Paper = Partial<DocumentView> & Pick<DocumentView, "kind" | "number" | "date" | "total">;

const AS_OF = "2026-11-19T08:58:00Z";

const DOC_TYPE = {
  offer: "sales_offer",
  order: "sales_order",
  invoice: "sales_bill_domestic",
  credit_note: "sales_bill_credit_note",
} as const;

const paper = (document: Paper): DocumentView => ({
  id: document.number,
  customer: "1600",
  docType: DOC_TYPE[document.kind],
  theirNumber: "",
  title: "",
  due: null,
  currency: "EUR",
  open: 0,
  overdueDays: null,
  status: "",
  statusLabel: "",
  issued: true,
  lines: [],
  payments: [],
  belongsWith: [],
  asOf: AS_OF,
  ...document,
});

const line = (name: string, amount: number, unit: string, price: number, discount = 0) => ({
  code: "",
  name,
  amount,
  unit,
  price,
  discount,
});

const BOARDS = line("Hrastova plošča 26 mm, A/B", 38, "m²", 64.5);
const HINGES = line("Spona 110° z dušilcem", 240, "kos", 3.85, 3);
const RUNNERS = line("Vodilo 500 mm, polni izvlek", 24, "par", 31.2);

/** What Metakocka has of Mizarstvo Kovač, newest first. */
const PAPERS: readonly DocumentView[] = [
  paper({
    kind: "invoice",
    number: "2026-1231",
    date: "2026-11-16",
    due: "2026-12-16",
    total: 2723.8,
    open: 2723.8,
    lines: [BOARDS, RUNNERS],
    belongsWith: ["NAR-2026-0702"],
  }),
  paper({
    kind: "offer",
    number: "PN-2026-0418",
    date: "2026-11-12",
    due: "2026-11-30",
    total: 4180,
    title: "Hrastove plošče in okovje",
    lines: [BOARDS, HINGES, RUNNERS],
  }),
  paper({
    kind: "order",
    number: "NAR-2026-0702",
    theirNumber: "26/118",
    date: "2026-11-10",
    total: 2723.8,
    status: "shipped",
    statusLabel: "Odpremljeno",
    lines: [BOARDS, RUNNERS],
  }),
  paper({
    kind: "invoice",
    number: "2026-1187",
    date: "2026-10-23",
    due: "2026-11-13",
    total: 1749,
    open: 1249,
    overdueDays: 6,
    lines: [HINGES, line("Robni trak hrast, 22 mm", 3, "rola", 61.9)],
    payments: [{ date: "2026-11-02", amount: 500, kind: "TRR" }],
  }),
  paper({
    kind: "invoice",
    number: "2026-1102",
    date: "2026-10-02",
    due: "2026-11-01",
    total: 1860.5,
    payments: [{ date: "2026-10-23", amount: 1860.5, kind: "TRR" }],
    lines: [BOARDS],
  }),
  ...Array.from({ length: 9 }, (_, at) => {
    const kind: DocumentKind = at % 3 === 0 ? "order" : "invoice";
    const month = String(9 - Math.floor(at / 2)).padStart(2, "0");
    return paper({
      kind,
      number: `${kind === "order" ? "NAR-2026-0" : "2026-0"}${690 - at * 41}`,
      date: `2026-${month}-1${at % 9}`,
      total: 640 + at * 317.35,
      status: kind === "order" ? "shipped" : "",
      payments: kind === "order" ? [] : [{ date: `2026-${month}-28`, amount: 640, kind: "TRR" }],
    });
  }),
];

export const KOVAC: CustomerView = {
  id: "1600",
  name: "Mizarstvo Kovač d.o.o.",
  gone: false,
  number: "10482",
  taxNumber: "SI58214033",
  rank: "a",
  status: "active",
  contacts: [
    {
      name: "Tomaž Kovač",
      email: "tomaz@mizarstvo-kovac.example",
      phone: "+386 41 555 012",
    },
    { name: "Nina Kovač", email: "nina@mizarstvo-kovac.example", phone: "" },
    { name: "Delavnica", email: "", phone: "+386 3 555 01 20" },
    { name: "", email: "racuni@mizarstvo-kovac.example", phone: "" },
  ],
  address: ["Obrtniška ulica 14", "3000 Celje", "Slovenija"],
  totals: [{ currency: "EUR", total: 48_316.4, open: 3972.8, overdue: 1249 }],
  turnover12Months: [{ currency: "EUR", total: 24_194 }],
  lastOrder: {
    id: "NAR-2026-0702",
    number: "NAR-2026-0702",
    date: "2026-11-10",
    total: 2723.8,
    currency: "EUR",
    status: "shipped",
    statusLabel: "Odpremljeno",
  },
  counts: { offers: 6, orders: 12, invoices: 19 },
  documents: [...PAPERS],
  products: [
    ["Hrastova plošča 26 mm, A/B", 142, "m²", "2026-11-16"],
    ["Spona 110° z dušilcem", 860, "kos", "2026-11-12"],
    ["Vodilo 500 mm, polni izvlek", 64, "par", "2026-11-16"],
  ].map(([name, amount, unit, lastAt]) => ({
    code: "",
    name: String(name),
    amount: Number(amount),
    unit: String(unit),
    lastAt: String(lastAt),
  })),
  partners: [],
  duplicates: [],
  asOf: AS_OF,
  stale: "fresh",
};

/** The same customer, entered a second time. */
const TWIN: CustomerPartner = {
  id: "1655",
  name: "KOVAČ MIZARSTVO, Tomaž Kovač s.p.",
  number: "9007",
  place: "3000 Celje",
  gone: false,
  documents: 4,
};

/** Other customers of the directory: who, and whose address they have. */
const OTHERS: readonly [id: string, name: string, address: string | null][] = [
  ["1712", "Brightwater Interiors", "sarah@brightwater.example"],
  ["1731", "Studio Žagar", "nika@studio-zagar.example"],
  ["1755", "Möbel Steiner GmbH", "k.steiner@moebel-steiner.example"],
  ["1780", "Gorenc gradnje d.o.o.", null],
  ["1781", "Gorenc Mateja s.p.", null],
  ["1790", "Parketarstvo Vidmar", "peter@parketarstvo-vidmar.example"],
];

const RANKS: Readonly<Record<string, CustomerRank>> = {
  1600: "a",
  1712: "a",
  1731: "b",
  1755: "a",
  1790: "c",
};

const NOTHING: Omit<DossierView, "address"> = {
  customer: null,
  suggestions: [],
  several: [],
  linked: false,
  waiting: false,
  connected: true,
};

/**
 * The customers of the sample company as Metakocka has them, answering as Rust does.
 *
 * `off`: nothing is connected. `waiting`, `failing`, `old`, `ancient`, `empty`, `currencies`, `twice`, `merged`, `several`: what a dossier may be like.
 */
export class Ledger {
  kovac: CustomerView = { ...KOVAC, documents: [...PAPERS] };
  /** What was said by hand, by address: a customer, or "-" for none. */
  readonly byHand = new Map<string, string>();
  private readonly state: string;

  constructor(state = "usual") {
    this.state = state;
    const { kovac } = this;
    if (state === "twice")
      this.kovac = {
        ...kovac,
        duplicates: this.likely(),
      };
    if (state === "merged") this.merge("1600", TWIN.id);
    if (state === "old") this.kovac = { ...kovac, asOf: "2026-11-19T06:41:00Z", stale: "old" };
    if (state === "ancient")
      this.kovac = { ...kovac, asOf: "2026-11-16T13:05:00Z", stale: "very_old" };
    if (state === "empty")
      this.kovac = { ...this.bare("1600", kovac.name), address: kovac.address };
    if (state === "currencies") {
      const pounds = { currency: "GBP", total: 6120, open: 840.25, overdue: 0 };
      this.kovac = { ...kovac, totals: [...kovac.totals, pounds], status: "overdue", rank: "b" };
    }
  }

  /** Something changed in Metakocka, and the window hears of it. */
  async change(change: Partial<CustomerView>): Promise<void> {
    this.kovac = { ...this.kovac, ...change };
    await rust.stale({ tags: ["customers"] });
  }

  /** An invoice was paid. */
  pay(): Promise<void> {
    const documents = this.kovac.documents.map((document) =>
      document.number === "2026-1187"
        ? {
            ...document,
            open: 0,
            overdueDays: null,
            payments: [...document.payments, { date: "2026-11-19", amount: 1249, kind: "TRR" }],
          }
        : document,
    );
    const totals = [{ currency: "EUR", total: 48_316.4, open: 2723.8, overdue: 0 }];
    return this.change({ documents, totals });
  }

  /** Every table that was saved. */
  readonly saved: unknown[][] = [];

  handlers(): Handlers {
    return {
      acts: () => [],
      badges: (addresses) => this.badges(addresses),
      namedDocuments: (thread) => this.named(thread),
      dossierOfCustomer: (id) => this.ofCustomer(id),
      customerDocuments: (id, filter, cursor, limit) => {
        if (this.state === "failing") throw refusal("store", "The database is locked.");
        return pageOf(id === "1600" ? this.papers() : [], filter, cursor, limit);
      },
      customerCharts: (id) => {
        if (id !== "1600" || this.state === "empty") return { months: [], products: [] };
        const euros = chartsOf("EUR");
        if (this.state !== "currencies") return euros;
        const pounds = chartsOf("GBP").months.map((one) => ({
          ...one,
          billed: one.billed / 4,
          open: 0,
        }));
        return { ...euros, months: [...euros.months, ...pounds] };
      },
      saveCustomerDocuments: (...args) => {
        this.saved.push(args);
        return `/home/maja/Prenosi/${this.kovac.name}.csv`;
      },
      dossierOfThread: (thread) => this.dossier(thread),
      findCustomers: (text) => {
        const wanted = fold(text);
        const all = [["1600", this.kovac.name] as const, ...OTHERS];
        return all
          .filter(([, name]) => fold(name).includes(wanted))
          .map(([id, name]) => ({ id, name }));
      },
      findDocuments: (text) => this.numbered(text),
      linkCustomer: (address, customer) => {
        this.byHand.set(address, customer ?? "-");
        return null;
      },
      mergeCustomers: (main, other) => this.merge(main, other),
      partCustomer: () => {
        this.kovac = { ...this.kovac, partners: [], duplicates: this.likely() };
        return [[TWIN.id, "1600"]];
      },
      saySameCustomers: ([said]) => {
        if (said?.[1] === "1600") this.merge("1600", TWIN.id);
        else this.kovac = { ...this.kovac, partners: [], duplicates: this.likely() };
        return null;
      },
      dismissDuplicate: (one, other) => {
        this.kovac = { ...this.kovac, duplicates: [] };
        return [[one, other, null]];
      },
      sayApartCustomers: () => {
        this.kovac = { ...this.kovac, duplicates: this.likely() };
        return null;
      },
      unlinkCustomer: (address) => {
        this.byHand.delete(address);
        return null;
      },
    };
  }

  private several(): CustomerSuggestion[] {
    return [["1600", this.kovac.name] as const, ["1731", "Studio Žagar"] as const].map(
      ([customer, name]) => ({ customer, name, reason: "same_address" }),
    );
  }

  private likely(): CustomerDuplicate[] {
    return [{ partner: TWIN, reasons: ["tax_number", "address"] }];
  }

  private merge(main: string, other: string): [string, string | null][] {
    const own: CustomerPartner = {
      id: "1600",
      name: KOVAC.name,
      number: KOVAC.number,
      place: "3000 Celje",
      gone: false,
      documents: 37,
    };
    const partners = main === own.id ? [own, TWIN] : [TWIN, own];
    this.kovac = { ...this.kovac, partners, duplicates: [] };
    return [[other, null]];
  }

  private dossier(thread: string): DossierView {
    if (this.state === "failing") throw refusal("store", "The database is locked.");
    const person = INBOX[Number(thread.slice(1)) - 1]?.who[0];
    const address = person?.address ?? "";
    if (this.state === "off") return { ...NOTHING, address, connected: false };
    const hand = this.byHand.get(address);
    const exact = address.endsWith("mizarstvo-kovac.example")
      ? "1600"
      : OTHERS.find(([, , known]) => known === address)?.[0];
    const id = hand === "-" ? undefined : (hand ?? exact);
    if (id === undefined) {
      const guessed = address.includes("gorenc") && hand !== "-";
      const suggestions = OTHERS.filter(([, name]) => guessed && name.includes("Gorenc")).map(
        ([customer, name], at) => ({
          customer,
          name,
          reason: at === 0 ? ("same_domain" as const) : ("same_name" as const),
        }),
      );
      return { ...NOTHING, suggestions, address, linked: hand === "-" };
    }
    const name = OTHERS.find(([known]) => known === id)?.[1] ?? this.kovac.name;
    const customer = id === "1600" ? this.kovac : this.bare(id, name);
    const waiting = this.state === "waiting";
    const several = this.state === "several" ? this.several() : [];
    // With several nobody is certain until somebody says so.
    const sure = several.length === 0 || hand !== undefined;
    return {
      ...NOTHING,
      customer: sure ? customer : null,
      suggestions: sure ? [] : several,
      several,
      address,
      waiting,
      linked: hand !== undefined,
    };
  }

  /** All 37 of Mizarstvo Kovač: the newest, and as many older ones as the counts say. */
  private papers(): DocumentView[] {
    const { counts, documents } = this.kovac;
    const total = counts.offers + counts.orders + counts.invoices;
    const older = Array.from({ length: Math.max(0, total - documents.length) }, (_, at) =>
      paper({
        kind: at % 4 === 0 ? "offer" : at % 4 === 1 ? "order" : "invoice",
        number: `2025-${1204 - at * 17}`,
        date: `2025-${String(12 - (at % 12)).padStart(2, "0")}-0${1 + (at % 9)}`,
        total: 410 + at * 93.4,
        status: at % 4 === 1 ? "shipped" : "",
      }),
    );
    return [...documents, ...older];
  }

  private idOf(address: string): string | undefined {
    const hand = this.byHand.get(address);
    if (hand !== undefined) return hand === "-" ? undefined : hand;
    if (address.endsWith("mizarstvo-kovac.example")) return "1600";
    return OTHERS.find(([, , known]) => known === address)?.[0];
  }

  private numbered(text: string): FoundDocument[] {
    const words = fold(text)
      .replace(/\bdoc:/g, "")
      .split(/\s+/);
    const wanted = words.filter((word) => /\d/.test(word) && word.length >= 3);
    const found = this.papers().filter(({ number }) =>
      wanted.some((word) => fold(number).startsWith(word)),
    );
    return found.slice(0, 20).map((document) => ({
      customer: "1600",
      customerName: this.kovac.name,
      document,
    }));
  }

  private badges(addresses: readonly string[]): Badges {
    const known = addresses.flatMap((address): Badge[] => {
      const id = this.state === "off" ? undefined : this.idOf(address);
      if (id === undefined) return [];
      const [, name] = OTHERS.find(([other]) => other === id) ?? ["", this.kovac.name];
      const late = id === "1600" ? 6 : id === "1755" ? 41 : null;
      const rank = RANKS[id] ?? null;
      const status = late === null ? ("active" as const) : ("overdue" as const);
      const shipsToday = id === "1712";
      return [{ address, customer: id, name, rank, status, overdueDays: late, shipsToday }];
    });
    const first = addresses.filter((address) => address === "mateja@gorenc-gradnje.example");
    return { known, first: this.state === "off" ? [] : first };
  }

  private named(thread: string): NamedDocument[] {
    if (thread !== "t1" || this.state === "off" || this.state === "empty") return [];
    const of = (number: string) => this.kovac.documents.filter((one) => one.number === number);
    const named = { text: "", file: null };
    const said: NamedDocument[] = [
      ...of("PN-2026-0418").map((document) => ({ ...named, place: "subject" as const, document })),
      ...of("2026-1187").map((document) => ({ ...named, place: "body" as const, document })),
    ];
    if (this.state === "papers") {
      const place = "attachment" as const;
      const [file, longest] = ["Naročilo-2026-11.pdf", `${"Potrdilo-".repeat(9)}.pdf`];
      said.push(...of("NAR-2026-0702").map((document) => ({ ...named, place, file, document })));
      said.push(...of("2026-1102").map((d) => ({ ...named, place, file: longest, document: d })));
    }
    return said.map((one) => ({ ...one, text: one.document.number }));
  }

  private ofCustomer(id: string): DossierView {
    if (this.state === "failing") throw refusal("store", "The database is locked.");
    const name = id === "1600" ? this.kovac.name : OTHERS.find(([other]) => other === id)?.[1];
    if (name === undefined) throw refusal("not_found", `No customer is known here as “${id}”.`);
    const customer = id === "1600" ? this.kovac : this.bare(id, name);
    return { ...NOTHING, customer, address: "", waiting: this.state === "waiting" };
  }

  private bare(id: string, name: string): CustomerView {
    return {
      ...KOVAC,
      id,
      name,
      number: "",
      rank: null,
      status: "prospect",
      contacts: [],
      address: [],
      totals: [],
      turnover12Months: [],
      lastOrder: null,
      counts: { offers: 0, orders: 0, invoices: 0 },
      documents: [],
      products: [],
    };
  }
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
