import type { ActKind, ActPreview, ActView, ProductHit } from "../src/api/bindings.ts";
import { type Handlers, refusal, rust } from "../test/transport.ts";

/** How Metakocka fares: as one hopes; with a twin there already; changed since the look; silent after the write. */
export type Mood = "usual" | "twin" | "changed" | "silent" | "otherwise";

const BOARD: ProductHit = {
  code: "HR-PL-27",
  name: "Hrastova plošča 27 mm",
  unit: "m2",
  price: 96.5,
  tax: 22,
  stock: 14,
};

const NOTHING: ActPreview = {
  token: "seen",
  fields: [],
  lines: [],
  currency: "",
  net: 0,
  taxes: [],
  total: 0,
  twins: [],
  problems: [],
  notes: [],
};

const field = (name: string, value: string, before = "") => ({ name, before, value });

/** What is planned for Metakocka, on this computer and at the server. */
export class Acts {
  acts: ActView[] = [];
  mood: Mood;
  /** Tokens that were said yes to. */
  confirmed: string[] = [];

  constructor(mood = "usual") {
    this.mood = mood as Mood;
  }

  plan(kind: ActKind, preview: Partial<ActPreview>): ActView {
    const act: ActView = {
      id: `act-${this.acts.length + 1}`,
      kind,
      about: "t1",
      state: "planned",
      waiting: false,
      preview: { ...NOTHING, ...preview },
      why: "",
      differences: [],
      results: [],
      madeAt: "2026-11-19T09:00:00Z",
    };
    this.acts = [act, ...this.acts];
    return act;
  }

  change(id: string, change: Partial<ActView>): ActView {
    this.acts = this.acts.map((act) => (act.id === id ? { ...act, ...change } : act));
    const act = this.acts.find((it) => it.id === id);
    if (!act) throw refusal("not_found", `No change ${id} is planned here.`);
    return act;
  }

  confirm(id: string, token: string): ActView {
    this.confirmed.push(token);
    const result = { id: "1601", number: "NAR-2026-0731", customer: "1600" };
    if (this.mood === "changed") {
      const differences = [{ name: "status", wanted: "new_order", found: "canceled" }];
      return this.change(id, {
        state: "refused",
        why: "Metakocka has changed since you looked, so nothing was sent. Look at it again.",
        differences,
      });
    }
    if (this.mood === "silent") return this.change(id, { state: "cannot_tell", results: [result] });
    const differences =
      this.mood === "otherwise" ? [{ name: "line 1 price", wanted: "96.50", found: "98.00" }] : [];
    setTimeout(() => void rust.stale({ tags: ["customers"] }));
    return this.change(id, { state: "written", results: [result], differences });
  }

  handlers(): Handlers {
    return {
      acts: () => this.acts,
      findProducts: (text) =>
        BOARD.code.toLowerCase().startsWith(text.toLowerCase()) ? [BOARD] : [],
      planPartner: (form) => {
        const twin = { id: "1700", name: "Gorenc gradnje", taxNumber: "", same: "email" as const };
        const isTwin = this.mood === "twin" && !form.notThese.includes(twin.id);
        return this.plan("add_partner", {
          fields: [
            field("name", form.name),
            field("tax_number", form.taxNumber || "SI55667788"),
            field("email", form.email),
            field("company", form.company ? "yes" : "no"),
          ],
          twins: this.mood === "twin" ? [twin] : [],
          token: isTwin ? "" : "seen",
          problems: isTwin
            ? [
                "“Gorenc gradnje” is in Metakocka already. Use that customer, or say that it is somebody else.",
              ]
            : [],
        });
      },
      planContact: (form) =>
        this.plan("add_contact", {
          fields: [
            field("customer", "Kovač pohištvo d.o.o.", "Kovač pohištvo d.o.o."),
            field("email", form.email),
          ],
        }),
      planDocument: (form) => {
        const lines = form.lines.map((line) => {
          const amount = Number(line.amount);
          const price = line.price === "" ? 96.5 : Number(line.price);
          return { ...BOARD, amount, price, discount: 0, tax: 22, net: amount * price };
        });
        const net = lines.reduce((sum, line) => sum + line.net, 0);
        return this.plan("add_document", {
          fields: [
            field("customer", "Kovač pohištvo d.o.o.", "Kovač pohištvo d.o.o."),
            field("date", form.date),
          ],
          lines,
          currency: form.currency,
          net,
          taxes: [{ rate: 22, amount: net * 0.22 }],
          total: net * 1.22,
        });
      },
      planStatus: ({ id }, status) =>
        this.plan("set_status", {
          fields: [field("number", id, id), field("status", status, "new_order")],
        }),
      planPayment: ({ document, amount, date, way }) =>
        this.plan("add_payment", {
          fields: [
            field("number", document.id, document.id),
            field("amount", amount),
            field("date", date),
            field("way", way),
          ],
        }),
      planAttachment: (_message, n, { id }) =>
        this.plan("attach_file", {
          fields: [
            field("number", id, id),
            field("file", `priloga-${n}.pdf`),
            field("bytes", "84210"),
          ],
        }),
      lookAtAct: (id) => this.change(id, { state: "planned" }),
      confirmAct: (id, token) => this.confirm(id, token),
      dropAct: (id) => {
        this.acts = this.acts.filter((act) => act.id !== id);
        return null;
      },
    };
  }
}
