import type { DocumentView } from "../api/bindings.ts";
import { dayOf, daysBetween, type Format } from "../i18n/format.ts";
import type { PlainKey, Translate } from "../i18n/language.tsx";

/** How a document stands, in words; the tone only underlines them. */
export type StateTold = { tone: "red" | "green" | "blue" | "plain"; text: string };

type Told = Pick<
  DocumentView,
  | "kind"
  | "date"
  | "due"
  | "open"
  | "overdueDays"
  | "status"
  | "statusLabel"
  | "issued"
  | "payments"
>;

/** The words of Metakocka's register that companies start with; others are shown as the company calls them. */
const KNOWN: Readonly<Record<string, [key: PlainKey, tone: StateTold["tone"]]>> = {
  new_order: ["customer.state.new_order", "blue"],
  created: ["customer.state.created", "plain"],
  draft: ["customer.state.draft", "plain"],
  ready_to_ship: ["customer.state.ready_to_ship", "blue"],
  shipped: ["customer.state.shipped", "green"],
  canceled: ["customer.state.canceled", "plain"],
  lost: ["customer.state.lost", "red"],
  damaged: ["customer.state.damaged", "red"],
};

/** A state by its stable word; one of the company's own by what the company calls it. */
export function stateWord(status: string, label: string, t: Translate): string {
  const known = KNOWN[status];
  return known ? t(known[0]) : label || status;
}

/** What is said of a document beside its amount; empty when nothing is known. */
export function stateOf(document: Told, now: Date, format: Format, t: Translate): StateTold {
  const { kind, status, statusLabel } = document;
  if (kind === "invoice") return billState(document, now, format, t);
  const known = KNOWN[status];
  if (known) return { tone: known[1], text: t(known[0]) };
  if (kind === "offer") return offerState(document, now, format, t);
  return { tone: "plain", text: statusLabel || status };
}

function billState(document: Told, now: Date, format: Format, t: Translate): StateTold {
  const { open, overdueDays, due, date, payments, issued: final } = document;
  if (!final) return { tone: "plain", text: t("customer.state.draft") };
  if (open > 0 && overdueDays !== null && overdueDays > 0) {
    return { tone: "red", text: t("customer.state.overdue", { n: overdueDays }) };
  }
  const dueDay = dayOf(due);
  if (open > 0) {
    return dueDay
      ? { tone: "plain", text: t("customer.state.due", { day: format.date(dueDay, now) }) }
      : { tone: "plain", text: t("customer.state.unpaid") };
  }
  const issued = dayOf(date);
  const paid = payments.flatMap((payment) => dayOf(payment.date) ?? []);
  if (issued === null || paid.length === 0) {
    return { tone: "green", text: t("customer.state.paid") };
  }
  const last = new Date(Math.max(...paid.map((day) => day.getTime())));
  return {
    tone: "plain",
    text: t("customer.state.paidIn", { n: Math.max(0, daysBetween(issued, last)) }),
  };
}

function offerState(document: Told, now: Date, format: Format, t: Translate): StateTold {
  const day = dayOf(document.due);
  if (day === null) return { tone: "plain", text: document.statusLabel || document.status };
  const said = { day: format.date(day, now) };
  return daysBetween(now, day) < 0
    ? { tone: "plain", text: t("customer.state.ranOut", said) }
    : { tone: "blue", text: t("customer.state.openTo", said) };
}
