import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { Desk } from "../../dev/desk.ts";
import { rust } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";
import type { Collision, OutboxView } from "../api/bindings.ts";
import { clearToasts } from "../components/toasts.ts";
import { forgetComposing } from "../mail/compose/composing.ts";
import { decideAbout } from "./held.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });
beforeEach(() => {
  forgetComposing();
  clearToasts();
  decideAbout(null);
});

const ANA: Collision = {
  member: "ana",
  name: "Ana Zupančič",
  what: "answered",
  at: "2026-11-19T08:42:00Z",
  message: null,
  thread: "t1",
};

async function writing(collisions: Collision[]) {
  const desk = new Desk();
  desk.collisions = collisions;
  const opened = await openWindow({
    hash: "#/inbox/t/t1",
    crew: new Crew("live"),
    handlers: desk.handlers(),
  });
  const { user } = opened;
  await screen.findByRole("button", { name: "Reply to Tomaž" });
  await user.keyboard("r");
  await screen.findByRole("textbox", { name: "Text of the message" });
  await user.keyboard("Jutri.");
  await user.keyboard("{Control>}{Enter}{/Control}");
  return { ...opened, desk };
}

const words = () =>
  (screen.getByRole("textbox", { name: "Text of the message" }) as HTMLTextAreaElement).value;
const question = (name: RegExp) => screen.findByRole("dialog", { name });
const pressed = (dialog: HTMLElement, name: string) => within(dialog).getByRole("button", { name });

it("asks before a second answer leaves: Escape keeps the draft, and the caret is back in it", async () => {
  const { user, desk } = await writing([ANA]);
  const dialog = await question(/Ana Zupančič answered while you were writing/);
  expect(within(dialog).getByText(/^Answered, \d\d:42$/), "who and when").toBeTruthy();
  expect(desk.sent.size, "nothing left").toBe(0);
  await waitFor(() =>
    expect(document.activeElement, "Enter sends nothing by mistake").toBe(
      pressed(dialog, "Keep the draft"),
    ),
  );
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog", { name: /answered/ })).toBeNull());
  expect(words(), "not a word is lost").toBe("Jutri.");
  await waitFor(() =>
    expect(document.activeElement).toBe(
      screen.getByRole("textbox", { name: "Text of the message" }),
    ),
  );
  expect(desk.sent.size).toBe(0);
});

it("sends anyway when told so, and asks no second time", async () => {
  const { user, desk } = await writing([
    { ...ANA, what: "answering", at: null },
    { ...ANA, member: "luka", name: "Luka Pirc", what: "unsent" },
  ]);
  const dialog = await question(/2 colleagues answer this, too/);
  expect(within(dialog).getByText("Is writing a reply now")).toBeTruthy();
  expect(within(dialog).getByText(/^Offline since \d\d:42, with an unsent reply$/)).toBeTruthy();
  expect(
    within(dialog).queryByRole("button", { name: "Show their reply" }),
    "there is none here",
  ).toBeNull();
  await user.click(pressed(dialog, "Send anyway"));
  await waitFor(() => expect(desk.sent.size).toBe(1));
});

it("shows the other reply beside the draft", async () => {
  const { user, desk } = await writing([{ ...ANA, message: "t1m1" }]);
  const dialog = await question(/answered while you were writing/);
  await user.click(pressed(dialog, "Show their reply"));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: /answered/ })).toBeNull());
  expect(words()).toBe("Jutri.");
  expect(desk.sent.size).toBe(0);
});

it("sends at once when nobody else answers", async () => {
  const { desk } = await writing([]);
  await waitFor(() => expect(desk.sent.size).toBe(1));
});

const HELD: OutboxView = {
  id: "o9",
  messageId: "9@hrastvijak.example",
  subject: "Re: Ponudba PN-2026-0418",
  to: [{ name: "Tomaž Kovač", address: "tomaz@mizarstvo-kovac.example" }],
  state: "failed",
  attempts: 1,
  error:
    "Ana Zupančič answered this conversation while your reply waited. It was not sent: send it anyway, or take it back.",
  at: "2026-11-19T08:41:00Z",
  held: true,
};

it.each([
  ["Send anyway", "retry"],
  ["Keep the draft", "cancel"],
])("asks about a reply that waited and was overtaken: %s", async (choice, done) => {
  const desk = new Desk();
  desk.collisions = [ANA];
  desk.outbox.push({ ...HELD });
  const { user } = await openWindow({ crew: new Crew("live"), handlers: desk.handlers() });
  expect(
    await screen.findByText(/Ponudba PN-2026-0418” was not sent: something changed/),
    "told, without taking the keys away",
  ).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Decide" }));
  const dialog = await question(/Ana Zupančič answered while your reply waited/);
  await user.click(pressed(dialog, choice));
  await waitFor(() => expect(desk.decided).toEqual([[done, "o9"]]));
  await rust.stale({ tags: ["outbox"] });
  await waitFor(() => expect(screen.queryByText(/was not sent: a colleague/)).toBeNull());
});

it("a click on a notification of a mention opens the note", async () => {
  const { user } = await openWindow({ crew: new Crew("live") });
  await screen.findAllByRole("option");
  await rust.open({ thread: null, note: "address:tomaz@mizarstvo-kovac.example" });
  const sheet = await screen.findByRole("dialog", { name: "Team" });
  expect(
    await within(sheet).findByRole("heading", { name: "tomaz@mizarstvo-kovac.example" }),
  ).toBeTruthy();
  await user.keyboard("{Escape}");
});
