import type { AccountView, FolderView, Overview, Role, Scope } from "../api/bindings.ts";
import type { PlainKey, Translate } from "../i18n/language.tsx";

/** The unified views in the order of the rail. */
export const VIEWS: readonly Role[] = ["inbox", "drafts", "sent", "archive", "junk", "trash"];

export const ROLE_NAME: Record<Role, PlainKey> = {
  inbox: "rail.inbox",
  sent: "rail.sent",
  drafts: "rail.drafts",
  trash: "rail.trash",
  junk: "rail.junk",
  archive: "rail.archive",
};

/** A folder's name: in the window's language where it has a role, else as the server calls it. */
export function folderName(folder: FolderView, t: Translate): string {
  return folder.role ? t(ROLE_NAME[folder.role]) : folder.name;
}

/** What the list of a scope is called. */
export function scopeName(scope: Scope, overview: Overview | undefined, t: Translate): string {
  if (scope.kind === "role") return t(ROLE_NAME[scope.role]);
  const folder = overview?.folders.find((row) => row.id === scope.folder);
  return folder ? folderName(folder, t) : "";
}

/** Whether a scope holds what one wrote oneself: its rows say to whom, not by whom. */
export function isWritten(scope: Scope, overview: Overview | undefined): boolean {
  const role =
    scope.kind === "role"
      ? scope.role
      : overview?.folders.find((row) => row.id === scope.folder)?.role;
  return role === "sent" || role === "drafts";
}

/** How many are unread in a scope, and how many there are. */
export function scopeCounts(
  scope: Scope,
  overview: Overview | undefined,
): { unread: number; total: number } | null {
  const row =
    scope.kind === "role"
      ? overview?.unified.find((view) => view.role === scope.role)
      : overview?.folders.find((folder) => folder.id === scope.folder);
  return row ? { unread: row.unread, total: row.total } : null;
}

/** An account's folders: those with a role first, in the order of the rail, then as the server has them. */
export function foldersOf(account: string, overview: Overview): FolderView[] {
  const own = overview.folders.filter((folder) => folder.account === account);
  const inbox = own.filter((folder) => folder.role === "inbox");
  const plain = own.filter((folder) => folder.role === null);
  const roles = VIEWS.filter((role) => role !== "inbox").flatMap((role) =>
    own.filter((folder) => folder.role === role),
  );
  return [...inbox, ...plain, ...roles];
}

/** An account's short name. */
export function accountName(account: Pick<AccountView, "name" | "email">): string {
  return account.name || account.email;
}

/** The next view that has unread mail, for an empty list to point at. */
export function nextUnread(
  scope: Scope,
  overview: Overview | undefined,
): { scope: Scope; unread: number } | null {
  if (!overview) return null;
  const inbox = overview.unified.find((view) => view.role === "inbox");
  const isInbox = scope.kind === "role" && scope.role === "inbox";
  if (inbox && inbox.unread > 0 && !isInbox) {
    return { scope: { kind: "role", role: "inbox" }, unread: inbox.unread };
  }
  const folder = overview.folders.find(
    (row) =>
      row.unread > 0 &&
      row.selectable &&
      row.role !== "junk" &&
      row.role !== "trash" &&
      !(scope.kind === "folder" && scope.folder === row.id) &&
      !(isInbox && row.role === "inbox"),
  );
  return folder ? { scope: { kind: "folder", folder: folder.id }, unread: folder.unread } : null;
}
