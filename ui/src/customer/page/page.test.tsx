import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { KOVAC, Ledger } from "../../../dev/customers.ts";
import { screenWidth } from "../../../test/setup.ts";
import { type Handlers, rust } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "../DossierPlace.tsx";
import "./CustomerPage.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const PAGE = "#/customer/1600";
const MAIL = "#/inbox/t/t1";

async function openAt(hash: string, state = "usual", handlers: Handlers = {}) {
  const ledger = new Ledger(state);
  return { ...(await openWindow({ hash, ledger, handlers })), ledger };
}

const row = (thread: string) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`#thread-${thread}`);
    if (found === null) throw new Error(`There is no row ${thread}.`);
    return found;
  });

it("says in the list whose mail it is, how they stand, and who writes for the first time", async () => {
  await openAt("#/inbox");
  const kovac = within(await row("t1"));
  expect(await kovac.findByRole("img", { name: "Rank A" })).toBeTruthy();
  expect(kovac.getByText("Mizarstvo Kovač d.o.o.")).toBeTruthy();
  expect(kovac.getByText("Overdue 6 days")).toBeTruthy();
  expect(within(await row("t2")).getByText("Ships today")).toBeTruthy();
  expect(within(await row("t5")).getByText("New")).toBeTruthy();
  const jonas = await row("t7");
  expect(within(jonas).queryByRole("img"), "of nobody who is known nothing is said").toBeNull();
});

it("paints the list before it asks, asks once for all rows in view, and again when facts change", async () => {
  const asked: string[][] = [];
  const painted: number[] = [];
  await openAt("#/inbox", "usual", {
    badges: (addresses) => {
      asked.push(addresses);
      painted.push(document.querySelectorAll('[role="option"]').length);
      return { known: [], first: [] };
    },
  });
  await row("t1");
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(painted[0], "the rows stand").toBeGreaterThan(5);
  expect(asked[0]).toContain("tomaz@mizarstvo-kovac.example");
  await rust.stale({ tags: ["customers"] });
  await waitFor(() => expect(asked).toHaveLength(2));
});

it("stays a list when nobody can say whose mail it is", async () => {
  await openAt("#/inbox", "usual", {
    badges: () => {
      throw { code: "store", message: "The database is locked." };
    },
  });
  const first = await row("t1");
  expect(first.textContent).toContain("Tomaž Kovač");
  expect(screen.queryByRole("alert")).toBeNull();
});

it("shows a document the mail names in the rail, and all mails about it", async () => {
  const { user } = await openAt(MAIL);
  const chips = within(await screen.findByRole("list", { name: "Documents named here" }));
  const names = chips.getAllByRole("button").map((chip) => chip.textContent);
  expect(names).toEqual(["Offer PN-2026-0418 €4,180.00", "Invoice 2026-1187 overdue"]);
  await user.click(chips.getByRole("button", { name: /2026-1187/ }));
  const shown = await screen.findByRole("region", { name: "Document 2026-1187" });
  expect(within(shown).getByText("Still open").nextSibling?.textContent).toBe("€1,249.00");
  await waitFor(() => expect(document.activeElement).toBe(shown));
  await user.click(within(shown).getByRole("button", { name: "Its correspondence" }));
  expect(decodeURIComponent(window.location.hash)).toContain("q=doc:2026-1187");
});

it("says which attachment names a document", async () => {
  const [document] = KOVAC.documents;
  if (document === undefined) throw new Error("There is no document.");
  const attached = { text: document.number, place: "attachment" as const, document };
  const named = [{ ...attached, file: "Naročilo.pdf" }];
  await openAt(MAIL, "usual", { namedDocuments: () => named });
  const chip = await screen.findByRole("button", { name: /in Naročilo\.pdf$/ });
  expect(chip.title).toContain("in Naročilo.pdf");
});

it("lays the document over a mail where there is no room beside it", async () => {
  screenWidth.px = 400;
  const { user } = await openAt(MAIL);
  await user.click(await screen.findByRole("button", { name: /Invoice 2026-1187/ }));
  const shown = await screen.findByRole("region", { name: "Document 2026-1187" });
  await user.click(within(shown).getByRole("button", { name: "Close the document" }));
  expect(screen.queryByRole("region", { name: "Document 2026-1187" })).toBeNull();
});

it("opens from the rail and from the keyboard, and leads back", async () => {
  const { user } = await openAt(MAIL);
  await user.click(await screen.findByRole("button", { name: KOVAC.name }));
  expect(window.location.hash).toBe(PAGE);
  expect(await screen.findByRole("heading", { level: 1, name: KOVAC.name })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(window.location.hash, "where it was opened").toBe(MAIL);
  await screen.findByRole("button", { name: KOVAC.name });
  await user.keyboard("gc");
  expect(window.location.hash).toBe(PAGE);
});

it("has everything: figures, charts, documents, conversations, tasks and contacts", async () => {
  await openAt(PAGE);
  const main = within(await screen.findByRole("main"));
  expect(await main.findByText("In 12 months")).toBeTruthy();
  expect(main.getByText("€24,194.00")).toBeTruthy();
  const chart = await main.findByRole("slider", { name: "Turnover by month, EUR" });
  expect(chart.getAttribute("aria-valuetext")).toBe("November: €2,723.80, of it €2,723.80 open");
  expect(main.getByText("Razrez po meri")).toBeTruthy();
  expect(await main.findByRole("heading", { name: "37 documents" })).toBeTruthy();
  expect(main.getByRole("heading", { name: "Conversations" })).toBeTruthy();
  expect(main.getByText("nina@mizarstvo-kovac.example")).toBeTruthy();
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id }) => id)).toEqual([]);
});

it("reads a month with the arrow keys, and the same from the table behind", async () => {
  const { user } = await openAt(PAGE);
  const chart = await screen.findByRole("slider", { name: "Turnover by month, EUR" });
  chart.focus();
  await user.keyboard("{ArrowLeft}");
  expect(chart.getAttribute("aria-valuetext")).toBe("October: €3,609.50, of it €1,249.00 open");
  const [first] = screen.getAllByRole("button", { name: "Show as a table" });
  if (first) await user.click(first);
  const table = within(await screen.findByRole("table", { name: "Turnover by month, EUR" }));
  const october = within(table.getByRole("row", { name: /^October €/ }));
  expect(october.getAllByRole("cell").map((cell) => cell.textContent)).toEqual([
    "€3,609.50",
    "€1,249.00",
  ]);
});

it("narrows the documents and saves just those as a table", async () => {
  const { user, ledger } = await openAt(PAGE);
  await user.click(await screen.findByRole("button", { name: /All states/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Overdue" }));
  expect(await screen.findByRole("heading", { name: "1 document" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save as CSV" }));
  expect(await screen.findByText(/^Saved to .*Mizarstvo Kovač d\.o\.o\..csv$/)).toBeTruthy();
  const filter = { kind: null, state: "overdue", from: null, until: null };
  expect(ledger.saved).toEqual([["1600", filter, "en"]]);
  await user.click(screen.getByRole("button", { name: "Show all" }));
  expect(await screen.findByRole("heading", { name: "37 documents" })).toBeTruthy();
});

it("loads older documents as one asks for them", async () => {
  const asked: (string | null)[] = [];
  const { user } = await openAt(PAGE, "usual", {
    customerDocuments: (_, __, cursor) => {
      asked.push(cursor);
      const [first] = KOVAC.documents;
      const document = { ...first, id: `d${asked.length}`, number: `D-${asked.length}` };
      return { documents: [document], next: cursor === null ? "7/2026-01-01" : null, total: 2 };
    },
  } as Handlers);
  await user.click(await screen.findByRole("button", { name: "Older documents" }));
  expect(await screen.findByRole("button", { name: /^D-2/ })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^D-1/ }), "the newer ones stay").toBeTruthy();
  expect(asked).toEqual([null, "7/2026-01-01"]);
  expect(screen.queryByRole("button", { name: "Older documents" })).toBeNull();
});

it("follows what changes in Metakocka", async () => {
  const { ledger } = await openAt(PAGE);
  await screen.findByText("Overdue 6 days");
  await ledger.pay();
  await waitFor(() => expect(screen.queryByText("Overdue 6 days")).toBeNull());
});

it.each([
  ["failing", "The customer could not be read. Your mail is not affected. The database is locked."],
  ["empty", "No documents in Metakocka yet"],
  ["waiting", `${KOVAC.name} is known; the documents are on their way.`],
])("says what there is to say when it is %s", async (state, words) => {
  await openAt(PAGE, state);
  expect(await screen.findByText(words)).toBeTruthy();
});

it("offers nothing to narrow or save where there are no documents", async () => {
  await openAt(PAGE, "empty");
  await screen.findByText("No documents in Metakocka yet");
  expect(screen.queryByRole("button", { name: "Save as CSV" })).toBeNull();
  expect(screen.queryByRole("group", { name: "Narrow the documents" })).toBeNull();
});

it("says that a customer of an old address is not known", async () => {
  await openAt("#/customer/77");
  expect(await screen.findByText(/No customer is known here as “77”/)).toBeTruthy();
});
