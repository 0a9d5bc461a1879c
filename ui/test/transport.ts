import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type { ApiError, commands, NoteNews, Notice, Open, Stale } from "../src/api/bindings.ts";

type Name = keyof typeof commands;
type Data<F> = F extends (...args: never[]) => Promise<infer A>
  ? Extract<A, { status: "ok" }> extends { data: infer T }
    ? T
    : never
  : never;
type Args<F> = F extends (...args: infer A) => unknown ? A : never;

/** What stands in for Rust: answers by command name. Throw an `ApiError` to refuse. */
export type Handlers = {
  [K in Name]?: (
    ...args: Args<(typeof commands)[K]>
  ) => Data<(typeof commands)[K]> | Promise<Data<(typeof commands)[K]>>;
};

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Puts handlers in the place of Rust, at the line where calls leave the page.
 *
 * Strict: a command without a handler is refused by its name, so that no test passes on silence.
 */
export function serve(handlers: Handlers): void {
  const byName = new Map(
    Object.entries(handlers).map(([name, handler]) => [
      snake(name),
      handler as (...args: unknown[]) => unknown,
    ]),
  );
  mockIPC(
    async (command, payload) => {
      const handler = byName.get(command);
      if (!handler) throw refusal("internal", `No handler for the command ${command}.`);
      // The bindings name the arguments in the order of the command's parameters.
      return handler(...Object.values((payload ?? {}) as Record<string, unknown>));
    },
    { shouldMockEvents: true },
  );
}

export function refusal(code: ApiError["code"], message: string): ApiError {
  return { code, message };
}

export const rust = {
  stale: (stale: Partial<Stale>) => emit("stale", { tags: [], account: null, seq: 0, ...stale }),
  noteNews: (news: NoteNews) => emit("note-news", news),
  notice: (notice: Notice) => emit("notice", notice),
  open: (what: Open) => emit("open", what),
};
