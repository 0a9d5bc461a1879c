import { expect, it } from "vitest";
import type { DocumentView } from "../api/bindings.ts";
import { voiceOf } from "../i18n/language.tsx";
import { ageOf } from "./age.ts";
import { stateOf } from "./document-state.ts";
import { plainWords } from "./note-words.ts";
import { placeOf } from "./place.ts";

const en = voiceOf("en");
const sl = voiceOf("sl");
const NOW = new Date(2026, 10, 19, 10, 0);

const paper = (more: Partial<DocumentView>) => ({
  kind: "invoice" as const,
  date: "2026-10-02",
  due: "2026-11-01",
  open: 0,
  overdueDays: null,
  status: "",
  statusLabel: "",
  issued: true,
  payments: [],
  ...more,
});
const paid = (...days: (string | null)[]) =>
  days.map((date) => ({ date, amount: 10, kind: "TRR" }));

it.each<[string, Partial<DocumentView>, string, string]>([
  ["a late bill", { open: 5, overdueDays: 6 }, "Overdue 6 days", "red"],
  ["a bill late by a day", { open: 5, overdueDays: 1 }, "Overdue 1 day", "red"],
  ["a bill to be paid", { open: 5, due: "2026-12-16" }, "Due 16 Dec", "plain"],
  ["a bill to be paid some day", { open: 5, due: null }, "Open", "plain"],
  ["a paid bill", { payments: paid("2026-10-10", "2026-10-23") }, "Paid in 21 days", "plain"],
  ["a bill paid who knows when", { payments: paid(null) }, "Paid", "green"],
  ["a bill paid before its day", { payments: paid("2026-09-30") }, "Paid in 0 days", "plain"],
  ["a draft of a bill", { open: 5, overdueDays: 6, issued: false }, "Draft", "plain"],
  ["an offer", { kind: "offer", due: "2026-11-30" }, "Open to 30 Nov", "blue"],
  ["an offer on its last day", { kind: "offer", due: "2026-11-19" }, "Open to 19 Nov", "blue"],
  ["an old offer", { kind: "offer", due: "2026-11-18" }, "Ran out 18 Nov", "plain"],
  ["an offer with a state", { kind: "offer", status: "canceled" }, "Cancelled", "plain"],
  ["an order", { kind: "order", status: "shipped", statusLabel: "Odpr." }, "Shipped", "green"],
  [
    "the company's own word",
    { kind: "order", status: "x7", statusLabel: "V žagi" },
    "V žagi",
    "plain",
  ],
  ["a credit note", { kind: "credit_note", open: -5 }, "", "plain"],
])("says how %s stands", (_, more, text, tone) => {
  expect(stateOf(paper(more), NOW, en.format, en.t), "words first, tone only underlines").toEqual({
    text,
    tone,
  });
});

it.each([
  [1, "Zamuda 1 dan"],
  [2, "Zamuda 2 dneva"],
  [3, "Zamuda 3 dni"],
  [5, "Zamuda 5 dni"],
])("counts %i days of delay in Slovenian", (overdueDays, want) => {
  const { text } = stateOf(paper({ open: 5, overdueDays }), NOW, sl.format, sl.t);
  expect(text, "four forms").toBe(want);
});

const MINUTE = 60_000;
it.each([
  [30_000, "as of just now", false],
  [2 * MINUTE, "as of 2 min ago", false],
  [15 * MINUTE, "as of 15 min ago", true],
  [3 * 60 * MINUTE, "as of 3 h ago", true],
  [25 * 60 * MINUTE, "as of yesterday 09:00", true],
  [70 * 60 * MINUTE, "as of 16 Nov 12:00", true],
])("says the age of facts of %i ms", (passed, text, old) => {
  const asOf = new Date(NOW.getTime() - passed).toISOString();
  expect(ageOf({ asOf, stale: "fresh" }, NOW, en.format, en.t), "amber from 15 min on").toEqual({
    text,
    old,
  });
});

it("never calls facts young that the engine calls old, or whose age nobody knows", () => {
  const asOf = NOW.toISOString();
  expect(ageOf({ asOf, stale: "old" }, NOW, en.format, en.t).old).toBe(true);
  expect(ageOf({ asOf: null, stale: "fresh" }, NOW, en.format, en.t).old).toBe(true);
});

it.each([
  [["Obrtniška 14", "3000 Celje", "Slovenija"], "Celje"],
  [["Hauptstr. 2", "A-1010 Wien"], "Wien"],
  [["Dolga ulica 3000"], null],
  [[], null],
])("finds the town in %j", (address, want) => {
  expect(placeOf(address), "only what follows a post code").toBe(want);
});

it("reads a note without the signs that format it", () => {
  const note =
    "# Kovač\n\n- **3 %** nad 100 m²\n- [x] vzorec\n- [ ] @Ana\n[cenik](https://x.example) 2_5";
  expect(plainWords(note), "words only").toBe(
    "Kovač\n· 3 % nad 100 m²\n✓ vzorec\n· @Ana\ncenik 2_5",
  );
});
