import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Crew } from "../../dev/crew.ts";
import { refusal } from "../../test/transport.ts";
import { openWindow } from "../../test/window.tsx";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

it("joins with a code, a server and who one is", async () => {
  const { user, crew } = await openWindow({ hash: "#/settings/team" });
  const form = within(await screen.findByRole("form", { name: "Join a team" }));
  await user.click(form.getByRole("button", { name: "Join" }));
  expect(form.getByText(/Paste the link/), "what is missing stands at its field").toBeTruthy();
  await user.type(form.getByLabelText("Link or code of the invitation"), "HRAST-7K2M");
  await user.type(form.getByLabelText("Address of the server"), "https://kontor.example");
  await user.type(form.getByLabelText("Mail address"), "maja@hrastvijak.example");
  await user.type(form.getByLabelText("Password"), "dolgo geslo{Enter}");
  expect(await screen.findByText("You are in the team Hrast & Vijak.")).toBeTruthy();
  expect(crew.asked).toContainEqual([
    "join",
    {
      link: "HRAST-7K2M",
      server: "https://kontor.example",
      name: null,
      email: "maja@hrastvijak.example",
      password: "dolgo geslo",
    },
  ]);
  expect(screen.getByText("https://kontor.hrastvijak.example"), "and says where").toBeTruthy();
});

it("says why joining failed and keeps what was typed", async () => {
  const { user } = await openWindow({
    hash: "#/settings/team",
    handlers: {
      teamJoin: () => {
        throw refusal("refused", "The invitation has been used.");
      },
    },
  });
  const form = within(await screen.findByRole("form", { name: "Join a team" }));
  const link = form.getByLabelText<HTMLInputElement>("Link or code of the invitation");
  await user.type(link, "https://kontor.example/join/AB12");
  expect(form.queryByLabelText("Address of the server"), "a link says where").toBeNull();
  await user.type(form.getByLabelText("Mail address"), "maja@hrastvijak.example");
  await user.type(form.getByLabelText("Password"), "dolgo geslo{Enter}");
  expect((await form.findByRole("alert")).textContent).toMatch(/The invitation has been used/);
  expect(link.value).toBe("https://kontor.example/join/AB12");
});

it("leaves only after saying what stays", async () => {
  const { user, crew } = await openWindow({ hash: "#/settings/team", crew: new Crew("offline") });
  await user.click(await screen.findByRole("button", { name: "Leave the team" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Leave Hrast & Vijak?" }));
  expect(dialog.getByText(/your own copy.*3 changes have not reached/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Leave" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["leave"]));
  expect(await screen.findByRole("form", { name: "Join a team" })).toBeTruthy();
});
