import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../../dev/crew.ts";
import { type Handlers, refusal } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import { setTeamPanel } from "../../app/team-panel.ts";
import { clearToasts } from "../../components/toasts.ts";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "../TeamSheet.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";

async function openCustomer(handlers: Handlers = {}) {
  clearToasts();
  const crew = new Crew();
  const opened = await openWindow({ hash: "#/inbox/t/t1", crew, handlers });
  await screen.findByRole("article");
  setTeamPanel({ open: true, tab: "customer" });
  const sheet = await screen.findByRole("dialog", { name: "Team" });
  const [tags] = await within(sheet).findAllByRole("list", { name: "Tags" });
  const tasks = within(sheet).findByRole("list", { name: "Tasks" });
  return { ...opened, crew, sheet, tags: within(tags as HTMLElement), tasks: within(await tasks) };
}

it("tags a customer and takes a tag away", async () => {
  const { user, crew, tags } = await openCustomer();
  await user.click(tags.getByRole("button", { name: "Tag" }));
  await user.keyboard("Ključna stranka{Enter}");
  expect(await tags.findByText("Ključna stranka")).toBeTruthy();
  const adder = await tags.findByRole("button", { name: "Tag" });
  await waitFor(() => expect(document.activeElement, "one goes on there").toBe(adder));
  await user.click(tags.getByRole("button", { name: "Remove the tag VIP" }));
  await waitFor(() => expect(tags.queryByText("VIP")).toBeNull());
  expect(crew.marks.on(TOMAZ).tags).toEqual(["Fair 2026", "Ključna stranka"]);
});

it("gives a tag up with Escape, and the panel stays", async () => {
  const { user, crew, sheet, tags } = await openCustomer();
  await user.click(tags.getByRole("button", { name: "Tag" }));
  await user.keyboard("half{Escape}");
  expect(await tags.findByRole("button", { name: "Tag" })).toBeTruthy();
  expect(sheet.isConnected, "Escape was the field's").toBe(true);
  expect(crew.marks.on(TOMAZ).tags).toEqual(["Fair 2026", "VIP"]);
});

it("shows what is late, finishes a task and opens it again", async () => {
  const { user, tasks } = await openCustomer();
  expect(tasks.getByText("Late: 17 Nov")).toBeTruthy();
  expect(tasks.getByText("27 Nov"), "not late").toBeTruthy();
  await user.click(
    tasks.getByRole("checkbox", { name: "Finish: Send the offer for the glulam beams" }),
  );
  const again = await tasks.findByRole<HTMLInputElement>("checkbox", {
    name: "Open again: Send the offer for the glulam beams",
  });
  expect(again.checked).toBe(true);
  await user.click(again);
  expect(
    await tasks.findByRole("checkbox", { name: /^Finish: Send the offer/ }),
    "a tick by mistake is taken back",
  ).toBeTruthy();
});

it("writes a task down with a day and a person", async () => {
  const { user, crew, sheet } = await openCustomer();
  const [field] = within(sheet).getAllByRole("textbox", { name: "What is to be done?" });
  await user.type(field as HTMLElement, "Pokliči glede montaže");
  await user.type(within(sheet).getByLabelText("Due"), "2026-11-30");
  await user.click(within(sheet).getByRole("button", { name: /^For:/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: /Ana Zupančič/ }));
  await user.click(within(sheet).getByRole("button", { name: "Add" }));
  await waitFor(() =>
    expect(crew.marks.on(TOMAZ).tasks[0]).toMatchObject({
      text: "Pokliči glede montaže",
      due: "2026-11-30",
      member: "ana",
    }),
  );
  expect((field as HTMLInputElement).value, "ready for the next").toBe("");
});

it("keeps the words when a task cannot be kept", async () => {
  const { user, sheet } = await openCustomer({
    saveTask: () => {
      throw refusal("store", "The store is locked.");
    },
  });
  const [field] = within(sheet).getAllByRole("textbox", { name: "What is to be done?" });
  await user.type(field as HTMLElement, "rok{Enter}");
  expect(await screen.findByText(/The task was not kept.*The store is locked/)).toBeTruthy();
  expect((field as HTMLInputElement).value).toBe("rok");
});

it("can be used by everyone", async () => {
  const { sheet } = await openCustomer();
  const { violations } = await axe.run(sheet, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id }) => id)).toEqual([]);
});
