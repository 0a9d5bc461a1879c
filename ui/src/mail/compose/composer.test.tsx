import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { Desk } from "../../../dev/desk.ts";
import { refusal } from "../../../test/transport.ts";
import { openWindow } from "../../../test/window.tsx";
import { forgetComposing } from "./composing.ts";

vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-19T09:00:00Z") });
beforeEach(forgetComposing);

async function openDesk(hash = "#/inbox/t/t1", state = "usual") {
  const desk = new Desk();
  const opened = await openWindow({ hash, state, handlers: desk.handlers() });
  return { ...opened, desk };
}

const body = () => screen.findByRole("textbox", { name: "Text of the message" });
const words = async () => ((await body()) as HTMLTextAreaElement).value;
const kept = (desk: Desk) => [...desk.drafts.values()];

async function reply(user: Awaited<ReturnType<typeof openDesk>>["user"], text: string) {
  await screen.findByRole("button", { name: "Reply to Tomaž" });
  await user.keyboard("r");
  await body();
  await user.keyboard(text);
}

it("answers with R, the caret in the text, the quote folded below", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Potrjujem.");
  expect(await words()).toBe("Potrjujem.");
  expect(screen.getByRole("button", { name: "Show the quoted text" })).toBeTruthy();
  await waitFor(() => expect(kept(desk)).toHaveLength(1));
  expect(kept(desk)[0]?.text, "stored with what it answers").toMatch(
    /^Potrjujem\.\n\nTomaž Kovač, 19\. 11\. 2026 09:42:\n> Pozdravljena/,
  );
  expect(await screen.findByText(/^Saved \d\d:00$/)).toBeTruthy();
});

it("unfolds the quote to answer between its lines", async () => {
  const { user } = await openDesk();
  await reply(user, "Da.");
  await user.click(screen.getByRole("button", { name: "Show the quoted text" }));
  expect(await words()).toContain("> hvala za ponudbo.");
});

it("sends with Ctrl+Enter and takes it back with Z, where it was written", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Potrjujem.");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("To Tomaž, sends in 10 s"), "counted on screen").toBeTruthy();
  expect(screen.getByText(/sends in a few seconds. Undo with Z/), "said once").toBeTruthy();
  expect(desk.sent.size).toBe(1);
  expect(screen.queryByRole("textbox", { name: "Text of the message" })).toBeNull();
  expect(
    await screen.findByRole("button", { name: "Reply to Tomaž" }),
    "what is on its way is no draft to go on with",
  ).toBeTruthy();
  await user.keyboard("z");
  expect(await words(), "not a word is lost").toBe("Potrjujem.");
  expect(window.location.hash).toBe("#/inbox/t/t1");
});

it("keeps the words when one goes to another thread and comes back", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Potrjujem, a");
  window.location.hash = "#/inbox/t/t2";
  await screen.findByRole("heading", { name: /PO 4471/, level: 1 });
  await waitFor(() => expect(kept(desk)[0]?.text, "stored on leaving").toMatch(/^Potrjujem, a/));
  window.location.hash = "#/inbox/t/t1";
  expect(await words()).toBe("Potrjujem, a");
});

it("goes on in the same draft when one comes back to a thread", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Potrjujem");
  await waitFor(() => expect(kept(desk), "kept while one pauses").toHaveLength(1));
  window.location.hash = "#/inbox/t/t2";
  await screen.findByRole("heading", { name: /PO 4471/, level: 1 });
  window.location.hash = "#/inbox/t/t1";
  await user.click(await body());
  await user.keyboard("!");
  await waitFor(() => expect(kept(desk).some(({ text }) => text.includes("!"))).toBe(true));
  expect(kept(desk), "not a second one").toHaveLength(1);
});

it("closes with Escape and goes on later from the kept draft", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Na pol");
  await user.keyboard("{Escape}");
  const draft = await screen.findByRole("button", { name: /Draft.*Na pol/ });
  expect(kept(desk)).toHaveLength(1);
  await user.click(draft);
  expect(await words()).toBe("Na pol");
  await user.keyboard("!");
  await waitFor(() => expect(kept(desk).map(({ text }) => text.slice(0, 7))).toEqual(["!Na pol"]));
});

it("asks before it throws words away; Escape in the question keeps them", async () => {
  const { user, desk } = await openDesk();
  await reply(user, "Nič");
  await user.click(screen.getByRole("button", { name: "Discard draft" }));
  await screen.findByRole("dialog", { name: "Discard this draft?" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(await words(), "only the question went").toBe("Nič");
  await user.click(screen.getByRole("button", { name: "Discard draft" }));
  const dialog = await screen.findByRole("dialog", { name: "Discard this draft?" });
  await user.click(within(dialog).getByRole("button", { name: "Discard draft" }));
  await screen.findByRole("button", { name: "Reply to Tomaž" });
  await waitFor(() => expect(kept(desk)).toHaveLength(0));
});

it("keeps the draft open with the reason when sending is refused", async () => {
  const desk = new Desk();
  const { user } = await openWindow({
    hash: "#/inbox/t/t1",
    handlers: {
      ...desk.handlers(),
      sendDraft: () => {
        throw refusal("refused", "The message is larger than the server takes.");
      },
    },
  });
  await reply(user, "Potrjujem.");
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect(await screen.findByText(/was not sent.*larger than the server takes/)).toBeTruthy();
  expect(await words()).toBe("Potrjujem.");
});

it("takes pasted lists and names what is no address", async () => {
  const { user, desk } = await openDesk("#/inbox?compose=new");
  const to = await screen.findByRole("textbox", { name: "Add people: To" });
  await waitFor(() => expect(document.activeElement, "whom it is for comes first").toBe(to));
  await user.paste("Ana Zupan <ana@hrastvijak.example>; bor@hrastvijak.example\nJan");
  expect(await screen.findByRole("button", { name: /^Ana Zupan <ana/ })).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("“Jan” is no mail address");
  await user.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(document.activeElement, "goes where the problem is").toBe(to));
  expect(desk.sent.size, "nothing left").toBe(0);
  await user.clear(to);
  await user.keyboard("{Backspace}{Backspace}");
  await waitFor(() =>
    expect(
      screen.queryByRole("button", { name: /^bor@hrastvijak/ }),
      "twice: chosen, gone",
    ).toBeNull(),
  );
});

it("asks once about a missing subject and about nobody to send to", async () => {
  const { user, desk } = await openDesk("#/inbox?compose=new");
  await screen.findByRole("textbox", { name: "Add people: To" });
  await user.click(screen.getByRole("button", { name: "Send" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Write at least one address.");
  await user.type(screen.getByRole("textbox", { name: "Add people: To" }), "ana@x.example,");
  await user.click(screen.getByRole("button", { name: "Send" }));
  const dialog = await screen.findByRole("dialog", { name: "Send without a subject?" });
  await user.click(within(dialog).getByRole("button", { name: "Send anyway" }));
  await waitFor(() => expect(desk.sent.size).toBe(1));
});

it("says where words are while there is no network", async () => {
  const { user } = await openDesk("#/inbox/t/t1", "offline");
  await reply(user, "Potrjujem.");
  expect(await screen.findByText("Saved here")).toBeTruthy();
  expect(screen.getByText("Sends when online")).toBeTruthy();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("To Tomaž, sends when online")).toBeTruthy();
});

it("explains the outbox and lets one decide", async () => {
  const asked: string[] = [];
  const desk = new Desk("busy");
  const { user } = await openWindow({
    hash: "#/health",
    handlers: {
      ...desk.handlers(),
      retryOutbox: (id) => {
        asked.push(`retry ${id}`);
        return null;
      },
      cancelOutbox: (id) => {
        asked.push(`cancel ${id}`);
        return null;
      },
    },
  });
  const outbox = await screen.findByRole("region", { name: "Outbox" });
  const rows = await within(outbox).findAllByRole("listitem");
  expect(rows[0]?.textContent, "what one must decide stands first").toMatch(
    /Unknown.*may have been delivered/s,
  );
  const [unknown, failed] = rows;
  if (!unknown || !failed) throw new Error("three mails wait");
  await user.click(within(unknown).getByRole("button", { name: "It arrived" }));
  await user.click(within(failed).getByRole("button", { name: "Send again" }));
  await waitFor(() => expect(asked).toEqual(["cancel o2", "retry o3"]));
});
