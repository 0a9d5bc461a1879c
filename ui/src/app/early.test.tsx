import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Office } from "../../dev/office.ts";
import { openWindow } from "../../test/window.tsx";
import type { Conversation } from "../api/bindings.ts";

const answers = new Office("usual", 0).handlers().openThread as (thread: string) => Conversation;

const shown = () =>
  document.querySelector<HTMLElement>("[data-conversation]")?.dataset.conversation;

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

it("asks for the mail the pointer rests on", async () => {
  const openThread = vi.fn(answers);
  const { user } = await openWindow({ handlers: { openThread } });
  const [, , third] = await screen.findAllByRole("option");
  await user.hover(third as HTMLElement);
  await waitFor(() => expect(openThread).toHaveBeenCalledWith("t3"));
  expect(shown(), "and shows nothing").toBeUndefined();
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
  const mail = document.querySelector("[data-conversation]");
  await waitFor(() => expect(mail?.contains(document.activeElement)).toBe(true));
});
