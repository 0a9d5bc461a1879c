import type { QueryClient } from "@tanstack/react-query";
import { listInView } from "../actions/context.ts";
import { neighbour } from "../actions/threads.ts";
import { dossierQuery } from "../api/customers.ts";
import { bodyQuery, conversationQuery } from "../api/queries.ts";
import { openAtFirst } from "../mail/conversation/fold.ts";
import { isDark } from "../mail/conversation/use-dark.ts";
import { hasDossier } from "./dossier-panel.ts";
import { currentRoute, onRoute, type Route } from "./route.ts";

/** How long the pointer rests on a row before its mail is asked for, ms: crossing the list asks for nothing. */
const REST = 40;
/** How long a conversation is open before its neighbours are asked for, ms: what is open is drawn by then. */
const SETTLED = 150;
const ROW = "[role=option][data-thread]";

/**
 * Asks for conversations before they are shown: the one the window goes to while the panes still draw that it is open, the
 * one under the pointer, and the next and the one before. Everything is on this computer, so it costs a few milliseconds;
 * who shows them asks the same questions and finds them answered.
 */
export function askEarly(client: QueryClient): () => void {
  let open: string | null = null;
  let settled = 0;
  let resting = 0;
  const look = () => {
    const route = currentRoute();
    const thread = threadOf(route);
    if (thread === open) return;
    open = thread;
    clearTimeout(settled);
    if (thread === null) return;
    ask(client, route, thread);
    settled = window.setTimeout(() => askBeside(client), SETTLED);
  };
  const over = (event: PointerEvent) => {
    clearTimeout(resting);
    const row = event.target instanceof Element ? event.target.closest(ROW) : null;
    const thread = row instanceof HTMLElement ? row.dataset.thread : undefined;
    if (thread === undefined) return;
    resting = window.setTimeout(() => ask(client, currentRoute(), thread), REST);
  };
  look();
  document.addEventListener("pointerover", over);
  const off = onRoute(look);
  return () => {
    clearTimeout(settled);
    clearTimeout(resting);
    document.removeEventListener("pointerover", over);
    off();
  };
}

function threadOf(route: Route): string | null {
  return route.page === "mail" ? route.thread : null;
}

function ask(client: QueryClient, route: Route, thread: string): void {
  // Both are read at once; the customer's is the smaller one and is often here to be drawn together with the mail.
  if (hasDossier(route)) void client.prefetchQuery(dossierQuery(thread));
  void client.prefetchQuery(conversationQuery(thread)).then(() => askBodies(client, thread));
}

function askBodies(client: QueryClient, thread: string): void {
  const messages = client.getQueryData(conversationQuery(thread).queryKey)?.messages ?? [];
  const open = openAtFirst(messages);
  for (const message of messages) {
    // One that lies on the server only is fetched when somebody asks for it.
    if (!open.has(message.id) || !message.bodyHere) continue;
    void client.prefetchQuery(bodyQuery(message.id, false, isDark()));
  }
}

function askBeside(client: QueryClient): void {
  const route = currentRoute();
  const thread = threadOf(route);
  if (thread === null) return;
  const list = listInView(client, route);
  for (const step of [1, -1] as const) {
    const other = neighbour(list, thread, step);
    if (other !== null) ask(client, route, other.id);
  }
}
