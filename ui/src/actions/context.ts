import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Overview, Scope, Settings, ThreadRow } from "../api/bindings.ts";
import { keys } from "../api/queries.ts";
import { loadedHits } from "../api/search.ts";
import { loadedRows } from "../api/thread-list.ts";
import { currentForm, type Form } from "../app/layout.ts";
import { currentRoute, type Route } from "../app/route.ts";
import { type Translate, useT } from "../i18n/language.tsx";
import { narrowed } from "../mail/list/filter.ts";
import { getSelection } from "../mail/list/selection.ts";

/** As much of a row as actions need: a thread of the list, or of the search results in its place. */
export type Listed = Pick<ThreadRow, "id" | "subject" | "unread" | "flagged">;

/** What an action may look at: everything as it is the moment it is asked. */
export type ActionContext = {
  client: QueryClient;
  t: Translate;
  route: Route;
  form: Form;
  /** Where the meant threads are acted on: the list in view; of a search result, its folder. */
  scope: Scope;
  /** Rows of the list in view, as loaded. */
  list: readonly Listed[];
  /** The threads an action means: the ticked ones, else the open one, else the one under the cursor. */
  targets: readonly string[];
  overview: Overview | undefined;
  settings: Settings | undefined;
};

export function makeContext(client: QueryClient, t: Translate): ActionContext {
  const route = currentRoute();
  let view: ReturnType<typeof inView> | undefined;
  // Tool bars look at contexts whenever a mail is opened, and at no row: those are read when they are asked for.
  const rows = () => {
    view ??= inView(client, route);
    return view;
  };
  return {
    client,
    t,
    route,
    form: currentForm(),
    get scope() {
      return rows().scope;
    },
    get list() {
      return rows().list;
    },
    targets: targetsOf(route),
    overview: client.getQueryData<Overview>(keys.overview),
    settings: client.getQueryData<Settings>(keys.settings),
  };
}

/** Rows of the list in view, as loaded. */
export const listInView = (client: QueryClient, route: Route): readonly Listed[] =>
  inView(client, route).list;

function inView(client: QueryClient, route: Route): { scope: Scope; list: readonly Listed[] } {
  if (route.page !== "mail") return { scope: { kind: "role", role: "inbox" }, list: [] };
  if (route.search === null)
    return { scope: route.scope, list: narrowed(loadedRows(client, route.scope)) };
  const hits = loadedHits(client, route.search);
  const open = hits.find((hit) => hit.thread === route.thread);
  return {
    scope: open ? { kind: "folder", folder: open.folder } : route.scope,
    list: hits.map((hit) => ({
      id: hit.thread,
      subject: hit.subject.replace(/[\u{e000}\u{e001}]/gu, ""),
      unread: hit.unread,
      flagged: false,
    })),
  };
}

function targetsOf(route: Route): string[] {
  if (route.page !== "mail") return [];
  const { picked, cursor } = getSelection();
  if (picked.size > 0) return [...picked];
  const one = route.thread ?? cursor;
  return one === null ? [] : [one];
}

/** Makes contexts: call it when something is pressed, not while rendering. */
export function useContextMaker(): () => ActionContext {
  const client = useQueryClient();
  const t = useT();
  return useMemo(() => () => makeContext(client, t), [client, t]);
}
