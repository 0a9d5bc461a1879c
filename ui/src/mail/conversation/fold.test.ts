import { describe, expect, it } from "vitest";
import type { MessageHead } from "../../api/bindings.ts";
import { layOut, openAtFirst } from "./fold.ts";

const message = (id: string, part: Partial<MessageHead> = {}): MessageHead => ({
  id,
  messageId: null,
  subject: "",
  from: [],
  to: [],
  cc: [],
  replyTo: [],
  date: "2026-11-19T08:42:00Z",
  unread: false,
  flagged: false,
  draft: false,
  outgoing: false,
  hasAttachment: false,
  bodyHere: true,
  snippet: "",
  placements: [],
  ...part,
});

/** "a" collapsed, "A" open, "[bc]" folded. */
const picture = (ids: string, open: string, options: { tight?: boolean; unfolded?: string } = {}) =>
  layOut(
    [...ids].map((id) => message(id)),
    new Set(open),
    new Set(options.unfolded ?? ""),
    options.tight ?? false,
  )
    .map((row) =>
      row.kind === "fold"
        ? `[${row.messages.map(({ id }) => id).join("")}]`
        : row.open
          ? row.message.id.toUpperCase()
          : row.message.id,
    )
    .join("");

describe("layOut", () => {
  it.each([
    ["one message", "a", "a", {}, "A"],
    ["the picture of the main window", "abcd", "d", {}, "a[bc]D"],
    ["one between: nothing to gain", "abc", "c", {}, "abC"],
    ["unread in the middle", "abcdefg", "dg", {}, "a[bc]D[ef]G"],
    ["while an answer is written", "abcd", "", { tight: true }, "[abc]d"],
    ["unfolded by hand", "abcd", "d", { unfolded: "bc" }, "abcD"],
    ["all open", "abc", "abc", {}, "ABC"],
  ])("folds %s", (_, ids, open, options, want) => {
    expect(picture(ids, open, options)).toBe(want);
  });
});

describe("openAtFirst", () => {
  it("opens the unread and the newest, drafts stay closed", () => {
    const open = openAtFirst([
      message("a"),
      message("b", { unread: true }),
      message("c"),
      message("d", { draft: true }),
    ]);
    expect([...open].sort()).toEqual(["b", "c"]);
  });
});
