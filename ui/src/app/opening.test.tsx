import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { Ledger } from "../../dev/customers.ts";
import { drawnWhile } from "../../test/renders.ts";
import { openWindow } from "../../test/window.tsx";
// Loaded when it is first shown; here it stands before one counts.
import "../customer/DossierPlace.tsx";
import { findShown } from "./standing.tsx";

const shown = () => findShown("[data-conversation]")?.dataset.conversation;

/** Its mail and its dossier stand beforehand, out of sight. */
const stands = (thread: string) =>
  waitFor(() => {
    expect(document.querySelector(`[data-ahead] [data-conversation="${thread}"]`)).not.toBeNull();
    expect(document.querySelectorAll("[data-pane=dossier] [data-ahead]")).not.toHaveLength(0);
  });

/** What says the same of every mail, or has been said of this one beforehand. */
const THE_SAME = [
  ["rows of the list", ["Lines", "RowTools", "SenderBadge"]],
  ["what stands around them", ["Above", "ListHeader", "Rail", "HeldReplies", "TeamButton"]],
  ["the tools of the mail", ["ConversationHeader", "ActionButton", "Menu", "MenuTrigger"]],
  ["the mail", ["Conversation", "MessageCard", "MessageHeader", "MessageBody", "QuickReply"]],
  ["its customer", ["Tools", "CustomerActs", "DossierPane", "Dossier", "Documents"]],
] as const;

type Drawn = Awaited<ReturnType<typeof drawnWhile>>;

function expectTheSame(drawn: Drawn): void {
  for (const [what, components] of THE_SAME) {
    expect(
      components.filter((component) => drawn(component) > 0),
      what,
    ).toEqual([]);
  }
}

it("draws two rows anew and no tools when the next mail is opened by key", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1", ledger: new Ledger() });
  await stands("t2");
  const drawn = await drawnWhile(() => user.keyboard("j"));
  expect(shown()).toBe("t2");
  expect(drawn("ThreadRow"), "the one that was open, and the one that is").toBe(2);
  expectTheSame(drawn);
});

it("draws two rows anew and no tools when the mail under the pointer is opened", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1", ledger: new Ledger() });
  await stands("t2");
  const [, , row] = await screen.findAllByRole("option");
  if (row === undefined) throw new Error("There are three mails.");
  const thread = row.dataset.thread ?? "";
  await user.hover(row);
  await stands(thread);
  const drawn = await drawnWhile(() => user.click(row));
  expect(shown()).toBe(thread);
  expect(drawn("ThreadRow"), "pressed, the cursor goes there; let go, it is open").toBe(4);
  expectTheSame(drawn);
});

it("acts on the mail that is open now from a menu that was there before it", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await stands("t2");
  await user.keyboard("j");
  const tools = screen.getByRole("toolbar", { name: "Conversation tools" });
  const more = within(tools).getByRole("button", { name: "More" });
  expect(more.getAttribute("aria-haspopup")).toBe("menu");
  more.focus();
  await user.keyboard("{Enter}");
  const spam = await screen.findByRole("menuitem", { name: /Move to spam/ });
  expect(more.getAttribute("aria-expanded")).toBe("true");
  await user.click(spam);
  await waitFor(() => expect(shown(), "the one after it").toBe("t3"));
});
