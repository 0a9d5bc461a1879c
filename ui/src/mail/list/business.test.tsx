import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Ledger } from "../../../dev/customers.ts";
import { openWindow, subjects } from "../../../test/window.tsx";
import { readOrders, setOrder } from "../../app/list-order.ts";

// Thursday of the sample; timers stay real, only the date is the sample's.
vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const INBOX = { kind: "role", role: "inbox" } as const;
const open = (hash = "#/inbox") => openWindow({ hash, ledger: new Ledger() });
const rail = () => screen.getByRole("navigation", { name: "Accounts and folders" });

it("stands in the order one chose, and remembers it", async () => {
  const { user } = await open("#/inbox/t/t4");
  await waitFor(() => expect(subjects().length).toBeGreaterThan(0));
  expect(screen.getByText("Today"), "days head what stands by date").toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "Order: Newest first" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Overdue first" }));
  await waitFor(() => expect(subjects()[0], "41 days late").toBe("Re: Price list 2027"));
  expect(screen.queryByText("Today"), "and nothing else").toBeNull();
  expect(localStorage.getItem("kontor.orders")).toBe('{"inbox":"overdue"}');
  await user.keyboard("e");
  await waitFor(() => expect(subjects()[0], "what is left stays in its order").toMatch(/PN-2026/));
  setOrder(INBOX, "newest");
  await waitFor(() => expect(screen.queryByText("Today")).toBeTruthy());
});

it.each([
  ["nothing", null, {}],
  ["no JSON", "{", {}],
  ["an order nobody knows", '{"inbox":"size","sent":"value"}', { sent: "value" }],
])("reads an order kept as %s", (_, text, want) => {
  expect(readOrders(text)).toEqual(want);
});

it("says whose the mails one sent are", async () => {
  await open("#/sent");
  const row = await screen.findByRole("option", { name: /Reminder: invoice/ });
  expect(await within(row).findByText("Möbel Steiner GmbH")).toBeTruthy();
  expect(row.textContent, "to whom, not by whom").toMatch(/^To: Katharina/);
  const unknown = screen.getByRole("option", { name: /Vzorci/ });
  expect(within(unknown).queryByText("New"), "whom we write to is not new").toBeNull();
});

it("keeps a search as a view, renames and removes it", async () => {
  const { user } = await open("#/inbox?q=status%3Aprospect%20");
  expect(await within(rail()).findByText("First contact"), "offered from the start").toBeTruthy();
  await user.click(await screen.findByRole("button", { name: "Keep as view" }));
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  expect(screen.getByRole("button", { name: "Keep" }).getAttribute("aria-disabled")).toBe("true");
  await user.type(name, "Prospects{Enter}");
  const view = await within(rail()).findByRole("link", { name: /Prospects.*1 unread, 4 in all/ });
  expect(view.getAttribute("aria-current"), "it is what is shown").toBe("page");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Keep as view" })).toBeNull());

  await user.click(screen.getByRole("button", { name: "More for Prospects" }));
  await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
  const again = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(again);
  await user.type(again, "Leads{Enter}");
  expect(await within(rail()).findByText("Leads")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "More for Leads" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await waitFor(() => expect(within(rail()).queryByText("Leads")).toBeNull());
});

it("acts on mail that arrives in a view, chosen by keys", async () => {
  const { user } = await open();
  const link = await within(rail()).findByRole("link", { name: /^First contact/ });
  expect(link.textContent).not.toMatch(/new mail/);
  screen.getByRole("button", { name: "More for First contact" }).focus();
  await user.keyboard("{Enter}");
  const group = await screen.findByRole("group", { name: "When such a mail arrives" });
  const flag = within(group).getByRole("menuitemcheckbox", { name: "Flag it" });
  const notify = within(group).getByRole("menuitemcheckbox", { name: "Notify me" });
  await waitFor(() => expect(document.activeElement).toBe(flag));
  await user.keyboard(" {ArrowDown} ");
  await waitFor(() => expect(notify.getAttribute("aria-checked")).toBe("true"));
  expect(flag.getAttribute("aria-checked"), "the second leaves the first").toBe("true");
  const results = await axe.run(screen.getByRole("menu"), {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(results.violations.map(({ id }) => id)).toEqual([]);
  await user.keyboard("{ArrowUp} {Escape}");
  await waitFor(() => expect(link.textContent).toMatch(/notifies of new mail/));
  expect(link.textContent, "and can be taken away").not.toMatch(/flags new mail/);
});

it("shows documents by number, reached and opened by keys", async () => {
  const { user } = await open("#/inbox?q=2026-11");
  const found = await screen.findByRole("region", { name: "Documents" });
  expect(within(found).getAllByRole("button")[0]?.textContent).toMatch(
    /2026-1187.*Mizarstvo Kovač/,
  );
  await user.click(screen.getByRole("textbox", { name: "Search mail" }));
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent, "down goes into them").toMatch(/2026-1187/);
  const results = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(results.violations.map(({ id }) => id)).toEqual([]);
  await user.keyboard("{Enter}");
  const shown = await screen.findByRole("region", { name: "Document 2026-1187" });
  expect(shown, "above everything else of its customer").toBeTruthy();
  expect(window.location.hash).toBe("#/customer/1600");
});
