import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { KOVAC, Ledger } from "../../dev/customers.ts";
import { screenWidth } from "../../test/setup.ts";
import { type Handlers, rust } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "./DossierPlace.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const KNOWN = "#/inbox/t/t1";
const UNKNOWN = "#/inbox/t/t5";
const MATEJA = "mateja@gorenc-gradnje.example";

/** The pane as F6 finds it: not the strip it unfolded from. */
const pane = () =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>('[data-pane="dossier"]');
    if (found === null) throw new Error("There is no dossier.");
    return found;
  });

async function openDossier(state = "usual", hash = KNOWN, handlers: Handlers = {}) {
  const ledger = new Ledger(state);
  const opened = await openWindow({ hash, ledger, handlers });
  await screen.findByRole("article");
  return { ...opened, box: within(await pane()) };
}

/** The figure of that name. */
const figure = async (name: string) => {
  const term = await within(await pane()).findByText(name);
  return term.nextElementSibling?.textContent;
};

it("shows who writes, what they bought and what they owe", async () => {
  const { box } = await openDossier();
  expect(await box.findByRole("heading", { name: KOVAC.name })).toBeTruthy();
  expect(box.getByRole("img", { name: "Rank A" })).toBeTruthy();
  expect(box.getByText("Active")).toBeTruthy();
  expect(box.getByText("Celje, No. 10482")).toBeTruthy();
  expect(box.getByText("Metakocka, as of 2 min ago"), "always there").toBeTruthy();
  expect(await figure("Total orders")).toBe("€48,316.40");
  expect(await figure("Open")).toBe("€3,972.80");
  expect(await figure("Of that overdue")).toBe("€1,249.00");
  expect(await figure("Last order")).toBe("10 Nov");
  const rows = box.getAllByRole("button", { expanded: false }).map((row) => row.textContent);
  expect(
    rows.find((row) => row?.includes("2026")),
    "what is late stands first",
  ).toContain("2026-1187");
  expect(
    box.getByText("142 m²", { normalizer: (text) => text.replace("\u00a0", " ") }),
  ).toBeTruthy();
  expect(box.getByText("tomaz@mizarstvo-kovac.example")).toBeTruthy();
});

it("never makes the mail wait", async () => {
  const never = vi.fn(() => new Promise<never>(() => undefined));
  const handlers = { dossierOfThread: never };
  const { user } = await openWindow({ hash: KNOWN, ledger: new Ledger(), handlers });
  const mail = () => screen.findByRole("article", { name: /Mizarstvo|Kovač/ });
  expect(await mail(), "the mail stands").toBeTruthy();
  expect(never).toHaveBeenCalledWith("t1");
  await user.keyboard("jk");
  expect(await mail(), "and again").toBeTruthy();
});

it("opens the lines and payments of a document in place, with the keyboard, too", async () => {
  const { user, box } = await openDossier();
  const row = await box.findByRole("button", { name: /^2026-1187/ });
  row.focus();
  await user.keyboard("{Enter}");
  const detail = within(await box.findByRole("region", { name: "Lines of 2026-1187" }));
  expect(detail.getByText("Spona 110° z dušilcem")).toBeTruthy();
  expect(detail.getByText("Paid 2 Nov, TRR").nextSibling?.textContent).toBe("€500.00");
  expect(detail.getByText("Still open").nextSibling?.textContent).toBe("€1,249.00");
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent, "arrows walk the rows").toContain("2026-1231");
  await user.keyboard("{ArrowUp} ");
  expect(box.queryByRole("region", { name: "Lines of 2026-1187" }), "and Space closes").toBeNull();
  await user.click(box.getByRole("button", { name: "32 more documents" }));
  expect(box.getByText("23 older documents are in Metakocka.")).toBeTruthy();
});

it("changes under one's eyes, and shows what changed", async () => {
  const { ledger, box } = await openDossier();
  expect(await figure("Of that overdue")).toBe("€1,249.00");
  expect(document.querySelector("[data-changed]"), "what appears has not changed").toBeNull();
  await ledger.pay();
  await waitFor(async () => expect(await figure("Of that overdue")).toBe("€0.00"));
  const row = box.getByRole("button", { name: /^2026-1187/ });
  expect(row.textContent).toContain("Paid in 27 days");
  expect(row.dataset.changed, "it stands out").toBe("true");
  const other = box.getByRole("button", { name: /^2026-1231/ });
  expect(other.dataset.changed, "what is as it was does not").toBeUndefined();
  await waitFor(() => expect(row.dataset.changed, "for a moment").toBeUndefined(), {
    timeout: 4000,
  });
});

it("asks again for no other news", async () => {
  const asked: string[] = [];
  const ledger = new Ledger();
  const dossierOfThread = ledger.handlers().dossierOfThread;
  await openDossier("usual", KNOWN, {
    dossierOfThread: (thread) => {
      asked.push(thread);
      if (!dossierOfThread) throw new Error("There is no ledger.");
      return dossierOfThread(thread);
    },
  });
  await figure("Open");
  await rust.stale({ tags: ["overview", "threads", "team", "notes", "presence"] });
  // Those beside it are asked for as well.
  const ofThis = () => asked.filter((thread) => thread === "t1");
  expect(ofThis()).toHaveLength(1);
  await rust.stale({ tags: ["customers"] });
  await waitFor(() => expect(ofThis()).toHaveLength(2));
});

it("says in words what it does not know", async () => {
  const { box } = await openDossier("off");
  expect(await box.findByText("No customer data: Metakocka is not connected.")).toBeTruthy();
  expect(box.getByText("An admin connects it on the team server.")).toBeTruthy();
});

it("says that the facts of a known customer are on their way, once waiting is noticeable", async () => {
  const { box } = await openDossier("waiting");
  expect(
    await box.findByText("Mizarstvo Kovač d.o.o. is known; the documents are on their way."),
  ).toBeTruthy();
  expect(box.getByRole("status", { name: "Loading" })).toBeTruthy();
});

it("says that the ERP no longer has a customer, and shows its documents", async () => {
  const dossierOfThread = new Ledger().handlers().dossierOfThread;
  const { box } = await openDossier("usual", KNOWN, {
    dossierOfThread: async (thread) => {
      const answer = await dossierOfThread?.(thread);
      if (!answer?.customer) throw new Error("There is no ledger.");
      return { ...answer, customer: { ...answer.customer, gone: true } };
    },
  });
  expect(
    await box.findByText("Metakocka no longer has this customer. Its documents stay."),
  ).toBeTruthy();
  expect(await figure("Open"), "and they count").toBe("€3,972.80");
});

it("has a word for a customer without documents", async () => {
  const { box } = await openDossier("empty");
  expect(await box.findByText("No documents in Metakocka yet")).toBeTruthy();
  expect(box.queryByText("Total orders"), "no row of zeros").toBeNull();
});

it("says when it cannot be read, and tries again", async () => {
  let broken = true;
  const ledger = new Ledger();
  const { user, box } = await openDossier("failing", KNOWN, {
    dossierOfThread: (thread) => {
      const answer = (broken ? new Ledger("failing") : ledger).handlers().dossierOfThread?.(thread);
      if (answer === undefined) throw new Error("There is no ledger.");
      return answer;
    },
  });
  expect((await box.findByRole("alert")).textContent).toContain("Your mail is not affected.");
  broken = false;
  await user.click(box.getByRole("button", { name: "Try again" }));
  expect(await box.findByRole("heading", { name: KOVAC.name })).toBeTruthy();
});

it("keeps the same facts offline, and says so", async () => {
  await openWindow({ hash: KNOWN, ledger: new Ledger(), crew: new Crew("offline") });
  const box = within(await pane());
  expect(await box.findByText("Metakocka, as of 2 min ago, offline")).toBeTruthy();
  expect(await figure("Open")).toBe("€3,972.80");
});

it("writes each currency on its line", async () => {
  await openDossier("currencies");
  expect(await figure("Total orders")).toBe("€48,316.40£6,120.00");
  expect(await figure("Of that overdue"), "only what there is").toBe("€1,249.00");
});

it("suggests whose an unknown address may be, links by hand, and takes it back", async () => {
  const { user, ledger, box } = await openDossier("usual", UNKNOWN);
  expect(await box.findByText("No customer known for this address. Link one?")).toBeTruthy();
  expect(box.getByText("has an address of the same domain")).toBeTruthy();
  await user.click(box.getByRole("button", { name: "Link Gorenc gradnje d.o.o." }));
  expect(await box.findByRole("heading", { name: "Gorenc gradnje d.o.o." })).toBeTruthy();
  expect(box.getByText("Linked by hand")).toBeTruthy();
  expect(ledger.byHand.get(MATEJA)).toBe("1780");
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await box.findByText("No customer known for this address. Link one?")).toBeTruthy();
  expect(ledger.byHand.has(MATEJA), "as it was before").toBe(false);
});

it("finds a customer by name and links it with Enter", async () => {
  const { user, ledger, box } = await openDossier("usual", UNKNOWN);
  await user.click(await box.findByRole("button", { name: "Link another customer" }));
  const field = await screen.findByRole("combobox", { name: "Name of the customer" });
  await user.type(field, "zzz");
  expect(await screen.findByText("No customer is called “zzz”.")).toBeTruthy();
  await user.clear(field);
  await user.type(field, "g");
  await screen.findAllByRole("option");
  await user.type(field, "radn{Enter}");
  expect(ledger.byHand.size, "nothing is linked that was found for fewer letters").toBe(0);
  await user.clear(field);
  await user.type(field, "zag");
  await waitFor(() => expect(screen.getByRole("option").textContent).toBe("Studio Žagar"));
  await waitFor(() => expect(field.getAttribute("aria-activedescendant")).toContain("1731"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(ledger.byHand.get(MATEJA)).toBe("1731"));
  expect(await box.findByRole("heading", { name: "Studio Žagar" })).toBeTruthy();
});

it("takes a customer away from an address, and gives it back", async () => {
  const { user, ledger, box } = await openDossier();
  await user.click(await box.findByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Not this customer" }));
  expect(await box.findByText(/belongs to no customer\.$/)).toBeTruthy();
  expect(ledger.byHand.get("tomaz@mizarstvo-kovac.example")).toBe("-");
  await user.click(box.getByRole("button", { name: "Take the link back" }));
  expect(await box.findByRole("heading", { name: KOVAC.name })).toBeTruthy();
});

it("hides and shows with ] and remembers it", async () => {
  const { user } = await openDossier();
  await user.keyboard("]");
  await waitFor(() => expect(screen.queryByText("Total orders")).toBeNull());
  expect(JSON.parse(localStorage.getItem("kontor.layout") ?? "{}").dossierOpen).toBe(false);
  const sign = await within(await pane()).findByRole("button", {
    name: "€3,972.80 open, €1,249.00 overdue",
  });
  await user.click(sign);
  expect(await figure("Open"), "a press on the strip brings it back").toBe("€3,972.80");
});

it("stands between the conversation and the team on the way of F6", async () => {
  const { user } = await openDossier();
  const at = () => document.activeElement?.closest<HTMLElement>("[data-pane]")?.dataset.pane;
  await figure("Open");
  document.querySelector<HTMLElement>('[data-pane="list"]')?.focus();
  const way: (string | undefined)[] = [];
  for (const _ of "12345") {
    await user.keyboard("{F6}");
    way.push(at());
  }
  expect(way).toEqual(["conversation", "dossier", "team", "rail", "list"]);
});

it("is resized with the arrow keys", async () => {
  const { user, box } = await openDossier();
  const border = box.getByRole("separator", { name: "Resize the customer" });
  border.focus();
  await user.keyboard("{ArrowLeft}");
  expect(border.getAttribute("aria-valuenow"), "to the left is wider").toBe("316");
  await user.keyboard("{End}");
  expect(border.getAttribute("aria-valuenow")).toBe("380");
});

it("unfolds over the conversation where there is less room, and gives the focus back", async () => {
  screenWidth.px = 1100;
  const { user } = await openDossier();
  expect(screen.queryByText("Total orders"), "a strip").toBeNull();
  document.querySelector<HTMLElement>('[data-pane="conversation"]')?.focus();
  await user.keyboard("]");
  expect(await figure("Open")).toBe("€3,972.80");
  const panes = document.querySelectorAll('[data-pane="dossier"]');
  expect(panes.length, "the strip is no second pane").toBe(1);
  expect(panes[0]?.contains(document.activeElement)).toBe(true);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByText("Total orders")).toBeNull());
  await user.keyboard("]j");
  await waitFor(() => expect(window.location.hash).toBe("#/inbox/t/t2"));
  expect(document.querySelector('[data-pane="dossier"] h3'), "not over the next mail").toBeNull();
  await user.keyboard("k");
  await waitFor(() => expect(window.location.hash).toBe(KNOWN));
  document.querySelector<HTMLElement>('[data-pane="conversation"]')?.focus();
  await user.keyboard("{Escape}");
  expect(
    document.activeElement?.closest("[data-pane]")?.getAttribute("data-pane"),
    "nor in the way",
  ).toBe("list");
  document.querySelector<HTMLElement>('[data-pane="conversation"]')?.focus();
  await user.keyboard("]{Escape}");
  await waitFor(() =>
    expect((document.activeElement as HTMLElement).dataset.pane).toBe("conversation"),
  );
});

it("is a page behind a line under the subject in a narrow window", async () => {
  screenWidth.px = 400;
  const { user } = await openWindow({ hash: KNOWN, ledger: new Ledger() });
  const line = await screen.findByRole("button", { name: /^Mizarstvo Kovač/ });
  expect(line.textContent).toBe("Mizarstvo Kovač d.o.o.A€3,972.80 open");
  await user.click(line);
  expect(await figure("Open")).toBe("€3,972.80");
  expect(
    document.querySelector("main")?.inert ?? document.querySelector("main[inert]"),
  ).toBeTruthy();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement, "where one was").toBe(line));
});

it("takes no room in a narrow window while nothing is connected", async () => {
  screenWidth.px = 400;
  await openWindow({ hash: KNOWN, ledger: new Ledger("off") });
  await screen.findByRole("article");
  expect(screen.queryByRole("button", { name: /customer/i })).toBeNull();
});

it("keeps the note on the customer, and loads its editor when somebody writes", async () => {
  const { user, box } = await openDossier();
  await user.click(await box.findByRole("button", { name: "Write a note" }));
  expect(
    await box.findByRole("textbox", { name: "Note on the customer Mizarstvo Kovač d.o.o." }),
  ).toBeTruthy();
});

it("stands in short in the team's sheet", async () => {
  const { user } = await openWindow({ hash: KNOWN, ledger: new Ledger(), crew: new Crew() });
  await screen.findByRole("article");
  await user.keyboard("{Control>}t{/Control}");
  const sheet = within(await screen.findByRole("dialog", { name: "Team" }));
  expect(await sheet.findByText("€24,194.00 in 12 months")).toBeTruthy();
  expect(sheet.getByRole("button", { name: /^2026-1187/ })).toBeTruthy();
  expect((await pane()).inert || (await pane()).hasAttribute("inert"), "what it covers").toBe(true);
});

it.each([
  ["a customer", "usual", KNOWN],
  ["nobody known", "usual", UNKNOWN],
])("%s is accessible", async (_, state, hash) => {
  await openDossier(state, hash);
  const found = await axe.run(await pane(), { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

it("merges a customer Metakocka has twice, and takes it back", async () => {
  const { user, box } = await openDossier("twice");
  const likely = within(await box.findByRole("region", { name: "Also in Metakocka as" }));
  expect(likely.getByText("same tax number, same mail address")).toBeTruthy();
  await user.click(likely.getByRole("button", { name: /^Merge with KOVAČ/ }));
  const made = within(await box.findByRole("region", { name: "Merged here from Metakocka" }));
  expect(made.getAllByRole("listitem").map((row) => row.textContent)).toHaveLength(2);
  expect(made.getByText("Main").closest("li")?.textContent).toContain(KOVAC.name);
  expect(box.queryByRole("region", { name: "Also in Metakocka as" })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await box.findByRole("region", { name: "Also in Metakocka as" })).toBeTruthy();
});

it("waves a customer that only looks the same away, and takes it back", async () => {
  const { user, box } = await openDossier("twice");
  await user.click(await box.findByRole("button", { name: /is not the same$/ }));
  expect(await screen.findByText(/are not the same\. Suggested again/)).toBeTruthy();
  expect(box.queryByRole("region", { name: "Also in Metakocka as" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await box.findByRole("region", { name: "Also in Metakocka as" })).toBeTruthy();
});

it("separates merged customers", async () => {
  const { user, box } = await openDossier("merged");
  await user.click(await box.findByRole("button", { name: /^More about KOVAČ/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Separate" }));
  expect(await box.findByRole("region", { name: "Also in Metakocka as" })).toBeTruthy();
  expect(await screen.findByText(/is a customer of its own again\.$/)).toBeTruthy();
});

it("asks for which of merged customers a document is written, the main one first", async () => {
  const { user, box } = await openDossier("merged");
  await user.click(await box.findByRole("button", { name: "Write to Metakocka" }));
  await user.click(await screen.findByRole("menuitem", { name: "New offer" }));
  const choice = await screen.findByRole<HTMLSelectElement>("combobox", {
    name: "Customer in Metakocka",
  });
  expect(choice.value).toBe("1600");
  expect([...choice.options].map(({ value }) => value)).toEqual(["1600", "1655"]);
});

it("switches between the customers of one address", async () => {
  const { user, box } = await openDossier("several");
  const choices = within(await box.findByRole("group", { name: /of several customers/ }));
  const [kovac, zagar] = choices.getAllByRole("button");
  expect(box.queryByRole("heading", { name: KOVAC.name }), "nobody is certain").toBeNull();
  await user.click(kovac as HTMLElement);
  expect(await box.findByRole("heading", { name: KOVAC.name })).toBeTruthy();
  expect(kovac?.getAttribute("aria-pressed")).toBe("true");
  await user.click(zagar as HTMLElement);
  expect(await box.findByRole("heading", { name: "Studio Žagar" })).toBeTruthy();
});
