import type { QueryClient } from "@tanstack/react-query";
import { currentOrder } from "../app/list-order.ts";
import { showToast } from "../components/toasts.ts";
import type { Key, Translate } from "../i18n/language.tsx";
import type { MailAction, Overview, Scope, Target, ThreadRow } from "./bindings.ts";
import { api } from "./commands.ts";
import { reasonOf } from "./failure.ts";
import { keys } from "./queries.ts";
import { afterAction, rowsOf, type ThreadPages, withRows, withRowsInPlace } from "./thread-rows.ts";
import { remember, takeUndo } from "./undo.ts";

/** How long the toast with Undo stays, s: the design's value for everything that can be taken back. */
const UNDO_SECONDS = 10;

type Door = { client: QueryClient; t: Translate };

/** What a toast says after an action, and what it says when the action failed. */
const WORDS: Record<
  MailAction["kind"],
  { done: Key & `acted.${string}`; failed: Key & `actFailed.${string}` }
> = {
  read: { done: "acted.read", failed: "actFailed.read" },
  unread: { done: "acted.unread", failed: "actFailed.unread" },
  flag: { done: "acted.flag", failed: "actFailed.flag" },
  unflag: { done: "acted.unflag", failed: "actFailed.unflag" },
  archive: { done: "acted.archive", failed: "actFailed.archive" },
  trash: { done: "acted.trash", failed: "actFailed.trash" },
  junk: { done: "acted.junk", failed: "actFailed.junk" },
  move: { done: "acted.move", failed: "actFailed.move" },
};

/** Small marks need no toast: they are seen where they were made. Z still takes them back. */
const QUIET: readonly MailAction["kind"][] = ["read", "unread", "flag", "unflag"];

/**
 * Does something to mail at once on screen, then in Rust.
 *
 * When Rust refuses, the rows come back as they were and a toast says why. When it agrees, the toast
 * offers Undo. `quiet` leaves the toast out, for marks nobody asked for such as "read on opening".
 */
export async function act(
  door: Door,
  target: Target,
  action: MailAction,
  options: { quiet?: boolean } = {},
): Promise<boolean> {
  const restore = showAtOnce(door.client, target, action);
  try {
    const result = await api.act(target, action);
    if (result.undo !== null && !options.quiet) {
      const loud = !QUIET.includes(action.kind);
      remember({ token: result.undo, restore });
      if (loud) {
        showToast({
          text: door.t(WORDS[action.kind].done, { n: result.count }),
          seconds: UNDO_SECONDS,
          action: {
            label: door.t("common.undo"),
            keys: "z",
            run: () => undoLast(door, result.undo).catch(() => undefined),
          },
        });
      }
    }
    return true;
  } catch (error) {
    restore();
    showToast({
      tone: "error",
      text: door.t("common.failed", {
        what: door.t(WORDS[action.kind].failed),
        why: reasonOf(error, door.t),
      }),
      seconds: null,
      action: {
        label: door.t("common.tryAgain"),
        run: () => act(door, target, action, options).catch(() => undefined),
      },
    });
    return false;
  }
}

/** Takes back one action, the newest when no token is given. Says so when there is nothing. */
export async function undoLast(door: Door, token: string | null = null): Promise<void> {
  const entry = takeUndo(token);
  if (!entry) return;
  entry.restore();
  if (entry.run) return entry.run();
  try {
    await api.undo(entry.token);
  } catch (error) {
    await door.client.invalidateQueries({ queryKey: keys.allThreads });
    showToast({
      tone: "error",
      text: door.t("common.failed", {
        what: door.t("actFailed.undo"),
        why: reasonOf(error, door.t),
      }),
      seconds: null,
      action: null,
    });
  }
}

/** Changes the loaded rows as the action will, and returns how to put them back. */
function showAtOnce(client: QueryClient, target: Target, action: MailAction): () => void {
  if (target.kind === "messages") return () => undefined;
  const order = currentOrder(target.scope);
  const key = keys.threads(target.scope, order);
  const put = order === "newest" ? withRows : withRowsInPlace;
  const pages = client.getQueryData<ThreadPages>(key);
  const before = rowsOf(pages).filter((row) => target.threads.includes(row.id));
  if (before.length === 0) return () => undefined;
  const after = before.map((row) => afterAction(row, action));
  const kept = after.filter((row) => row !== null);
  const gone = before.filter((_, index) => after[index] === null).map((row) => row.id);
  const set = (upserts: ThreadRow[], removed: string[]) =>
    client.setQueryData<ThreadPages>(key, (now) => (now ? put(now, upserts, removed) : now));
  const difference = count(kept) - count(before);
  set(kept, gone);
  countUnread(client, target.scope, difference);
  return () => {
    set(before, []);
    countUnread(client, target.scope, -difference);
  };
}

function count(rows: ThreadRow[]): number {
  return rows.filter((row) => row.unread).length;
}

/** Keeps the number beside the list's name true until Rust says the exact one. */
function countUnread(client: QueryClient, scope: Scope, difference: number): void {
  if (difference === 0) return;
  const add = (unread: number) => Math.max(0, unread + difference);
  client.setQueryData<Overview>(keys.overview, (overview) => {
    if (!overview) return overview;
    if (scope.kind === "role") {
      const unified = overview.unified.map((row) =>
        row.role === scope.role ? { ...row, unread: add(row.unread) } : row,
      );
      return { ...overview, unified };
    }
    const folders = overview.folders.map((row) =>
      row.id === scope.folder ? { ...row, unread: add(row.unread) } : row,
    );
    return { ...overview, folders };
  });
}
