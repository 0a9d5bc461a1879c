import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Desk } from "../../../dev/desk.ts";
import { refusal, rust } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import type { MessageBody, MessageHead } from "../../api/bindings.ts";
import { forgetComposing } from "../compose/composing.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });
beforeEach(forgetComposing);

const BODY: MessageBody = {
  html: null,
  text: "Pozdravljeni,\n\nglejte https://hrastvijak.example/cenik.",
  quoted: "> Spoštovani",
  blockedImages: 0,
  trackers: [],
  remoteAllowed: false,
  links: [],
  attachments: [],
  notices: [],
};

const ANA = { name: "Ana Zupan", address: "ana@hrastvijak.example" };
const head = (id: string, part: Partial<MessageHead> = {}): MessageHead => ({
  id,
  messageId: null,
  subject: "Ponudba",
  from: [{ name: "Tomaž Kovač", address: "tomaz@mizarstvo-kovac.example" }],
  to: [{ name: "", address: "prodaja@hrastvijak.example" }],
  cc: [],
  replyTo: [],
  date: "2026-11-19T08:42:00Z",
  unread: false,
  flagged: false,
  draft: false,
  outgoing: false,
  hasAttachment: false,
  bodyHere: true,
  snippet: "hvala za ponudbo",
  placements: [],
  ...part,
});

type Setup = { messages?: MessageHead[]; body?: Partial<MessageBody> };

/** The window on one thread with these messages and this body. */
async function openThread({ messages = [head("m1")], body = {} }: Setup = {}) {
  const asked: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): null => {
      asked.push([name, ...args]);
      return null;
    };
  const desk = new Desk();
  const opened = await openWindow({
    hash: "#/inbox/t/t1",
    handlers: {
      ...desk.handlers(),
      // Each answer is a new one, as it comes from Rust: what is pushed later is news.
      openThread: (id) => ({ id, subject: "Ponudba", messages: [...messages] }),
      messageBody: (...args) => {
        asked.push(["body", ...args]);
        return { ...BODY, ...body };
      },
      act: (target, action) => {
        asked.push(["act", target, action]);
        return { undo: null, count: 1, what: action.kind };
      },
      openLink: note("openLink"),
      trustSender: note("trustSender"),
      fetchBody: note("fetchBody"),
      openAttachment: note("openAttachment"),
      saveAttachment: (...args) => {
        asked.push(["saveAttachment", ...args]);
        return "/home/maja/Prenosi/Naročilo.pdf";
      },
    },
  });
  const pane = await screen.findByRole("region", { name: "Conversation" });
  await within(pane).findByRole("heading", { name: "Ponudba" });
  return { ...opened, asked, pane: within(pane), element: pane, desk };
}

const named = (asked: unknown[][], name: string) => asked.filter(([what]) => what === name);

it("says who wrote, to whom and when, all of it on demand", async () => {
  const { user, pane } = await openThread({ messages: [head("m1", { cc: [ANA] })] });
  await user.click(pane.getByText("to prodaja@hrastvijak.example, cc Ana Zupan"));
  expect(pane.getByText("Ana Zupan <ana@hrastvijak.example>"), "addresses in full").toBeTruthy();
  expect(pane.getByText(/^Today \d\d:42$/), "and the day in words").toBeTruthy();
});

it("keeps the first message in sight and folds those between", async () => {
  const ids = ["m1", "m2", "m3", "m4"];
  const { user, pane } = await openThread({ messages: ids.map((id) => head(id)) });
  expect(pane.getAllByRole("article"), "the newest stands open").toHaveLength(1);
  await user.click(pane.getByRole("button", { name: "2 older messages" }));
  expect(pane.getAllByRole("button", { name: /^Tomaž Kovač\s*hvala za ponudbo/ })).toHaveLength(3);
});

it("renders text mails with safe links and the quote folded", async () => {
  const { user, pane, asked } = await openThread();
  const link = await pane.findByRole("link", { name: "https://hrastvijak.example/cenik" });
  expect(pane.queryByText("> Spoštovani"), "folded at first").toBeNull();
  await user.click(pane.getByRole("button", { name: "Show the quoted text" }));
  expect(pane.getByText("> Spoštovani")).toBeTruthy();
  await user.click(link);
  expect(named(asked, "openLink"), "the browser opens it, not the window").toEqual([
    ["openLink", "https://hrastvijak.example/cenik"],
  ]);
});

const HTML = `<!doctype html><html><head></head><body><p>Spoštovani</p></body></html>`;

it("shows HTML in a frame that runs nothing", async () => {
  const { pane } = await openThread({ body: { html: HTML } });
  const frame = await pane.findByTitle("Text of the message from Tomaž Kovač");
  expect(frame.getAttribute("sandbox"), "no scripts, no windows, no forms").toBe(
    "allow-same-origin",
  );
  expect(frame.getAttribute("srcdoc"), "our ground stands before the mail's own styles").toMatch(
    /^<!doctype html><html><head><style>[\s\S]*<\/style><\/head>/,
  );
});

it("blocks remote images until asked, for one message or for the sender", async () => {
  const { user, pane, asked } = await openThread({
    body: { html: HTML, blockedImages: 3, trackers: ["t.example"] },
  });
  expect(await pane.findByText("3 remote images blocked, 1 tracker removed")).toBeTruthy();
  expect(named(asked, "body"), "asked without images").toEqual([["body", "m1", false, false]]);
  await user.click(pane.getByRole("button", { name: "Always for this sender" }));
  await waitFor(() => expect(named(asked, "trustSender")).toHaveLength(1));
  await waitFor(() =>
    expect(named(asked, "body").at(-1), "then with them").toEqual(["body", "m1", true, false]),
  );
});

it("shows images with I", async () => {
  const { user, asked, pane } = await openThread({ body: { html: HTML, blockedImages: 1 } });
  await pane.findByText("1 remote image blocked");
  await user.keyboard("i");
  await waitFor(() => expect(named(asked, "body").at(-1)).toEqual(["body", "m1", true, false]));
});

it("says that a text is still on the server and loads it", async () => {
  const { user, pane, asked } = await openThread({ messages: [head("m1", { bodyHere: false })] });
  expect(pane.getByText("This text is still on the server.")).toBeTruthy();
  expect(named(asked, "body"), "nothing to ask for yet").toHaveLength(0);
  await user.click(pane.getByRole("button", { name: "Load" }));
  await waitFor(() => expect(named(asked, "fetchBody")).toEqual([["fetchBody", "m1"]]));
});

it("marks a message as read after a second in sight, not at a glance", async () => {
  const opened = performance.now();
  const { asked } = await openThread({ messages: [head("m1", { unread: true })] });
  await waitFor(
    () =>
      expect(named(asked, "act")).toEqual([
        ["act", { kind: "messages", messages: ["m1"] }, { kind: "read" }],
      ]),
    { timeout: 4000 },
  );
  // However slow the machine: it cannot be earlier.
  expect(performance.now() - opened, "ms, more than a glance").toBeGreaterThan(1000);
});

it("opens attachments and saves them to Downloads", async () => {
  const file = { n: 2, name: "Naročilo.pdf", contentType: "application/pdf", size: 184_000 };
  const logo = { n: 3, name: "logo.png", contentType: "image/png", size: 900, inline: true };
  const { user, pane, asked } = await openThread({
    body: { attachments: [{ ...file, inline: false }, logo] },
  });
  const list = await pane.findByRole("list", { name: "1 attachment" });
  await user.click(within(list).getByRole("button", { name: /^Open\s*Naročilo.pdf\s*184.kB$/ }));
  await user.click(within(list).getByRole("button", { name: "Save Naročilo.pdf" }));
  expect(await screen.findByText("Saved to /home/maja/Prenosi/Naročilo.pdf")).toBeTruthy();
  expect(named(asked, "openAttachment")).toEqual([["openAttachment", "m1", 2]]);
});

it("says what it knows of a message", async () => {
  const { pane } = await openThread({
    body: {
      notices: [
        { kind: "auth_failed", text: "The signature does not fit." },
        { kind: "invite", text: "Thursday, 10:00." },
      ],
    },
  });
  expect(await pane.findByText("The sender is not confirmed.")).toBeTruthy();
  expect(pane.getByText("The signature does not fit.", { exact: false })).toBeTruthy();
  expect(pane.getByText("Invitation.")).toBeTruthy();
});

it("stays calm when a thread is gone or cannot be read", async () => {
  await openWindow({
    hash: "#/inbox/t/t1",
    handlers: {
      openThread: () => {
        throw refusal("not_found", "There is no such thread.");
      },
    },
  });
  expect(await screen.findByText("This conversation is no longer here.")).toBeTruthy();
});

it("says why a body cannot be shown and tries again", async () => {
  let failing = true;
  const { user } = await openWindow({
    hash: "#/inbox/t/t1",
    handlers: {
      messageBody: () => {
        if (failing) throw refusal("store", "The store is busy.");
        return BODY;
      },
    },
  });
  expect(await screen.findByText(/could not be shown.*The store is busy/)).toBeTruthy();
  failing = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/glejte/)).toBeTruthy();
});

it("does not list the copy of the answer one is writing, but every other draft", async () => {
  const draft = { draft: true, outgoing: true, from: [ANA] };
  const messages = [head("m1")];
  const { user, desk } = await openThread({ messages });
  await user.keyboard("r");
  await user.keyboard("Potrjujem.");
  await waitFor(() => expect(desk.drafts.size, "kept while one pauses").toBe(1));
  const [kept] = desk.drafts.values();
  messages.push(
    head("m2", { ...draft, messageId: kept?.messageId ?? "", snippet: "Na pol napisano" }),
    head("m3", { ...draft, messageId: "other@phone.example", snippet: "S telefona" }),
  );
  await rust.stale({ tags: ["thread"] });
  expect(await screen.findByText("S telefona")).toBeTruthy();
  expect(screen.queryByText("Na pol napisano"), "its words stand in the composer").toBeNull();
  await user.keyboard("{Escape}");
  expect(await screen.findByText("Na pol napisano"), "closed, it is a draft like any").toBeTruthy();
});

it("goes on with the draft that was meant, not with another of the thread", async () => {
  const begun = head("m2", {
    draft: true,
    messageId: "begun@phone.example",
    subject: "S telefona",
  });
  const { user, pane, desk } = await openThread({
    messages: [head("m1"), begun],
    body: { text: "Ana, prideš?", quoted: "" },
  });
  await user.keyboard("r");
  await user.keyboard("Potrjujem.{Escape}");
  await waitFor(() => expect(desk.drafts.size).toBe(1));
  await user.click(await pane.findByText("Draft", { selector: "[data-message=m2] *" }));
  await user.click(pane.getByRole("button", { name: "Go on writing" }));
  const field = await pane.findByRole("textbox", { name: "Text of the message" });
  expect((field as HTMLTextAreaElement).value).toBe("Ana, prideš?");
  expect(pane.queryByText("S telefona"), "its words stand in the composer").toBeNull();
});

it("takes over a draft that was begun in another program", async () => {
  const draft = head("m1", { draft: true, to: [ANA], subject: "Vabilo", from: [] });
  const { user, pane } = await openThread({
    messages: [draft],
    body: { text: "Ana, prideš?", quoted: "" },
  });
  await user.click(pane.getByRole("button", { name: "Go on writing" }));
  const field = await pane.findByRole("textbox", { name: "Text of the message" });
  expect((field as HTMLTextAreaElement).value).toBe("Ana, prideš?");
  expect(pane.getByRole("button", { name: /^Ana Zupan <ana/ })).toBeTruthy();
  expect(pane.getByDisplayValue("Vabilo")).toBeTruthy();
});
