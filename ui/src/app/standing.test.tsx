import { QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { serve } from "../../test/transport.ts";
import type { MessageHead } from "../api/bindings.ts";
import { makeQueryClient } from "../api/queries.ts";
import { useMarkRead } from "../mail/conversation/use-mark-read.ts";
import { drawAhead, findShown, forgetStanding, Standing, useShows } from "./standing.tsx";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  forgetStanding();
});

function Mail({ thread }: { thread: string }) {
  const element = useRef<HTMLParagraphElement>(null);
  useMarkRead(thread, { id: `m ${thread}`, unread: true } as MessageHead, element);
  return (
    <p ref={element} data-mail={thread}>
      {thread}
    </p>
  );
}

function Panes({ thread }: { thread: string | null }) {
  useShows(thread);
  return (
    <Standing thread={thread} none={<i>none</i>}>
      {(one) => <Mail thread={one} />}
    </Standing>
  );
}

const client = makeQueryClient();
const panes = (thread: string | null) => (
  <QueryClientProvider client={client}>
    <Panes thread={thread} />
  </QueryClientProvider>
);
const mails = () => [...document.querySelectorAll("[data-mail]")].map((mail) => mail.textContent);

it("counts a mail drawn ahead as unread until it has been in sight for a second", async () => {
  const marked = vi.fn(() => ({ undo: null }));
  serve({ act: marked as never });
  const page = render(panes(null));
  await act(async () => drawAhead(["a"]));
  expect(mails()).toEqual(["a"]);
  expect(findShown("[data-mail]")).toBeNull();
  await act(async () => void (await vi.advanceTimersByTimeAsync(5000)));
  expect(marked).not.toHaveBeenCalled();
  page.rerender(panes("a"));
  await act(async () => void (await vi.advanceTimersByTimeAsync(900)));
  expect(marked).not.toHaveBeenCalled();
  await act(async () => void (await vi.advanceTimersByTimeAsync(200)));
  expect(marked).toHaveBeenCalledOnce();
});

it("draws a mail once however many reasons there are", async () => {
  render(panes("a"));
  await act(async () => drawAhead(["a", "b", "a", "b"]));
  expect(mails()).toEqual(["a", "b"]);
});

it("moves nothing that is drawn, and draws anew what is opened again", async () => {
  const page = render(panes("a"));
  await act(async () => drawAhead(["a", "b"]));
  const b = document.querySelector("[data-mail=b]");
  page.rerender(panes("b"));
  expect(findShown("[data-mail]"), "it was here").toBe(b);
  await act(async () => drawAhead(["b", "a"]));
  expect(mails(), "in the order they came").toEqual(["b", "a"]);
  const a = document.querySelector("[data-mail=a]");
  page.rerender(panes("a"));
  expect(findShown("[data-mail]")).toBe(a);
  page.rerender(panes("b"));
  expect(findShown("[data-mail]"), "left once, it begins anew").not.toBe(b);
  page.rerender(panes(null));
  expect(findShown("i")?.textContent).toBe("none");
});
