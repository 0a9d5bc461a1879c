import { screen } from "@testing-library/react";
import axe from "axe-core";
import { beforeEach, expect, it, vi } from "vitest";
import { Desk } from "../../dev/desk.ts";
import { openWindow } from "../../test/window.tsx";
import { forgetComposing } from "../mail/compose/composing.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });
beforeEach(forgetComposing);

type User = Awaited<ReturnType<typeof openWindow>>["user"];

it.each<
  [
    place: string,
    hash: string,
    state: string,
    wait: () => Promise<unknown>,
    then?: (user: User) => Promise<unknown>,
  ]
>([
  ["a conversation", "#/inbox/t/t2", "usual", () => screen.findByRole("article")],
  [
    "an answer",
    "#/inbox/t/t2",
    "usual",
    () => screen.findByRole("article"),
    async (user) => {
      await user.keyboard("r");
      await screen.findByRole("textbox", { name: "Text of the message" });
    },
  ],
  [
    "a new message",
    "#/inbox?compose=new",
    "usual",
    () => screen.findByRole("textbox", { name: "Text of the message" }),
  ],
  ["accounts", "#/settings", "usual", () => screen.findByText("servis@hrastvijak.example")],
  [
    "appearance",
    "#/settings/appearance",
    "usual",
    () => screen.findByRole("radio", { name: "Dark" }),
  ],
  ["mail checks", "#/settings/sync", "usual", () => screen.findByRole("spinbutton")],
  ["sync health", "#/health", "usual", () => screen.findByRole("table")],
  ["welcome", "#/welcome", "none", () => screen.findByRole("button", { name: /Add your/ })],
  [
    "the wizard",
    "#/settings",
    "usual",
    () => screen.findByText("servis@hrastvijak.example"),
    async (user) => {
      await user.click(screen.getByRole("button", { name: "Add account" }));
      await user.type(await screen.findByLabelText("Mail address"), "a@b.example{Enter}");
      await screen.findByDisplayValue("imap.hrastvijak.example");
    },
  ],
])("%s is accessible", async (_, hash, state, wait, then) => {
  const { user } = await openWindow({ hash, state, handlers: new Desk("busy").handlers() });
  await wait();
  await then?.(user);
  const { violations } = await axe.run(document.body, {
    // Colours are computed from the tokens; jsdom knows none. Frames hold the mail's own document.
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    iframes: false,
  });
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    "as axe sees it",
  ).toEqual([]);
});
