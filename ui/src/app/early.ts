import type { QueryClient } from "@tanstack/react-query";
import { listInView } from "../actions/context.ts";
import { neighbour } from "../actions/threads.ts";
import type { MessageBody, MessageHead } from "../api/bindings.ts";
import { dossierQuery } from "../api/customers.ts";
import { bodyQuery, conversationQuery } from "../api/queries.ts";
import { hasAnswer } from "../mail/compose/composing.ts";
import { openAtFirst } from "../mail/conversation/fold.ts";
import { isDark } from "../mail/conversation/use-dark.ts";
import { hasDossier } from "./dossier-panel.ts";
import { currentRoute, onRoute, type Route } from "./route.ts";
import { drawAhead } from "./standing.tsx";

/** How long the pointer rests on a row before its mail is asked for, ms: crossing the list asks for nothing. */
const REST = 40;
/** How long a conversation is open before its neighbours are asked for, ms: what is open is drawn by then. */
const SETTLED = 150;
/** More open messages than this, or longer ones, are drawn when they are opened: they would be in the way before. */
const FEW = 4;
const LONG = 200_000;
const ROW = "[role=option][data-thread]";

/** The conversations that may be opened next. */
type Next = { beside: string | null; pointed: string | null };

/**
 * Asks for conversations before they are shown, and draws them out of sight: the one under the pointer, and the next one in
 * the direction somebody walks. The one the window goes to is asked for while the panes still draw that it is open.
 * Everything is on this computer, so it costs a few milliseconds; who shows them asks the same questions and finds them
 * answered.
 */
export function askEarly(client: QueryClient): () => void {
  let open: string | null = null;
  let settled = 0;
  let resting = 0;
  const next: Next = { beside: null, pointed: null };
  const draw = () => {
    const { beside, pointed } = next;
    const ahead = [beside, pointed].filter((thread) => thread !== null && mayDraw(client, thread));
    drawAhead([open, ...ahead].filter((thread) => thread !== null));
  };
  const look = () => {
    const route = currentRoute();
    const thread = threadOf(route);
    if (thread === open) return;
    const before = open;
    open = thread;
    clearTimeout(settled);
    if (thread === null) {
      next.beside = null;
      draw();
      return;
    }
    void ask(client, route, thread);
    settled = window.setTimeout(() => {
      next.beside = null;
      void askBeside(client, thread, before).then((beside) => {
        if (open !== thread) return;
        next.beside = beside;
        draw();
      });
    }, SETTLED);
  };
  const over = (event: PointerEvent) => {
    clearTimeout(resting);
    const row = event.target instanceof Element ? event.target.closest(ROW) : null;
    const thread = row instanceof HTMLElement ? row.dataset.thread : undefined;
    if (thread === undefined) return;
    resting = window.setTimeout(() => {
      next.pointed = thread;
      void ask(client, currentRoute(), thread).then(draw);
    }, REST);
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

async function ask(client: QueryClient, route: Route, thread: string): Promise<void> {
  // Both are read at once; the customer's is the smaller one and is often here to be drawn together with the mail.
  const dossier = hasDossier(route) ? client.prefetchQuery(dossierQuery(thread)) : null;
  await client.prefetchQuery(conversationQuery(thread));
  const bodies = openMessages(client, thread)
    // One that lies on the server only is fetched when somebody asks for it.
    .filter(({ bodyHere }) => bodyHere)
    .map(({ id }) => client.prefetchQuery(bodyQuery(id, false, isDark())));
  await Promise.all([dossier, ...bodies]);
}

/** The messages that stand open when a conversation is opened. */
function openMessages(client: QueryClient, thread: string): MessageHead[] {
  const messages = client.getQueryData(conversationQuery(thread).queryKey)?.messages ?? [];
  const open = openAtFirst(messages);
  return messages.filter(({ id }) => open.has(id));
}

/** Whether a conversation can be drawn out of sight, so that nobody outside hears of it and nothing waits for it. */
function mayDraw(client: QueryClient, thread: string): boolean {
  const open = openMessages(client, thread);
  if (open.length === 0 || open.length > FEW || hasAnswer(thread)) return false;
  return open.every(({ id, bodyHere }) => {
    const body = client.getQueryData(bodyQuery(id, false, isDark()).queryKey);
    return !bodyHere || (body !== undefined && staysHere(body));
  });
}

/** Drawn, pictures of a trusted sender are fetched: who sent them would think it was read. */
const staysHere = ({ html, remoteAllowed }: MessageBody): boolean =>
  !remoteAllowed && (html?.length ?? 0) < LONG;

/** Asks for the next conversation and the one before; answers which of them it will be. */
async function askBeside(
  client: QueryClient,
  thread: string,
  before: string | null,
): Promise<string | null> {
  const route = currentRoute();
  const list = listInView(client, route);
  const [next, previous] = ([1, -1] as const).map((by) => neighbour(list, thread, by)?.id ?? null);
  const both = [next, previous].filter((other) => typeof other === "string");
  await Promise.all(both.map((other) => ask(client, route, other)));
  return (next === before ? previous : next) ?? null;
}
