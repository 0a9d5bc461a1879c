import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { screenWidth } from "../../test/setup.ts";
import { refusal } from "../../test/transport.ts";
import { chosen, openWindow, subjects } from "../../test/window.tsx";

// Thursday of the sample; timers stay real, only the date is the sample's.
vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });

const first = "PO 4471: two pallets short on delivery";
const ORDER = "Re: Ponudba PN-2026-0418 – hrastove plošče in okovje";
const shown = () => screen.findByRole("option", { name: /Tomaž Kovač.*PN-2026-0418/ });
const list = () => screen.getByRole("listbox");

it("shows the inbox in days, newest first", async () => {
  await openWindow();
  await shown();
  expect(subjects().slice(0, 2), "rows in the order of their dates").toEqual([ORDER, first]);
  expect(screen.getByText("Yesterday"), "days have names").toBeTruthy();
  expect(screen.getByRole("heading", { name: "Inbox" }), "the list says what it is").toBeTruthy();
});

it("walks with J and K and opens beside the list", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await shown();
  await user.keyboard("j");
  expect(window.location.hash, "the address holds the open thread").toBe("#/inbox/t/t2");
  expect(chosen(), "and the row shows it").toBe("t2");
  await user.keyboard("k");
  expect(window.location.hash, "back up").toBe("#/inbox/t/t1");
  await user.keyboard("k");
  expect(window.location.hash, "the first row is the end").toBe("#/inbox/t/t1");
});

it("archives at once, goes on, and takes it back with Z", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await shown();
  await user.keyboard("e");
  expect(subjects()[0], "the row left").toBe(first);
  expect(window.location.hash, "the next thread is open").toBe("#/inbox/t/t2");
  expect(await screen.findByText("Archived 1 conversation"), "a toast says so").toBeTruthy();
  await user.keyboard("z");
  await waitFor(() => expect(subjects()[0], "it is back in its place").toBe(ORDER));
});

it("puts the row back and says why when Rust refuses", async () => {
  const { office, user } = await openWindow({ hash: "#/inbox/t/t1" });
  await shown();
  office.failing = "act";
  await user.keyboard("e");
  expect(
    await screen.findByText(/It was not archived.*mailbox is locked/),
    "what, and why",
  ).toBeTruthy();
  expect(subjects()[0], "nothing is lost").toBe(ORDER);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(subjects()[0], "the same action, once more").toBe(first));
});

it("patches a row in place and asks for no page again", async () => {
  const pages = vi.fn();
  const { office } = await openWindow();
  await shown();
  const { listThreads } = office.handlers();
  pages.mockImplementation(listThreads ?? (() => undefined));
  await office.arrive({ subject: "Re: Showroom opening" });
  expect(await screen.findByText("Re: Showroom opening"), "the difference is enough").toBeTruthy();
  expect(pages, "a list is read once").not.toHaveBeenCalled();
});

it("announces what arrives", async () => {
  const { office } = await openWindow();
  await shown();
  await office.arrive();
  expect(
    await screen.findByText("1 new conversation in Inbox"),
    "for those who do not see it",
  ).toBeTruthy();
});

it("ticks a range with Shift and acts on all of it", async () => {
  const { user } = await openWindow();
  const row = await screen.findByRole("option", { name: /Sarah Whitfield.*PO 4471/ });
  row.focus();
  await user.keyboard("x");
  await user.keyboard("{Shift>}");
  await user.click(screen.getByRole("option", { name: /Mateja Gorenc/ }));
  await user.keyboard("{/Shift}");
  expect(
    screen.getByRole("heading", { name: "4 ticked" }),
    "the header says how many",
  ).toBeTruthy();
  await user.keyboard("e");
  expect(await screen.findByText("Archived 4 conversations"), "one action, one toast").toBeTruthy();
  expect(
    screen.getByRole("heading", { name: "Inbox" }),
    "and nothing is ticked any more",
  ).toBeTruthy();
});

it("keeps single keys quiet when they are switched off", async () => {
  const { office, user } = await openWindow({ hash: "#/inbox/t/t1", singleKeys: false });
  expect(office.settings.singleKeys, "as the settings say").toBe(false);
  await shown();
  await user.keyboard("?e");
  expect(screen.queryByRole("dialog"), "? is a single key").toBeNull();
  expect(subjects()[0], "nothing was archived").toBe(ORDER);
  await user.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("combobox"), "Ctrl+K still acts").toBeTruthy();
});

it("goes to sent mail with G then S", async () => {
  const { user } = await openWindow();
  await shown();
  await user.keyboard("gs");
  expect(window.location.hash, "a pair of keys").toBe("#/sent");
});

it("says why an account is not live", async () => {
  await openWindow();
  expect(
    await screen.findByText(/info@hrastvijak.example: Polling. Instant mail does not work/),
    "a dot alone says nothing",
  ).toBeTruthy();
});

it("says that everything is kept while offline", async () => {
  await openWindow({ state: "offline" });
  expect(
    await screen.findByText(/Offline. Everything you do is kept/),
    "what is safe",
  ).toBeTruthy();
});

it("offers the next view when a list is done", async () => {
  await openWindow({ state: "empty" });
  expect(await screen.findByText("Nothing left here."), "an end, not an error").toBeTruthy();
  expect(screen.getByRole("link", { name: /has 2 unread/ }), "where to go on").toBeTruthy();
});

it("leads to the welcome page without an account", async () => {
  await openWindow({ state: "none" });
  await waitFor(() =>
    expect(window.location.hash, "there is nothing else to do").toBe("#/welcome"),
  );
});

it("narrows the list to what is unread, keeps what is being read, and shows all again", async () => {
  const { user } = await openWindow();
  await screen.findByRole("option", { name: /PO 4471/ });
  const all = subjects();
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Unread only" }));
  await waitFor(() => expect(subjects().length, "fewer").toBeLessThan(all.length));
  const unread = subjects();
  expect(unread, "only unread ones").toContain("PO 4471: two pallets short on delivery");
  expect(unread).not.toContain("Naročilo 26/118");
  await user.click(screen.getByRole("option", { name: /PO 4471/ }));
  await user.keyboard("u");
  await waitFor(() =>
    expect(screen.getByRole("option", { name: /PO 4471/ }).dataset.unread, "read").toBeUndefined(),
  );
  expect(subjects(), "what one reads stays").toEqual(unread);
  await user.keyboard("j");
  await waitFor(() => expect(subjects(), "and goes afterwards").toEqual(unread.slice(1)));
  await user.click(screen.getByRole("button", { name: "Unread only. Show all" }));
  await waitFor(() => expect(subjects(), "nothing is lost").toEqual(all));
});

it("says what happened when the list cannot be read", async () => {
  const { user } = await openWindow({
    handlers: {
      listThreads: () => {
        throw refusal("store", "The store is locked.");
      },
    },
  });
  expect(
    await screen.findByText(/This list could not be read/),
    "in words, and what is safe",
  ).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Try again" }));
});

it("searches while typing, with chips", async () => {
  const { user } = await openWindow();
  await shown();
  await user.keyboard("/");
  const field = await screen.findByRole("textbox", { name: "Search mail" });
  await user.type(field, "ima:priloga racun");
  expect(
    screen.getByRole("button", { name: "Remove has: attachment" }),
    "done with a blank",
  ).toBeTruthy();
  const hit = await screen.findByRole("option", { name: /Nina Kovač.*Potrdilo: račun/ });
  expect(within(hit).getAllByText("račun")[0]?.tagName, "what matched is marked").toBe("MARK");
  await user.keyboard("{ArrowDown}");
  await waitFor(() =>
    expect(document.activeElement?.getAttribute("role"), "down goes into results").toBe("option"),
  );
  await user.keyboard("{Enter}");
  expect(window.location.hash, "opens beside the results").toMatch(/\/t\/t\d+\?q=/);
  await user.keyboard("{Escape}{Escape}{Escape}");
  await waitFor(() =>
    expect(window.location.hash, "Escape leads back to the inbox").toBe("#/inbox"),
  );
});

it("reopens a chip with Backspace", async () => {
  const { user } = await openWindow({ hash: "#/inbox?q=from%3Anina%20" });
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Search mail" });
  await user.click(field);
  await user.keyboard("{Backspace}");
  expect(field.value, "it is text again").toBe("from:nina");
});

it("says which operator to drop when nothing is found", async () => {
  await openWindow({ hash: "#/inbox?q=has%3Aattachment%20sarah" });
  expect(
    await screen.findByRole("button", { name: "Without has:attachment: 2 results" }),
    "a way on, with what it brings",
  ).toBeTruthy();
});

it("finds an action by its other name and runs it", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await shown();
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox");
  await user.type(field, "arhiviraj");
  expect(
    screen.getByRole("option", { name: /Archive.*Arhiviraj/ }),
    "the Slovenian name",
  ).toBeTruthy();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Archived 1 conversation"), "on the open thread").toBeTruthy();
});

it("keeps what cannot be done in sight, with the reason", async () => {
  const { user } = await openWindow();
  await shown();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "reply");
  const row = screen.getByRole("option", { name: /Reply to all.*No message is open/ });
  expect(row.getAttribute("aria-disabled"), "grey, not gone").toBe("true");
});

it("moves to a folder picked with V", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await shown();
  await user.keyboard("v");
  await user.type(await screen.findByRole("combobox"), "dobav");
  await user.keyboard("{Enter}");
  expect(
    await screen.findByText("Moved 1 conversation"),
    "the palette is the folder picker",
  ).toBeTruthy();
});

it("shows one pane at a time when narrow", async () => {
  screenWidth.px = 400;
  const { user } = await openWindow();
  await user.click(await shown());
  expect(screen.queryByRole("listbox"), "the conversation has the room").toBeNull();
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("listbox"), "and Escape gives it back").toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Menu" }));
  const drawer = await screen.findByRole("dialog", { name: "Accounts and folders" });
  await user.click(within(drawer).getByRole("link", { name: /Sent/ }));
  await waitFor(() =>
    expect(screen.queryByRole("dialog"), "choosing closes the drawer").toBeNull(),
  );
});

it("loads older rows as they come near", async () => {
  await openWindow({ older: 200 });
  await shown();
  const scroller = list().parentElement as HTMLElement;
  scroller.scrollTop = 4000;
  scroller.dispatchEvent(new Event("scroll"));
  await waitFor(() => expect(subjects().length, "rows of the second page").toBeGreaterThan(10));
  expect(list().style.blockSize, "the list has grown").not.toBe("");
});

it.each([
  ["the inbox", "#/inbox", ""],
  ["the search", "#/inbox?q=racun", ""],
  ["the palette", "#/inbox", "{Control>}k{/Control}"],
  ["all keys", "#/inbox", "?"],
])("has no accessibility fault in %s", async (_, hash, keys) => {
  const { user } = await openWindow({ hash });
  await screen.findAllByRole("option");
  if (keys) await user.keyboard(keys);
  const result = await axe.run(document.body, {
    // jsdom has no layout: colours and sizes are checked in Chromium.
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(
    result.violations.map((fault) => `${fault.id}: ${fault.nodes[0]?.html}`),
    "as axe sees it",
  ).toEqual([]);
});
