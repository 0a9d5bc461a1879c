import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { Desk } from "../../dev/desk.ts";
import { openWindow } from "../../test/window.tsx";
import { voiceOf } from "../i18n/language.tsx";
import { ago } from "./ago.ts";
import { report } from "./report.ts";

const NOW = new Date("2026-11-19T09:00:00Z");
vi.useFakeTimers({ toFake: ["Date"], now: NOW });

it("spells out bad news under its account, with what is safe and one button", async () => {
  const { user } = await openWindow({ hash: "#/health", handlers: new Desk().handlers() });
  const table = within(await screen.findByRole("table", { name: /Accounts and their/ }));
  expect(table.getByText("Changes wait safely on this computer", { exact: false })).toBeTruthy();
  expect(table.getByText(/does not accept this name and password/), "and why").toBeTruthy();
  expect(table.getByText("42 min ago"), "push is down since").toBeTruthy();
  const [details] = table.getAllByRole("button", { name: "Details" });
  if (details) await user.click(details);
  expect(table.getByText(/too many open connections/), "the server's own words").toBeTruthy();
  await user.click(table.getByRole("button", { name: "Sign in again" }));
  expect(await screen.findByRole("dialog", { name: /^Sign in to racuni@/ })).toBeTruthy();
});

it("says in one line that all is well", async () => {
  await openWindow({ hash: "#/health", handlers: new Desk("well").handlers() });
  expect(await screen.findByText("All accounts live. Nothing waiting.")).toBeTruthy();
});

it.each([
  [
    "live",
    ["Live", "34 ms", "5 of 6"],
    /Last error, \d\d:42: The team's server has been silent.*nothing is to be done/,
  ],
  ["offline", ["Offline", "3", "1 h ago"], /kept here and sent later/],
  ["needs_you", ["Needs you"], /until you sign in to the team again/],
])("tells how the team's server is reached: %s", async (state, figures, news) => {
  await openWindow({
    hash: "#/health",
    crew: new Crew(state),
    handlers: new Desk("well").handlers(),
  });
  const card = within(await screen.findByRole("region", { name: "Team server" }));
  for (const figure of figures) expect((await card.findAllByText(figure))[0]).toBeTruthy();
  expect(card.getByText(news), "what to do").toBeTruthy();
});

it("says where the team's data is when one works alone", async () => {
  await openWindow({ hash: "#/health", handlers: new Desk("well").handlers() });
  const card = within(await screen.findByRole("region", { name: "Team server" }));
  expect(await card.findByText("On this computer")).toBeTruthy();
});

it("copies a report without addresses", async () => {
  const { health } = new Desk("busy").handlers();
  const view = await health?.();
  if (!view) throw new Error("the desk answers");
  const text = report(view, NOW);
  expect(text, "no address, no server's words").not.toMatch(/@|hrastvijak|password|too many/);
  expect(text).toContain("Account 3: polling");
  expect(text).toContain("Searchable bodies: 98.7 %");
});

describe("ago", () => {
  const { t, format } = voiceOf("en");
  const sl = voiceOf("sl");
  it.each([
    [0, "now", "zdaj"],
    [4, "4 s ago", "pred 4 s"],
    [360, "6 min ago", "pred 6 min"],
    [7200, "2 h ago", "pred 2 h"],
    [90_000, "Yesterday", "včeraj"],
    [180_000, "17 Nov", "17. nov."],
  ])("%i s", (seconds, english, slovenian) => {
    const at = new Date(NOW.getTime() - seconds * 1000);
    expect(ago(at, NOW, format, t)).toBe(english);
    expect(ago(at, NOW, sl.format, sl.t)).toBe(slovenian);
  });
});
