import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draft } from "../../api/bindings.ts";
import { autosave, type SaveState } from "./autosave.ts";

const DRAFT: Draft = {
  id: null,
  account: "a1",
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  text: "",
  html: null,
  replyTo: null,
  began: null,
  messageId: null,
};

/** A disk that answers when it is told to, and remembers what it was given. */
function disk() {
  const asked: {
    draft: Draft;
    answer: (result: { ok: true; id: string } | { ok: false; why: string }) => void;
  }[] = [];
  const states: SaveState["kind"][] = [];
  const saver = autosave({
    initial: DRAFT,
    now: () => new Date("2026-11-19T09:47:00"),
    onState: ({ kind }) => states.push(kind),
    save: (draft) => new Promise((answer) => asked.push({ draft, answer })),
  });
  const write = (text: string) => saver.change({ ...DRAFT, text });
  const answer = async (index: number, id = "d1") => {
    asked[index]?.answer({ ok: true, id });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { saver, asked, states, write, answer };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("autosave", () => {
  it("writes once, after a pause, the newest words", async () => {
    const { asked, write } = disk();
    write("D");
    await vi.advanceTimersByTimeAsync(399);
    write("Da");
    await vi.advanceTimersByTimeAsync(399);
    expect(asked, "someone still types").toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map(({ draft }) => draft.text)).toEqual(["Da"]);
  });

  it("never writes a draft nobody touched", async () => {
    const { saver, asked } = disk();
    expect(await saver.flush()).toBeNull();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked, "opening a reply leaves no litter").toHaveLength(0);
  });

  it("waits for the first write's id, so that one mail is one draft", async () => {
    const { asked, write, answer, states } = disk();
    write("Da");
    await vi.advanceTimersByTimeAsync(400);
    write("Da, gremo");
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked, "one write at a time").toHaveLength(1);
    await answer(0, "d7");
    expect(asked[1]?.draft).toMatchObject({ id: "d7", text: "Da, gremo" });
    await answer(1, "d7");
    expect(states.at(-1)).toBe("saved");
  });

  it("writes at once when it is left", async () => {
    const { saver, asked, write, answer } = disk();
    write("Da");
    const left = saver.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
    await answer(0, "d2");
    expect(await left).toBe("d2");
  });

  it("keeps refused words and tries again", async () => {
    const { asked, write, states } = disk();
    write("Da");
    await vi.advanceTimersByTimeAsync(400);
    asked[0]?.answer({ ok: false, why: "The disk is full." });
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toBe("failed");
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked[1]?.draft.text, "not a word is lost").toBe("Da");
  });

  it("prefers newer words to refused ones", async () => {
    const { asked, write } = disk();
    write("Da");
    await vi.advanceTimersByTimeAsync(400);
    write("Da, gremo");
    asked[0]?.answer({ ok: false, why: "The disk is full." });
    await vi.advanceTimersByTimeAsync(3400);
    expect(asked[1]?.draft.text).toBe("Da, gremo");
  });

  it("stops after the write under way and says which draft it was", async () => {
    const { saver, asked, write, answer } = disk();
    write("Da");
    await vi.advanceTimersByTimeAsync(400);
    write("Da, gremo");
    const stopped = saver.stop();
    await answer(0, "d3");
    expect(await stopped, "what is thrown away must be known by id").toBe("d3");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(1);
  });
});
