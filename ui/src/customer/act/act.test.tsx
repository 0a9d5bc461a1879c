import { screen, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Acts } from "../../../dev/acts.ts";
import { Crew } from "../../../dev/crew.ts";
import { Ledger } from "../../../dev/customers.ts";
import { openWindow } from "../../../test/window.tsx";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "../DossierPlace.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const KNOWN = "#/inbox/t/t1";
const UNKNOWN = "#/inbox/t/t5";

const open = (hash: string, acts: Acts, team = "live") =>
  openWindow({
    hash,
    crew: new Crew(team),
    ledger: new Ledger("usual"),
    handlers: acts.handlers(),
  });

const press = async (user: { click: (on: Element) => Promise<void> }, name: string | RegExp) =>
  user.click(await screen.findByRole("button", { name }));

async function order(user: Awaited<ReturnType<typeof open>>["user"]) {
  await press(user, "Write to Metakocka");
  await user.click(await screen.findByRole("menuitem", { name: "New order" }));
  await user.type(await screen.findByRole("combobox", { name: "Code" }), "HR-PL-27");
  await press(user, "See what is written");
}

it("writes an order only after its preview was seen and confirmed", async () => {
  const acts = new Acts();
  const { user } = await open(KNOWN, acts);
  await order(user);
  const dialog = await screen.findByRole("dialog", { name: "New document in Metakocka" });
  expect(within(dialog).getByText("Hrastova plošča 27 mm")).toBeTruthy();
  expect(within(dialog).getByText(/117\.73/), "with the tax").toBeTruthy();
  expect(within(dialog).getByText(/Invoices come out of Metakocka as drafts/)).toBeTruthy();
  expect(acts.confirmed, "looking writes nothing").toEqual([]);
  await press(user, "Write it");
  expect(await screen.findByText(/as confirmed\. NAR-2026-0731/)).toBeTruthy();
  expect(acts.confirmed).toEqual(["seen"]);
});

it("shows what came out otherwise than confirmed", async () => {
  const { user } = await open(KNOWN, new Acts("otherwise"));
  await order(user);
  await press(user, "Write it");
  const row = await screen.findByRole("row", { name: /Line 1, Price without tax/ });
  expect(within(row).getByText("96.5")).toBeTruthy();
  expect(within(row).getByText("98")).toBeTruthy();
});

it("refuses what has changed since the look, with both values", async () => {
  const { user } = await open(KNOWN, new Acts("changed"));
  await order(user);
  await press(user, "Write it");
  expect(await screen.findByText(/has changed since you looked/)).toBeTruthy();
  expect(await screen.findByRole("row", { name: /State new_order canceled/ })).toBeTruthy();
});

it("says what to do where nobody can tell", async () => {
  const acts = new Acts("silent");
  const { user } = await open(KNOWN, acts);
  await order(user);
  await press(user, "Write it");
  expect(await screen.findByText(/Look in Metakocka whether it is there/)).toBeTruthy();
  await press(user, "I have looked there");
  expect(acts.acts).toEqual([]);
});

it("adds no twin of a customer, unless somebody says that it is somebody else", async () => {
  const acts = new Acts("twin");
  const { user } = await open(UNKNOWN, acts);
  await press(user, "New customer from this sender");
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "Gorenc d.o.o.");
  await press(user, "See what is written");
  const twins = await screen.findByRole("list", { name: "Already in Metakocka" });
  expect(within(twins).getByText(/same address/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Write it" })).toBeNull();
  await press(user, "Somebody else");
  expect(await screen.findByRole("button", { name: "Write it" })).toBeTruthy();
  expect(acts.confirmed).toEqual([]);
});

it("keeps a change without a line, and asks again when it is back", async () => {
  const acts = new Acts();
  acts.plan("set_status", {});
  const { user } = await open(KNOWN, acts, "offline");
  expect(await screen.findByText("1 planned change for Metakocka: look and confirm.")).toBeTruthy();
  await press(user, "Look");
  expect(await screen.findByText(/Nothing is sent by itself/)).toBeTruthy();
  await press(user, "Write it");
  expect(acts.confirmed, "the button only says why").toEqual([]);
  await press(user, "Keep for later");
  expect(acts.acts).toHaveLength(1);
});

it("is accessible", async () => {
  const { user } = await open(KNOWN, new Acts());
  await order(user);
  const dialog = await screen.findByRole("dialog", { name: "New document in Metakocka" });
  const { violations } = await axe.run(dialog);
  expect(violations.map(({ id }) => id)).toEqual([]);
});
