import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Desk } from "../../dev/desk.ts";
import { refusal } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";
import type { AccountForm, Settings, TestLine } from "../api/bindings.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

it("keeps a setting at once and speaks the other language", async () => {
  const kept: Partial<Settings>[] = [];
  const { user } = await openWindow({
    hash: "#/settings/appearance",
    handlers: {
      setSettings: (settings) => {
        kept.push(settings);
        return null;
      },
    },
  });
  await user.click(await screen.findByRole("radio", { name: "Slovenščina" }));
  expect(await screen.findByRole("heading", { name: "Videz" })).toBeTruthy();
  await user.click(screen.getByRole("radio", { name: "Temne" }));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  expect(kept.at(-1)).toMatchObject({ language: "sl", theme: "dark", density: "comfortable" });
});

it("puts a setting back and says why when it was not kept", async () => {
  const { user } = await openWindow({
    hash: "#/settings/keyboard",
    handlers: {
      setSettings: () => {
        throw refusal("store", "The disk is full.");
      },
    },
  });
  const single = await screen.findByRole("switch", { name: "Single-key shortcuts" });
  await user.click(single);
  expect(await screen.findByText("The setting was not kept. The disk is full.")).toBeTruthy();
  expect((single as HTMLInputElement).checked, "what counts is what is kept").toBe(true);
});

it("keeps numbers within their limits only", async () => {
  const kept: number[] = [];
  const { user } = await openWindow({
    hash: "#/settings/sync",
    handlers: {
      setSettings: ({ reconcileMinutes }) => {
        kept.push(reconcileMinutes);
        return null;
      },
    },
  });
  const field = await screen.findByRole("spinbutton", { name: /Compare with the server/ });
  await user.clear(field);
  await user.type(field, "1");
  expect(screen.getByText("Choose between 2 and 10 minutes.")).toBeTruthy();
  await user.clear(field);
  await user.type(field, "5");
  await waitFor(() => expect(kept).toEqual([5]));
});

it("shows the text of mail in notifications only when asked to", async () => {
  const { user, office } = await openWindow({ hash: "#/settings/notifications" });
  const text = await screen.findByRole("switch", { name: "Show text in notifications" });
  expect((text as HTMLInputElement).checked, "the screen is not only one's own").toBe(false);
  await user.click(text);
  await waitFor(() => expect(office.settings.notificationText).toBe(true));
  expect(office.settings.notifications, "and nothing else changes").toBe(true);
});

const openAccounts = async (handlers = {}) => {
  const desk = new Desk();
  const opened = await openWindow({
    hash: "#/settings",
    handlers: { ...desk.handlers(), ...handlers },
  });
  await screen.findByText("racuni@hrastvijak.example", { selector: "main *" });
  return opened;
};

it("signs in again and shows a refusal at the field", async () => {
  const { user } = await openAccounts();
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  const dialog = await screen.findByRole("dialog", { name: /^Sign in to racuni@/ });
  const field = within(dialog).getByLabelText("Password");
  await waitFor(() => expect(document.activeElement).toBe(field));
  await user.keyboard("narobe{Enter}");
  expect(await within(dialog).findByText(/does not accept this name and password/)).toBeTruthy();
  expect(field.getAttribute("aria-invalid")).toBe("true");
  await user.clear(field);
  await user.keyboard("prav{Enter}");
  expect(await screen.findByText("racuni@hrastvijak.example is signed in.")).toBeTruthy();
});

it("removes an account only after saying what stays", async () => {
  const removed: string[] = [];
  const { user } = await openAccounts({
    removeAccount: (id: string) => {
      removed.push(id);
      return null;
    },
  });
  await user.click(screen.getByRole("button", { name: "More for maja@hrastvijak.example" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove account" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove maja@hrastvijak.example?" });
  expect(within(dialog).getByText(/The mail on the server stays as it is/)).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Remove from this computer" }));
  await waitFor(() => expect(removed).toEqual(["a0"]));
});

const fillAddress = async (user: Awaited<ReturnType<typeof openAccounts>>["user"]) => {
  await user.click(screen.getByRole("button", { name: "Add account" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Add account" }));
  await user.type(dialog.getByLabelText("Mail address"), "nika");
  await user.click(dialog.getByRole("button", { name: "Continue" }));
  expect(dialog.getByText(/Write a whole mail address/), "half an address").toBeTruthy();
  await user.type(dialog.getByLabelText("Mail address"), "@hrastvijak.example{Enter}");
  await dialog.findByDisplayValue("imap.hrastvijak.example");
  return dialog;
};

it("finds the servers, tests while one pauses, and adds the account", async () => {
  const added: AccountForm[] = [];
  const { user } = await openAccounts({
    addAccount: (form: AccountForm) => {
      added.push(form);
      return "a9";
    },
  });
  const dialog = await fillAddress(user);
  const next = dialog.getByRole("button", { name: "Continue" });
  expect(next.getAttribute("aria-disabled"), "not before a password").toBe("true");
  expect(
    [...dialog.getAllByRole("option")].map((option) => option.textContent),
    "no unencrypted choice",
  ).toEqual(["TLS", "STARTTLS", "TLS", "STARTTLS"]);
  await user.type(dialog.getByLabelText("Password"), "geslo");
  expect(
    await dialog.findByText("certificate valid, password accepted", {}, { timeout: 3000 }),
  ).toBeTruthy();
  await user.click(next);
  expect(await dialog.findByText("nika@hrastvijak.example is set up.")).toBeTruthy();
  expect(added).toEqual([
    {
      email: "nika@hrastvijak.example",
      name: "",
      imap: { host: "imap.hrastvijak.example", port: 993, security: "tls" },
      smtp: { host: "smtp.hrastvijak.example", port: 587, security: "starttls" },
      username: "nika@hrastvijak.example",
      password: "geslo",
      caPem: null,
    },
  ]);
});

it("does not go on while incoming mail fails, and goes on offline", async () => {
  const refused: TestLine = {
    what: "incoming",
    ok: false,
    warning: false,
    message: "The certificate is for mail.other.example, not imap.hrastvijak.example.",
  };
  let offline = false;
  const { user } = await openAccounts({
    testAccount: () => {
      if (offline) throw refusal("offline", "There is no network.");
      return [refused];
    },
  });
  const dialog = await fillAddress(user);
  await user.type(dialog.getByLabelText("Password"), "geslo");
  expect(await dialog.findByText(/The certificate is for/, {}, { timeout: 3000 })).toBeTruthy();
  const next = dialog.getByRole("button", { name: "Continue" });
  expect(next.getAttribute("aria-disabled")).toBe("true");
  offline = true;
  await user.click(dialog.getByRole("button", { name: "Test again" }));
  expect(await dialog.findByText(/kept now and tested later/)).toBeTruthy();
  await waitFor(() => expect(next.getAttribute("aria-disabled")).toBeNull());
});

it("opens the wizard from the rail and leaves it to the accounts", async () => {
  const { user } = await openAccounts();
  await user.click(screen.getByRole("link", { name: "Add an account" }));
  expect(await screen.findByRole("dialog", { name: "Add account" })).toBeTruthy();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(window.location.hash).toBe("#/settings/accounts");
});
