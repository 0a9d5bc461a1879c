import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Desk } from "../../dev/desk.ts";
import { openWindow } from "../../test/window.tsx";
import { blockedBy, emptyFields, formOf, problemsOf, withSecurity } from "./account-form.ts";

it("begins with the one thing to do, focused, and changes language in place", async () => {
  const { user } = await openWindow({ state: "none", handlers: new Desk().handlers() });
  const choice = await screen.findByRole("button", { name: /Add your account/ });
  await waitFor(() => expect(document.activeElement).toBe(choice));
  await user.click(screen.getByRole("button", { name: /^Language\s*English$/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Slovenščina" }));
  expect(await screen.findByText("Vaša pošta, stranka pa zraven")).toBeTruthy();
  await user.keyboard("1");
  expect(await screen.findByRole("dialog", { name: "Dodaj račun" })).toBeTruthy();
});

describe("account form", () => {
  const filled = {
    ...emptyFields,
    email: "nika@hrastvijak.example",
    imap: { host: "imap.hrastvijak.example", port: "993", security: "tls" as const },
    username: "",
    password: "geslo",
  };

  it.each([
    ["nothing wrong", filled, {}],
    ["no address", { ...filled, email: "nika" }, { email: "wizard.email.invalid" }],
    [
      "no host",
      { ...filled, imap: { ...filled.imap, host: " " } },
      { imapHost: "wizard.host.missing" },
    ],
    [
      "a port too high",
      { ...filled, imap: { ...filled.imap, port: "99999" } },
      { imapPort: "wizard.port.invalid" },
    ],
    ["a certificate that is none", { ...filled, caPem: "abc" }, { caPem: "wizard.ca.invalid" }],
  ])("finds %s", (_, fields, want) => {
    expect(problemsOf(fields)).toEqual(want);
  });

  it("changes the usual port with the security, never an own one", () => {
    expect(withSecurity(filled.imap, "imap", "starttls").port).toBe("143");
    expect(withSecurity({ ...filled.imap, port: "10993" }, "imap", "starttls").port).toBe("10993");
  });

  it("takes the address for a missing user name, and leaves out an empty outgoing server", () => {
    expect(formOf(filled)).toMatchObject({ username: filled.email, smtp: null });
  });

  it.each([
    [{ kind: "running" } as const, "wizard.why.test"],
    [{ kind: "offline" } as const, null],
    [{ kind: "failed", why: "" } as const, "wizard.why.incoming"],
    [
      {
        kind: "done",
        lines: [{ what: "outgoing", ok: false, warning: false, message: "" }],
      } as const,
      null,
    ],
  ])("a test that is %o says %s", (tests, why) => {
    const lines = tests.kind === "done" ? { ...tests, lines: [...tests.lines] } : tests;
    expect(blockedBy(filled, lines)).toBe(why);
  });
});
