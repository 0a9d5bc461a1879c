import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Office } from "../../dev/office.ts";
import { openWindow } from "../../test/window.tsx";
import type { Conversation, MessageBody } from "../api/bindings.ts";
import { forgetComposing } from "../mail/compose/composing.ts";
import { findShown } from "./standing.tsx";

const answers = new Office("usual", 0).handlers().openThread as (thread: string) => Conversation;

afterEach(forgetComposing);

const shown = () => findShown("[data-conversation]")?.dataset.conversation;
const ahead = (thread: string) =>
  document.querySelector(`[data-ahead] [data-conversation="${thread}"]`);

it("asks for the next mail and the one before while one is read", async () => {
  const openThread = vi.fn(answers);
  await openWindow({ hash: "#/inbox/t/t2", handlers: { openThread } });
  await waitFor(() => expect(shown()).toBe("t2"));
  await waitFor(() => {
    const asked = openThread.mock.calls.map(([thread]) => thread);
    expect(asked.toSorted()).toEqual(["t1", "t2", "t3"]);
  });
  expect(window.location.hash, "they are not opened").toBe("#/inbox/t/t2");
});

it("draws the next mail out of sight, and shows that when it is opened", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await waitFor(() => expect(ahead("t2")).not.toBeNull());
  const mail = ahead("t2");
  expect(shown()).toBe("t1");
  const read = screen.getAllByRole("article");
  expect(read.filter((message) => message.closest("[data-ahead]"))).toEqual([]);
  await user.keyboard("j");
  expect(shown()).toBe("t2");
  expect(findShown("[data-conversation]"), "it is not drawn anew").toBe(mail);
  await waitFor(() => expect(ahead("t3"), "then the one after it").not.toBeNull());
  await user.keyboard("k");
  expect(shown()).toBe("t1");
  await waitFor(() => expect(ahead("t2"), "it begins anew").not.toBe(mail));
});

it("leaves keys to the mail that is read", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await waitFor(() => expect(ahead("t2")).not.toBeNull());
  await user.keyboard("r");
  await waitFor(() => expect(findShown("[data-composer]")).not.toBeNull());
  expect(document.querySelector("[data-ahead] [data-composer]")).toBeNull();
});

it("puts an answer away the moment its mail is left", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await waitFor(() => expect(ahead("t2")).not.toBeNull());
  await user.keyboard("r");
  await waitFor(() => expect(findShown("[data-composer]")).not.toBeNull());
  window.location.hash = "#/inbox/t/t2";
  await waitFor(() => expect(shown()).toBe("t2"));
  expect(document.querySelector("[data-composer]"), "none takes the next R").toBeNull();
});

it("draws the mail before when somebody walks upwards", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t4" });
  await waitFor(() => expect(ahead("t5")).not.toBeNull());
  await user.keyboard("k");
  await waitFor(() => expect(ahead("t2")).not.toBeNull());
  expect(ahead("t5")).toBeNull();
});

it("draws no mail ahead whose pictures would be fetched from outside", async () => {
  const handlers = new Office("usual", 0).handlers();
  const body = handlers.messageBody as (message: string) => MessageBody;
  const trusted = new Set(answers("t2").messages.map(({ id }) => id));
  const messageBody = (message: string) => ({
    ...body(message),
    remoteAllowed: trusted.has(message),
  });
  const { user } = await openWindow({ hash: "#/inbox/t/t1", handlers: { messageBody } });
  await waitFor(() => expect(shown()).toBe("t1"));
  const [, second, third] = await screen.findAllByRole("option");
  await user.hover(second as HTMLElement);
  await user.hover(third as HTMLElement);
  await waitFor(() => expect(ahead("t3")).not.toBeNull());
  expect(ahead("t2"), "who sent it would think it was read").toBeNull();
});

it("asks for the mail the pointer rests on", async () => {
  const openThread = vi.fn(answers);
  const { user } = await openWindow({ handlers: { openThread } });
  const [, , third] = await screen.findAllByRole("option");
  await user.hover(third as HTMLElement);
  await waitFor(() => expect(openThread).toHaveBeenCalledWith("t3"));
  expect(shown(), "and shows nothing").toBeUndefined();
});

it("asks for the result the pointer rests on", async () => {
  const openThread = vi.fn(answers);
  const { user } = await openWindow({ hash: "#/inbox?q=ponudba", handlers: { openThread } });
  const [hit] = await screen.findAllByRole("option");
  await user.hover(hit as HTMLElement);
  await waitFor(() => expect(openThread).toHaveBeenCalledWith(hit?.dataset.thread));
});

it("keeps the mail before until the next is here, and leaves the pane empty when that takes long", async () => {
  let answer: (found: Conversation) => void = () => undefined;
  const openThread = (thread: string) =>
    thread === "t8"
      ? new Promise<Conversation>((resolve) => {
          answer = resolve;
        })
      : answers(thread);
  const { user } = await openWindow({ hash: "#/inbox/t/t1", handlers: { openThread } });
  await waitFor(() => expect(shown()).toBe("t1"));
  window.location.hash = "#/inbox/t/t8";
  await waitFor(() =>
    expect(screen.getByRole("option", { selected: true }).dataset.thread).toBe("t8"),
  );
  expect(shown(), "the row is chosen, the mail is on its way").toBe("t1");
  await user.keyboard("r");
  await waitFor(() => expect(shown(), "it takes long").toBeUndefined());
  answer(answers("t8"));
  await waitFor(() => expect(shown()).toBe("t8"));
  window.location.hash = "#/inbox/t/t1";
  await waitFor(() => expect(shown()).toBe("t1"));
  const quick = await screen.findByRole("button", { name: /^Reply to Tomaž/ });
  expect(quick, "no answer was begun to the mail before").toBeTruthy();
});

it("gives the focus to the mail that was opened by Enter when it stands", async () => {
  const { user } = await openWindow({ hash: "#/inbox/t/t1" });
  await waitFor(() => expect(shown()).toBe("t1"));
  await user.keyboard("jj{Enter}");
  await waitFor(() => expect(shown()).toBe("t3"));
  const mail = findShown("[data-conversation]");
  await waitFor(() => expect(mail?.contains(document.activeElement)).toBe(true));
});
