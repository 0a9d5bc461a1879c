import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../../dev/crew.ts";
import { screenWidth } from "../../../test/setup.ts";
import { type Handlers, refusal } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import { setTeamPanel, type ToolbarSize } from "../../app/team-panel.ts";
// Loaded before the first test: what waits for the compiler says nothing about the window.
import "../TeamSheet.tsx";
import "./Expanded.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";
const bar = () => screen.findByRole("region", { name: "Team toolbar" });

async function openToolbar(
  size: ToolbarSize = "expanded",
  options: { crew?: Crew; handlers?: Handlers; hash?: string } = {},
) {
  const { crew = new Crew(), handlers = {}, hash = "#/inbox/t/t1" } = options;
  const opened = await openWindow({ hash, crew, handlers });
  setTeamPanel({ look: "toolbar", size });
  if (hash.includes("/t/")) await screen.findByRole("article");
  return { ...opened, box: within(await bar()) };
}

const kept = () => JSON.parse(localStorage.getItem("kontor.team") ?? "{}");

it("takes the button's place by a setting, and is remembered", async () => {
  const { user } = await openWindow({ hash: "#/settings/appearance", crew: new Crew() });
  const look = within(await screen.findByRole("radiogroup", { name: "Team in the corner" }));
  await user.click(look.getByRole("radio", { name: "Toolbar" }));
  expect(await bar()).toBeTruthy();
  expect(kept()).toMatchObject({ look: "toolbar", size: "expanded" });
  const corner = within(screen.getByRole("radiogroup", { name: "Which corner" }));
  await user.click(corner.getByRole("radio", { name: "Top left" }));
  expect((await bar()).dataset.corner, "without dragging").toBe("top-start");
  await user.click(look.getByRole("radio", { name: "Button" }));
  expect(screen.queryByRole("region", { name: "Team toolbar" })).toBeNull();
});

it("has three states: each press goes one further, Escape and Ctrl+T go back", async () => {
  const asked = vi.fn(() => ({ stats: NONE, items: [], next: null }));
  const { user, box } = await openToolbar("mini", { handlers: { teamActivity: asked } });
  const glyph = box.getByRole("button", { name: "Team, 3 unread" });
  expect(box.getAllByRole("button"), "mini is a glyph").toHaveLength(1);
  expect(asked, "small, nothing is asked").not.toHaveBeenCalled();
  await user.click(glyph);
  expect(await box.findByRole("button", { name: "3 colleagues online" })).toBeTruthy();
  expect(kept().size, "remembered").toBe("expanded");
  await user.click(glyph);
  const sheet = await screen.findByRole("dialog", { name: "Team" });
  await waitFor(() => expect(sheet.contains(document.activeElement)).toBe(true));
  await user.keyboard("{Control>}t{/Control}");
  const back = await screen.findByRole("button", { name: "Team, 3 unread" });
  expect(document.activeElement, "focus returns to the glyph").toBe(back);
  // The first one takes the tooltip away.
  await user.keyboard("{Escape}{Escape}");
  await waitFor(() =>
    expect(within(back.parentElement as HTMLElement).getAllByRole("button")).toHaveLength(1),
  );
  expect(kept().size).toBe("mini");
});

it("moves with the arrow keys, and by dragging", async () => {
  const { user } = await openToolbar();
  const element = await bar();
  within(element).getByRole("button", { name: /^Team/ }).focus();
  await user.keyboard("{ArrowUp}{ArrowLeft}");
  expect(element.dataset.corner).toBe("top-start");
  fireEvent.pointerDown(element, { button: 0, clientX: 30, clientY: 120, pointerId: 1 });
  fireEvent.pointerMove(element, { clientX: 1200, clientY: 800, pointerId: 1 });
  fireEvent.pointerUp(element, { clientX: 1200, clientY: 800, pointerId: 1 });
  await waitFor(() => expect(kept().corner, "where it was let go").not.toBe("top-start"));
});

it("keeps the focus in a popover and gives it back", async () => {
  const { user, box } = await openToolbar();
  const faces = await box.findByRole("button", { name: "3 colleagues online" });
  await user.click(faces);
  const people = within(await screen.findByRole("dialog", { name: "Who is there" }));
  expect(people.getByText("Live"), "how the server is reached").toBeTruthy();
  expect(people.getByText("Online · Replying to a conversation")).toBeTruthy();
  for (let step = 0; step < 12; step += 1) {
    await user.tab();
    const dialog = screen.getByRole("dialog", { name: "Who is there" });
    expect(dialog.contains(document.activeElement), `after ${step + 1} tabs`).toBe(true);
  }
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(faces));
  expect((await bar()).dataset.size, "Escape was the popover's").toBe("expanded");
});

it("leads from a popover to the sheet", async () => {
  const { user, box, crew } = await openToolbar();
  await user.click(await box.findByRole("button", { name: /^Lately:.*edited the shared note/ }));
  const lately = within(await screen.findByRole("dialog", { name: "Lately" }));
  expect(lately.getAllByRole("listitem")).toHaveLength(6);
  await user.click(lately.getByRole("button", { name: "All activity" }));
  const sheet = await screen.findByRole("dialog", { name: "Team" });
  const tab = await within(sheet).findByRole("tab", { name: /^Activity/, selected: true });
  await waitFor(() => expect(document.activeElement, "one goes on there").toBe(tab));
  await waitFor(() => expect(crew.asked, "everything is seen").toContainEqual(["seen"]));
});

it("opens the sheet with Ctrl+T from a popover, too", async () => {
  const { user, box } = await openToolbar();
  await user.click(await box.findByRole("button", { name: "Note" }));
  await screen.findByRole("textbox", { name: "Log a call, a note or a task" });
  await user.keyboard("{Control>}t{/Control}");
  expect(await screen.findByRole("dialog", { name: "Team" })).toBeTruthy();
});

it.each([
  ["Note", "- pokliči Nino\n"],
  ["Call", /- Call, 19 Nov \d\d:00: pokliči Nino\n$/],
])("writes a %s into the shared note", async (name, want) => {
  const { user, box, crew } = await openToolbar();
  await user.click(await box.findByRole("button", { name }));
  const field = await screen.findByRole("textbox", { name: "Log a call, a note or a task" });
  await waitFor(() => expect(document.activeElement, "one writes at once").toBe(field));
  await user.keyboard("pokliči Nino{Enter}");
  expect(await screen.findByText("Added to the shared note about Tomaž Kovač.")).toBeTruthy();
  const text = crew.textOf(TOMAZ);
  if (typeof want === "string") expect(text.endsWith(`montaže\n${want}`), text).toBe(true);
  else expect(text).toMatch(want);
});

it("writes a task down", async () => {
  const { user, box, crew } = await openToolbar();
  await user.click(await box.findByRole("button", { name: "Task" }));
  await screen.findByRole("textbox", { name: "Log a call, a note or a task" });
  await user.keyboard("pokliči Nino{Enter}");
  expect(await screen.findByText("Task written down for Tomaž Kovač.")).toBeTruthy();
  expect(crew.marks.on(TOMAZ).tasks[0]?.text).toBe("pokliči Nino");
});

it("keeps the words when the note cannot be written, and lets the kind be chosen", async () => {
  const { user, box } = await openToolbar("expanded", {
    handlers: {
      editNote: () => {
        throw refusal("store", "The store is locked.");
      },
    },
  });
  await user.click(await box.findByRole("button", { name: "Note" }));
  const field = await screen.findByRole<HTMLInputElement>("textbox", {
    name: "Log a call, a note or a task",
  });
  await user.type(field, "rok");
  await user.click(screen.getByRole("radio", { name: "Call" }));
  await user.keyboard("{Enter}");
  expect(await screen.findByText(/still in the field.*The store is locked/)).toBeTruthy();
  expect(field.value).toBe("rok");
});

it("says why nothing can be logged without a mail", async () => {
  const { box } = await openToolbar("expanded", { hash: "#/inbox" });
  const note = await box.findByRole("button", { name: "Note" });
  expect(note.getAttribute("aria-disabled")).toBe("true");
});

it.each([
  ["connecting", "Reconnecting (3 changes waiting)"],
  ["alone", null],
])("says how the team is reached: %s", async (state, want) => {
  const { box } = await openToolbar("expanded", { crew: new Crew(state) });
  await box.findByRole("button", { name: /^Lately/ });
  if (want === null) expect(box.queryByRole("button", { name: /online/ })).toBeNull();
  else expect(await box.findByRole("button", { name: want })).toBeTruthy();
});

it("says so when the activity cannot be read, and asks again", async () => {
  let broken = true;
  const crew = new Crew();
  const { teamActivity } = crew.handlers();
  const { user, box } = await openToolbar("expanded", {
    crew,
    handlers: {
      teamActivity: (query) => {
        if (broken) throw refusal("store", "The store is locked.");
        return teamActivity?.(query) as never;
      },
    },
  });
  await user.click(await box.findByRole("button", { name: /Could not be read/ }));
  const alert = await screen.findByRole("alert");
  broken = false;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect((await screen.findAllByText(/edited the shared note/)).length).toBeGreaterThan(0);
});

const NONE = { notes: 0, replies: 0, assigned: 0, done: 0 };

it.each([
  ["mini", 1440, null],
  ["expanded", 1440, null],
  ["expanded", 380, null],
  ["expanded", 1440, "3 colleagues online"],
  ["expanded", 1440, "Note"],
] as const)("%s at %i px with %s is accessible", async (size, px, part) => {
  screenWidth.px = px;
  const { user, box } = await openToolbar(size);
  if (size === "expanded") await box.findByRole("button", { name: /^Lately:\s?Ana/ });
  if (part !== null) {
    await user.click(await box.findByRole("button", { name: part }));
    await screen.findByRole("dialog");
  }
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    iframes: false,
  });
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  ).toEqual([]);
});
