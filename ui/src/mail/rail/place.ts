import { Archive, Inbox, type LucideIcon, Pencil, Send, ShieldAlert, Trash2 } from "lucide-react";
import type { Role, Scope } from "../../api/bindings.ts";
import { type Route, routeHash } from "../../app/route.ts";

export const ROLE_ICON: Record<Role, LucideIcon> = {
  inbox: Inbox,
  drafts: Pencil,
  sent: Send,
  archive: Archive,
  junk: ShieldAlert,
  trash: Trash2,
};

/** Where a link to a list leads: the list alone, nothing open. */
export function listHash(scope: Scope): string {
  return routeHash({ page: "mail", scope, thread: null, search: null, compose: null });
}

/** Whether a scope is the one the window shows. */
export function isHere(route: Route, scope: Scope): boolean {
  if (route.page !== "mail" || route.search !== null) return false;
  const here = route.scope;
  return scope.kind === "role"
    ? here.kind === "role" && here.role === scope.role
    : here.kind === "folder" && here.folder === scope.folder;
}
