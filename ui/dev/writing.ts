import type { MailFact, Template, TemplatePiece } from "../src/api/bindings.ts";
import { type Handlers, refusal } from "../test/transport.ts";

const AS_OF = "2026-11-19T08:58:00Z";

/** What Metakocka says of values a draft of the sample company may have. */
const KNOWN: readonly Omit<MailFact, "at" | "asOf">[] = [
  {
    kind: "number",
    text: "PN-2026-0418",
    state: "matched",
    value: "PN-2026-0418",
    instead: null,
    document: "PN-2026-0418",
  },
  {
    kind: "total",
    text: "4.180,00 €",
    state: "matched",
    value: "4180.00 EUR",
    instead: null,
    document: "PN-2026-0418",
  },
  {
    kind: "total",
    text: "4.123,80 €",
    state: "stale",
    value: "4180.00 EUR",
    instead: "4.180,00 €",
    document: "PN-2026-0418",
  },
  {
    kind: "date",
    text: "4. decembra",
    state: "stale",
    value: "2026-11-30",
    instead: "30. 11. 2026",
    document: "PN-2026-0418",
  },
  {
    kind: "quantity",
    text: "240 kos",
    state: "matched",
    value: "240 kos",
    instead: null,
    document: "PN-2026-0418",
  },
  { kind: "total", text: "99,90 €", state: "unknown", value: null, instead: null, document: null },
];

const TEMPLATES: readonly Template[] = [
  {
    id: "t1",
    name: "Opomin za plačilo",
    language: "sl",
    subject: "Odprti računi",
    text: "Pozdravljeni, {{contact.first_name}},\n\npo naših podatkih je odprtih {{invoice.open.total}}. Najstarejši je račun {{invoice.oldest.number}}, ki je zapadel {{invoice.oldest.due}}.",
  },
  {
    id: "t2",
    name: "Potrditev dobave",
    language: "sl",
    subject: "",
    text: "Naročilo {{order.last.number}} bo dobavljeno {{order.last.due}}.",
  },
  {
    id: "t3",
    name: "Order confirmed",
    language: "en",
    subject: "Your order {{order.last.number}}",
    text: "Dear {{contact.first_name}},\n\nyour order {{order.last.number}} of {{order.last.total}} is confirmed.",
  },
];

const VALUES: Record<string, string> = {
  "contact.first_name": "Tomaž",
  "invoice.open.total": "3.972,80 €",
  "invoice.oldest.number": "2026-1187",
  "invoice.oldest.due": "13. 11. 2026",
  "order.last.number": "NAR-2026-0702",
  "order.last.total": "€2,723.80",
};

const pieces = (text: string): TemplatePiece[] =>
  text
    .split(/(\{\{[a-z_.]+\}\})/u)
    .filter((part) => part !== "")
    .map((part) => {
      const name = part.startsWith("{{") ? part.slice(2, -2) : null;
      const value = name === null ? part : (VALUES[name] ?? "");
      return { text: value, placeholder: name, missing: value === "" };
    });

/** Facts and templates as Rust tells them of the sample company. */
export class Writing {
  templates: Template[] = [...TEMPLATES];
  /** Words that are no longer true, whatever was known of them. */
  outdated: string | null = null;

  handlers(): Handlers {
    return {
      checkFacts: ({ text }) =>
        KNOWN.flatMap((fact) => {
          const at = text.indexOf(fact.text);
          const state = fact.text === this.outdated ? "stale" : fact.state;
          return at < 0
            ? []
            : [{ ...fact, state, at, asOf: fact.document === null ? null : AS_OF }];
        }).sort((a, b) => a.at - b.at),
      outboxChanges: () => [],
      listTemplates: () => this.templates,
      templatePlaceholders: () => [...Object.keys(VALUES), "order.last.due", "today"],
      placeholderValues: (people) => {
        const known = people.some(({ address }) => address.includes("kovac"));
        return [...Object.keys(VALUES), "order.last.due", "today"].map((name) => ({
          name,
          value: name === "today" ? "19 November 2026" : ((known ? VALUES[name] : null) ?? null),
        }));
      },
      saveTemplate: (template) => {
        const same = this.templates.find(
          ({ id, name }) => name === template.name && id !== template.id,
        );
        if (same) throw refusal("usage", `There is a template “${template.name}” already.`);
        const id = template.id ?? `t${this.templates.length + 1}`;
        this.templates = [...this.templates.filter((one) => one.id !== id), { ...template, id }];
        return id;
      },
      removeTemplate: (id) => {
        this.templates = this.templates.filter((one) => one.id !== id);
        return null;
      },
      fillTemplate: (id, people) => {
        const template = this.templates.find((one) => one.id === id);
        if (template === undefined) throw refusal("not_found", "There is no such template.");
        const known = people.some(({ address }) => address.includes("kovac"));
        const text = pieces(template.text);
        const subject = pieces(template.subject);
        const missing = [...subject, ...text].filter((piece) => piece.missing);
        return {
          subject,
          text,
          missing: [...new Set(missing.map(({ placeholder }) => placeholder ?? ""))],
          known,
        };
      },
    };
  }
}
