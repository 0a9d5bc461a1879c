import { act } from "../api/act.ts";
import type { MailAction, Scope, Target } from "../api/bindings.ts";
import { goToMail } from "../app/route.ts";
import { focusConversation } from "../mail/conversation/focus-opened.ts";
import { clearPicked, getSelection, moveCursor } from "../mail/list/selection.ts";
import type { ActionContext, Listed } from "./context.ts";

/** Where to be after something happened to the open thread. */
export type Onward = "next" | "prev" | "list";

/** The row some steps away from where the list stands; at its end the end itself. */
export function neighbour(list: readonly Listed[], id: string | null, step: 1 | -1): Listed | null {
  const at = list.findIndex((row) => row.id === id);
  if (at < 0) return list[0] ?? null;
  return list[at + step] ?? null;
}

/** J and K: goes to another thread. Where two panes stand side by side it is shown at once. */
export function step(context: ActionContext, by: 1 | -1): void {
  if (context.route.page !== "mail") return;
  const shows = context.form !== "one" || context.route.thread !== null;
  const from = (shows ? context.route.thread : null) ?? getSelection().cursor;
  const next = neighbour(context.list, from, by);
  if (!next) return;
  moveCursor(next.id);
  if (shows)
    goToMail({ thread: next.id, compose: null }, { replace: context.route.thread !== null });
}

/** Enter and O: shows the thread and puts the focus into it. */
export function open(context: ActionContext): void {
  const id = getSelection().cursor ?? context.targets[0];
  if (id === undefined) return;
  goToMail({ thread: id, compose: null });
  focusConversation(id);
}

/** Leaves the open thread for its neighbour, or for the list when there is none or one pane shows. */
export function goOn(context: ActionContext, where: Onward): void {
  if (context.route.page !== "mail") return;
  const open = context.route.thread;
  const next = where === "list" ? null : neighbour(context.list, open, where === "next" ? 1 : -1);
  const other =
    where === "list" || next ? next : neighbour(context.list, open, where === "next" ? -1 : 1);
  moveCursor(other?.id ?? open);
  goToMail({ thread: other?.id ?? null }, { replace: other !== null });
}

/** Whether an action takes threads out of this list. */
export function leaves(action: MailAction, scope: Scope): boolean {
  switch (action.kind) {
    case "archive":
      return !(scope.kind === "role" && scope.role === "archive");
    case "trash":
      return !(scope.kind === "role" && scope.role === "trash");
    case "junk":
      return !(scope.kind === "role" && scope.role === "junk");
    case "move":
      return !(scope.kind === "folder" && scope.folder === action.folder);
    default:
      return false;
  }
}

/** Does something to the meant threads and goes on to the next one when the open one leaves. */
export async function actOnTargets(context: ActionContext, action: MailAction): Promise<void> {
  await actOn(context, context.targets, action);
}

export async function actOn(
  context: ActionContext,
  threads: readonly string[],
  action: MailAction,
): Promise<void> {
  if (threads.length === 0 || context.route.page !== "mail") return;
  const goes = leaves(action, context.scope);
  const open = context.route.thread;
  if (goes) {
    const stays = context.list.filter((row) => row.id === open || !threads.includes(row.id));
    const where = context.form === "one" ? "list" : "next";
    if (open !== null && threads.includes(open)) goOn({ ...context, list: stays }, where);
    else moveCursorOff(context, threads);
  }
  clearPicked();
  const target: Target = { kind: "threads", scope: context.scope, threads: [...threads] };
  await act(context, target, action);
}

/** A cursor on a row that leaves goes to the next one that stays. */
function moveCursorOff(context: ActionContext, threads: readonly string[]): void {
  const { cursor } = getSelection();
  if (cursor === null || !threads.includes(cursor)) return;
  const stays = context.list.filter((row) => row.id === cursor || !threads.includes(row.id));
  const next = neighbour(stays, cursor, 1) ?? neighbour(stays, cursor, -1);
  moveCursor(next?.id ?? null);
}

/** Marks unread what is all read, and read what is not. */
export function toggleUnread(context: ActionContext): MailAction {
  const meant = context.list.filter((row) => context.targets.includes(row.id));
  return { kind: meant.some((row) => row.unread) ? "read" : "unread" };
}

export function toggleFlag(context: ActionContext): MailAction {
  const meant = context.list.filter((row) => context.targets.includes(row.id));
  return { kind: meant.length > 0 && meant.every((row) => row.flagged) ? "unflag" : "flag" };
}
