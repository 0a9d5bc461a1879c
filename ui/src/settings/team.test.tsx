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

it("offers the company's sign-in where the server has one", async () => {
  const asked: unknown[] = [];
  const { user, crew } = await openWindow({
    hash: "#/settings/team",
    handlers: {
      teamCompany: (link, server) => {
        asked.push([link, server]);
        return "login.hrastvijak.example";
      },
    },
  });
  const form = within(await screen.findByRole("form", { name: "Join a team" }));
  const button = () => form.queryByRole("button", { name: "Continue with your company’s sign-in" });
  expect(button(), "nobody is asked before there is an invitation").toBeNull();
  await user.click(form.getByLabelText("Link or code of the invitation"));
  const link = "https://kontor.example/join/7KQM-2VXA-9D4F-ZH3T";
  await user.paste(link);
  expect(await form.findByText(/by login\.hrastvijak\.example/)).toBeTruthy();
  expect(asked, "one host, once").toEqual([[link, null]]);
  await user.click(button() as HTMLElement);
  expect(await screen.findByText("You are in the team Hrast & Vijak.")).toBeTruthy();
  expect(crew.asked).toContainEqual(["join by company", { link, server: null, name: null }]);
});

it("asks for a code's server when it is written", async () => {
  const asked: unknown[] = [];
  const { user } = await openWindow({
    hash: "#/settings/team",
    handlers: {
      teamCompany: (link, server) => {
        asked.push([link, server]);
        return null;
      },
    },
  });
  const form = within(await screen.findByRole("form", { name: "Join a team" }));
  await user.type(form.getByLabelText("Link or code of the invitation"), "7KQM");
  await user.type(form.getByLabelText("Address of the server"), "https://kontor.example");
  expect(asked, "not at every letter").toEqual([]);
  await user.tab();
  await waitFor(() => expect(asked).toEqual([["7KQM", "https://kontor.example"]]));
  expect(form.queryByRole("button", { name: /company/ })).toBeNull();
});

it("says what colleagues see, and shares subjects only when told so", async () => {
  const { user, office } = await openWindow({ hash: "#/settings/team", crew: new Crew("live") });
  const shared = within(await screen.findByRole("region", { name: "What colleagues see of you" }));
  expect(shared.getByText(/That you answered.*not its subject/)).toBeTruthy();
  const choice = shared.getByRole("switch", { name: "Share the subject of mails I answer" });
  expect((choice as HTMLInputElement).checked, "off by default").toBe(false);
  await user.click(choice);
  expect(await shared.findByText(/how long it took, and the mail’s subject/)).toBeTruthy();
  expect(office.settings.shareSubjects).toBe(true);
});

it("leaves only after saying what stays", async () => {
  const { user, crew } = await openWindow({ hash: "#/settings/team", crew: new Crew("offline") });
  await user.click(await screen.findByRole("button", { name: "Leave the team" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Leave Hrast & Vijak?" }));
  expect(dialog.getByText(/your own copy.*3 changes have not reached/)).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Leave" }));
  await waitFor(() => expect(crew.asked).toContainEqual(["leave"]));
  expect(await screen.findByText(/ask an admin to sign this computer out/)).toBeTruthy();
  expect(await screen.findByRole("form", { name: "Join a team" })).toBeTruthy();
});

it("lets admins say which fields a person decides about", async () => {
  const { user, crew } = await openWindow({ hash: "#/settings/team", crew: new Crew("live") });
  const section = within(
    await screen.findByRole("region", { name: "Fields a person decides about" }),
  );
  await user.click(section.getByRole("button", { name: /Take “Delivery promise” off/ }));
  await user.click(await section.findByRole("button", { name: "Add a field" }));
  await user.type(
    section.getByRole("textbox", { name: "Name of the field" }),
    "Količinski rabat{Enter}",
  );
  expect(await section.findByText("kolicinski rabat")).toBeTruthy();
  expect(crew.asked).toContainEqual(["critical", ["credit_limit", "price_agreement"]]);
  expect(crew.critical).toEqual(["credit_limit", "price_agreement", "kolicinski_rabat"]);
});

it("shows members the list without a way to change it", async () => {
  const crew = new Crew("live");
  crew.team = { ...crew.team, role: "member" };
  crew.critical = [];
  await openWindow({ hash: "#/settings/team", crew });
  const section = within(
    await screen.findByRole("region", { name: "Fields a person decides about" }),
  );
  expect(section.getByText("None: the newest value wins everywhere.")).toBeTruthy();
  expect(section.queryByRole("button")).toBeNull();
});
