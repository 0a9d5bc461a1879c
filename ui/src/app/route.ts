import { useMemo, useSyncExternalStore } from "react";
import type { Role, Scope } from "../api/bindings.ts";

/**
 * Where the window is. It stands in the address (`#/inbox/t/12`), so that back, reload and a second
 * window land on the same place; nothing else remembers it.
 */
export type Route =
  | {
      page: "mail";
      scope: Scope;
      thread: string | null;
      search: string | null;
      compose: string | null;
    }
  | { page: "settings"; section: string | null }
  | { page: "health" }
  | { page: "analytics" }
  | { page: "customer"; id: string }
  | { page: "welcome" };

const ROLES: readonly Role[] = ["inbox", "sent", "drafts", "trash", "junk", "archive"];
/** The same ones each time, so that who shows one is not drawn anew for another address. */
const SCOPES = Object.fromEntries(ROLES.map((role) => [role, { kind: "role", role }])) as Readonly<
  Record<Role, Scope>
>;
const FOLDERS = new Map<string, Scope>();

function folderScope(folder: string): Scope {
  const scope = FOLDERS.get(folder) ?? { kind: "folder", folder };
  FOLDERS.set(folder, scope);
  return scope;
}

const HOME: Route = {
  page: "mail",
  scope: SCOPES.inbox,
  thread: null,
  search: null,
  compose: null,
};

/** Reads an address. Anything unknown is the inbox: an address is never an error. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const [first = "", ...rest] = path.split("/").filter(Boolean).map(decoded);
  if (first === "settings") return { page: "settings", section: rest[0] ?? null };
  if (first === "health" || first === "analytics" || first === "welcome") return { page: first };
  if (first === "customer" && rest[0] !== undefined) return { page: "customer", id: rest[0] };
  const folder = first === "folder" ? rest.shift() : undefined;
  const role = ROLES.find((known) => known === first);
  const scope: Scope | null =
    folder !== undefined ? folderScope(folder) : role ? SCOPES[role] : null;
  const params = new URLSearchParams(query);
  return {
    page: "mail",
    scope: scope ?? SCOPES.inbox,
    thread: rest[0] === "t" ? (rest[1] ?? null) : null,
    search: params.get("q"),
    compose: params.get("compose"),
  };
}

/** A broken escape is read as it stands. */
function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

/** Writes the address of a place. */
export function routeHash(route: Route): string {
  if (route.page === "settings") {
    return `#/settings${route.section ? `/${encodeURIComponent(route.section)}` : ""}`;
  }
  if (route.page === "customer") return `#/customer/${encodeURIComponent(route.id)}`;
  if (route.page !== "mail") return `#/${route.page}`;
  const { scope, thread, search, compose } = route;
  const place = scope.kind === "role" ? scope.role : `folder/${encodeURIComponent(scope.folder)}`;
  const params = new URLSearchParams();
  if (search !== null) params.set("q", search);
  if (compose !== null) params.set("compose", compose);
  const query = params.size > 0 ? `?${params}` : "";
  return `#/${place}${thread ? `/t/${encodeURIComponent(thread)}` : ""}${query}`;
}

/** Goes to a place. `replace` for steps that "back" should skip, such as every letter of a search. */
export function goTo(route: Route, options: { replace?: boolean } = {}): void {
  const hash = routeHash(route);
  if (hash === window.location.hash) return;
  if (options.replace) window.history.replaceState(null, "", hash);
  else window.history.pushState(null, "", hash);
  // Told at once: of an address that is set the browser tells later, a frame in which nothing has happened yet.
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** The place now, outside React. */
export function currentRoute(): Route {
  return parseRoute(window.location.hash);
}

/** Changes part of a mail place; from another page it starts at the inbox. */
export function goToMail(
  change: Partial<Omit<Extract<Route, { page: "mail" }>, "page">>,
  options: { replace?: boolean } = {},
): void {
  const now = currentRoute();
  const base = now.page === "mail" ? now : HOME;
  goTo({ ...(base as Extract<Route, { page: "mail" }>), ...change }, options);
}

/** Tells whenever the window has gone to another place. */
export function onRoute(watcher: () => void): () => void {
  window.addEventListener("hashchange", watcher);
  return () => window.removeEventListener("hashchange", watcher);
}

/** Which list or page the window shows, whatever is open in it: for who stays the same while one mail follows another. */
export function usePlace(): Route {
  const hash = useSyncExternalStore(onRoute, placeHash);
  return useMemo(() => parseRoute(hash), [hash]);
}

function placeHash(): string {
  const route = currentRoute();
  return routeHash(route.page === "mail" ? { ...route, thread: null, compose: null } : route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(onRoute, () => window.location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}
