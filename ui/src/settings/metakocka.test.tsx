import { screen, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { Mirror } from "../../dev/erp.ts";
import { refusal } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const open = (mirror: Mirror, crew = new Crew("live")) =>
  openWindow({ hash: "#/settings/metakocka", crew, handlers: mirror.handlers() });

it("says how the mirror stands, how fresh each kind is, and what admins did", async () => {
  await open(new Mirror("live"));
  expect(await screen.findByText("Up to date")).toBeTruthy();
  expect(screen.getByText(/287 of 412 \(69/), "how much of the mail has a customer").toBeTruthy();
  const fresh = within(screen.getByRole("region", { name: "How fresh the facts are" }));
  expect(fresh.getByRole("row", { name: /Invoices .* since 20 Sept?/ })).toBeTruthy();
  const log = within(await screen.findByRole("region", { name: "What admins did" }));
  expect(await log.findByRole("row", { name: /Maja Hribar connect: company 4211/ })).toBeTruthy();
  expect(log.getByRole("row", { name: /whoever runs the server/ })).toBeTruthy();
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    iframes: false,
  });
  expect(
    violations.map(({ id }) => id),
    "as axe sees it",
  ).toEqual([]);
});

it("tells a first mirror's progress, and that what is here can be used", async () => {
  await open(new Mirror("first"));
  expect(await screen.findByText(/7,300 of 20,418 documents, about 22 min left/)).toBeTruthy();
  expect(screen.getByText("What is here can be used already.")).toBeTruthy();
});

it("connects what an admin enters, and keeps it in the form when Metakocka says no", async () => {
  const mirror = new Mirror("off");
  const crew = new Crew("live");
  let refuse = true;
  const { user } = await openWindow({
    hash: "#/settings/metakocka",
    crew,
    handlers: {
      ...mirror.handlers(),
      connectErp: (entry) => {
        if (refuse)
          throw refusal("refused", "Metakocka does not accept this company number and key.");
        return mirror.handlers().connectErp?.(entry) ?? null;
      },
    },
  });
  await user.click(await screen.findByRole("button", { name: "Connect Metakocka" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Connect Metakocka" }));
  await user.click(dialog.getByRole("button", { name: "Try and connect" }));
  expect(dialog.getAllByText(/under Settings, API/).length, "what is missing is named").toBe(2);
  await user.type(dialog.getByLabelText("Company number"), "4211");
  await user.type(dialog.getByLabelText("Secret key"), "skrivnost");
  await user.click(dialog.getByRole("button", { name: "Try and connect" }));
  expect((await dialog.findByRole("alert")).textContent).toMatch(/does not accept/);
  expect(dialog.getByLabelText<HTMLInputElement>("Company number").value).toBe("4211");
  refuse = false;
  await user.click(dialog.getByRole("button", { name: "Try and connect" }));
  expect(await screen.findByText("Metakocka is connected; the server reads it now.")).toBeTruthy();
  expect(mirror.entered).toEqual([{ baseUrl: "https://main.metakocka.si", company: "4211" }]);
  expect(await screen.findByText("Read for the first time")).toBeTruthy();
});

it("connects alone, too, and says that it is this program that reads", async () => {
  const mirror = new Mirror("off");
  const { user } = await open(mirror, new Crew("alone"));
  expect(await screen.findByText(/Kontor reads Metakocka itself/)).toBeTruthy();
  expect(screen.queryByRole("region", { name: "What was done here" })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Connect Metakocka" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Connect Metakocka" }));
  expect(dialog.getByText(/keeps it sealed on this computer/)).toBeTruthy();
  await user.type(dialog.getByLabelText("Company number"), "4211");
  await user.type(dialog.getByLabelText("Secret key"), "skrivnost");
  await user.click(dialog.getByRole("button", { name: "Try and connect" }));
  expect(await screen.findByText("Metakocka is connected; Kontor reads it now.")).toBeTruthy();
  expect(mirror.entered).toEqual([{ baseUrl: "https://main.metakocka.si", company: "4211" }]);
  const log = within(await screen.findByRole("region", { name: "What was done here" }));
  expect(log.getByRole("row", { name: /connect: company 4211/ })).toBeTruthy();
  expect(log.queryByRole("columnheader", { name: "Who" }), "nobody else is there").toBeNull();
});

it("disconnects after asking, and says what goes, what stays and why it could not", async () => {
  const mirror = new Mirror("live");
  mirror.underWay =
    "Not done: something is on its way into Metakocka, and nobody knows yet whether it arrived (order of 2026-11-19). Wait until each says what became of it.";
  const { user } = await open(mirror);
  await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Disconnect Metakocka?" }));
  expect(dialog.getByText(/every computer of the team forgets/)).toBeTruthy();
  expect(dialog.getByText(/notes and the log stay/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Disconnect" }));
  expect((await dialog.findByRole("alert")).textContent).toMatch(
    /still connected\. .*order of 2026-11-19/,
  );
  mirror.underWay = null;
  await user.click(dialog.getByRole("button", { name: "Disconnect" }));
  expect(await screen.findByText("Metakocka is disconnected.")).toBeTruthy();
  expect(await screen.findByText(/No Metakocka is connected, so/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Disconnect…" })).toBeNull();
  const log = within(screen.getByRole("region", { name: "What admins did" }));
  expect(await log.findByRole("row", { name: /disconnect: company 4211/ })).toBeTruthy();
});

it("keeps it connected by keyboard, and shows the log alone after it was disconnected", async () => {
  const mirror = new Mirror("live");
  const { user } = await open(mirror, new Crew("alone"));
  const button = await screen.findByRole("button", { name: "Disconnect…" });
  button.focus();
  await user.keyboard("{Enter}");
  const dialog = within(await screen.findByRole("dialog", { name: "Disconnect Metakocka?" }));
  expect(dialog.getByText(/Kontor forgets the key/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(mirror.overview.state, "nothing was done").toBe("live");
  await user.keyboard("{Enter}");
  await user.click(await screen.findByRole("button", { name: "Disconnect" }));
  expect(await screen.findByText(/Kontor reads Metakocka itself/)).toBeTruthy();
  const log = within(await screen.findByRole("region", { name: "What was done here" }));
  expect(log.getByRole("row", { name: /disconnect: company 4211/ })).toBeTruthy();
});

it("says alone that the keychain lost what opens the key, and takes it again", async () => {
  await open(new Mirror("lost"), new Crew("alone"));
  expect((await screen.findByRole("alert")).textContent).toMatch(/keychain of this computer/);
  expect(screen.getByText("Needs you")).toBeTruthy();
  expect(screen.getByText("Mirrored by Kontor")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Enter another key" })).toBeTruthy();
});

it("shows members how it stands, without what is for admins", async () => {
  const crew = new Crew("live");
  crew.team = { ...crew.team, role: "member" };
  await open(new Mirror("withdrawn"), crew);
  expect((await screen.findByRole("alert")).textContent).toMatch(/does not accept/);
  expect(screen.queryByRole("button", { name: /key|[Cc]onnect/ })).toBeNull();
  expect(screen.queryByRole("region", { name: "What admins did" })).toBeNull();
});
