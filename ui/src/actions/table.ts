import {
  Activity,
  Archive,
  ArrowDown,
  ArrowUp,
  Building2,
  ChartColumn,
  CircleCheck,
  CornerUpLeft,
  CornerUpRight,
  Flag,
  FolderInput,
  Image,
  Inbox,
  Keyboard,
  type LucideIcon,
  MailOpen,
  PanelRight,
  Pencil,
  RefreshCw,
  ReplyAll,
  Search,
  Send,
  ShieldAlert,
  SlidersHorizontal,
  SquarePen,
  Trash2,
  Undo2,
  Users,
} from "lucide-react";
import { undoLast } from "../api/act.ts";
import type { Role } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { dossierQuery } from "../api/customers.ts";
import { showFailure } from "../api/show-failure.ts";
import { canUndo } from "../api/undo.ts";
import { hasDossier, toggleDossier } from "../app/dossier-panel.ts";
import { currentDossierRoom } from "../app/layout.ts";
import { showOverlay } from "../app/overlay.ts";
import { walkPanes } from "../app/panes.ts";
import { goTo, goToMail } from "../app/route.ts";
import { toggleTeamPanel } from "../app/team-panel.ts";
import { openCustomer } from "../customer/open.ts";
import type { PlainKey } from "../i18n/language.tsx";
import { pickAll, togglePicked } from "../mail/list/selection.ts";
import { openAnalytics } from "../team/analytics/open.ts";
import { goBack } from "./back.ts";
import type { ActionContext } from "./context.ts";
import { type PaneAction, paneAction } from "./pane-actions.ts";
import { actOnTargets, open, step, toggleFlag, toggleUnread } from "./threads.ts";

export type ActionGroup = "threads" | "messages" | "go" | "window";

/**
 * Everything a person can do, once. Shortcuts, palette, menus, tool bars and the list of keys read
 * this table; nothing else knows what a key does.
 */
type Row<Id extends string> = {
  id: Id;
  group: ActionGroup;
  title: PlainKey;
  /** Other words people look for it under. */
  also?: PlainKey;
  icon: LucideIcon;
  /**
   * Presses that run it, the shown one first: `Mod+k` is one press, `g i` two. A key without Mod or
   * a function key is a single key and can be switched off.
   */
  keys: readonly string[];
  /** Null when it can be done now, else why not. */
  blocked: (context: ActionContext) => PlainKey | null;
  run: (context: ActionContext) => void | Promise<void>;
  /** Left out of the palette: moving about is what the palette itself does. */
  hidden?: boolean;
};

const free = () => null;
const onThreads = (context: ActionContext): PlainKey | null =>
  context.targets.length > 0 ? null : "action.why.noThread";
const onMail = (context: ActionContext): PlainKey | null =>
  context.route.page === "mail" ? null : "action.why.notMail";
const onMailWithRows = (context: ActionContext): PlainKey | null =>
  onMail(context) ?? (context.list.length > 0 ? null : "action.why.emptyList");

/** In a column of its own it can be shown and hidden before a mail is open. */
const onDossier = (context: ActionContext): PlainKey | null => {
  const { route } = context;
  const open = route.page === "mail" && route.thread !== null;
  const there = hasDossier(route) && (open || currentDossierRoom() === "column");
  return onMail(context) ?? (there ? null : "action.why.noThread");
};

/** The customer of the open conversation, as far as that is known by now. */
const customerOf = ({ client, route }: ActionContext): string | null => {
  if (route.page !== "mail" || route.thread === null) return null;
  return client.getQueryData(dossierQuery(route.thread).queryKey)?.customer?.id ?? null;
};

function message<Id extends PaneAction>(id: Id): Pick<Row<Id>, "id" | "group" | "blocked" | "run"> {
  return {
    id,
    group: "messages",
    blocked: () => (paneAction(id) ? null : "action.why.noMessage"),
    run: () => paneAction(id)?.(),
  };
}

function go(role: Role): Pick<Row<string>, "group" | "blocked" | "run"> {
  return {
    group: "go",
    blocked: free,
    run: () => goTo({ page: "mail", ...PLACE, scope: { kind: "role", role } }),
  };
}

const PLACE = { thread: null, search: null, compose: null } as const;

const TABLE = [
  {
    id: "thread.next",
    group: "threads",
    title: "action.next",
    icon: ArrowDown,
    keys: ["j"],
    blocked: onMailWithRows,
    run: (context) => step(context, 1),
    hidden: true,
  },
  {
    id: "thread.previous",
    group: "threads",
    title: "action.previous",
    icon: ArrowUp,
    keys: ["k"],
    blocked: onMailWithRows,
    run: (context) => step(context, -1),
    hidden: true,
  },
  {
    id: "thread.open",
    group: "threads",
    title: "action.open",
    icon: MailOpen,
    keys: ["Enter", "o"],
    blocked: onThreads,
    run: open,
    hidden: true,
  },
  {
    id: "thread.archive",
    group: "threads",
    title: "action.archive",
    also: "action.archive.also",
    icon: Archive,
    keys: ["e"],
    blocked: onThreads,
    run: (context) => actOnTargets(context, { kind: "archive" }),
  },
  {
    id: "thread.trash",
    group: "threads",
    title: "action.trash",
    also: "action.trash.also",
    icon: Trash2,
    keys: ["#", "Delete"],
    blocked: onThreads,
    run: (context) => actOnTargets(context, { kind: "trash" }),
  },
  {
    id: "thread.move",
    group: "threads",
    title: "action.move",
    also: "action.move.also",
    icon: FolderInput,
    keys: ["v"],
    blocked: onThreads,
    run: () => showOverlay({ kind: "palette", mode: "move" }),
  },
  {
    id: "thread.unread",
    group: "threads",
    title: "action.unread",
    also: "action.unread.also",
    icon: MailOpen,
    keys: ["u"],
    blocked: onThreads,
    run: (context) => actOnTargets(context, toggleUnread(context)),
  },
  {
    id: "thread.flag",
    group: "threads",
    title: "action.flag",
    also: "action.flag.also",
    icon: Flag,
    keys: ["s"],
    blocked: onThreads,
    run: (context) => actOnTargets(context, toggleFlag(context)),
  },
  {
    id: "thread.junk",
    group: "threads",
    title: "action.junk",
    also: "action.junk.also",
    icon: ShieldAlert,
    keys: ["!"],
    blocked: onThreads,
    run: (context) => actOnTargets(context, { kind: "junk" }),
  },
  {
    id: "thread.pick",
    group: "threads",
    title: "action.pick",
    icon: CircleCheck,
    keys: ["x"],
    blocked: onThreads,
    run: (context) => {
      const [id] = context.targets;
      if (id !== undefined) togglePicked(id);
    },
  },
  {
    id: "thread.pickAll",
    group: "threads",
    title: "action.pickAll",
    icon: CircleCheck,
    keys: ["Mod+a"],
    blocked: onMailWithRows,
    run: (context) => pickAll(context.list.map((row) => row.id)),
  },
  {
    ...message("message.next"),
    title: "action.nextMessage",
    icon: ArrowDown,
    keys: ["n"],
    hidden: true,
  },
  {
    ...message("message.previous"),
    title: "action.previousMessage",
    icon: ArrowUp,
    keys: ["p"],
    hidden: true,
  },
  { ...message("message.reply"), title: "action.reply", icon: CornerUpLeft, keys: ["r"] },
  { ...message("message.replyAll"), title: "action.replyAll", icon: ReplyAll, keys: ["Shift+r"] },
  { ...message("message.forward"), title: "action.forward", icon: CornerUpRight, keys: ["f"] },
  { ...message("message.images"), title: "action.images", icon: Image, keys: ["i"] },
  {
    id: "compose.new",
    group: "window",
    title: "action.compose",
    also: "action.compose.also",
    icon: SquarePen,
    keys: ["c"],
    blocked: (context) =>
      (context.overview?.accounts.length ?? 0) > 0 ? null : "action.why.noAccount",
    run: () => goToMail({ compose: "new" }),
  },
  {
    id: "search",
    group: "window",
    title: "action.search",
    also: "action.search.also",
    icon: Search,
    keys: ["/", "Mod+f"],
    blocked: free,
    run: () => goToMail({ search: "", thread: null, compose: null }),
  },
  {
    id: "undo",
    group: "window",
    title: "common.undo",
    also: "action.undo.also",
    icon: Undo2,
    keys: ["z", "Mod+z"],
    blocked: () => (canUndo() ? null : "action.why.nothingToUndo"),
    run: (context) => undoLast(context),
  },
  {
    id: "sync",
    group: "window",
    title: "action.sync",
    also: "action.sync.also",
    icon: RefreshCw,
    keys: ["F5"],
    blocked: free,
    run: (context) =>
      api.syncNow(null).then(
        () => undefined,
        (error: unknown) => showFailure(context.t, "action.sync.failed", error),
      ),
  },
  { ...go("inbox"), id: "go.inbox", title: "action.goInbox", icon: Inbox, keys: ["g i"] },
  { ...go("sent"), id: "go.sent", title: "action.goSent", icon: Send, keys: ["g s"] },
  { ...go("drafts"), id: "go.drafts", title: "action.goDrafts", icon: Pencil, keys: ["g d"] },
  { ...go("archive"), id: "go.archive", title: "action.goArchive", icon: Archive, keys: ["g a"] },
  {
    id: "go.health",
    group: "go",
    title: "action.goHealth",
    icon: Activity,
    keys: ["g h"],
    blocked: free,
    run: () => goTo({ page: "health" }),
  },
  {
    id: "go.analytics",
    group: "go",
    title: "action.goAnalytics",
    also: "action.goAnalytics.also",
    icon: ChartColumn,
    keys: ["g t"],
    blocked: free,
    run: openAnalytics,
  },
  {
    id: "go.customer",
    group: "go",
    title: "action.goCustomer",
    also: "action.goCustomer.also",
    icon: Building2,
    keys: ["g c"],
    blocked: (context) => (customerOf(context) === null ? "action.why.noCustomer" : null),
    run: (context) => {
      const id = customerOf(context);
      if (id !== null) openCustomer(id);
    },
  },
  {
    id: "go.settings",
    group: "go",
    title: "action.goSettings",
    also: "action.goSettings.also",
    icon: SlidersHorizontal,
    keys: ["Mod+,"],
    blocked: free,
    run: () => goTo({ page: "settings", section: null }),
  },
  {
    id: "dossier",
    group: "window",
    title: "action.dossier",
    also: "action.dossier.also",
    icon: PanelRight,
    keys: ["]"],
    blocked: onDossier,
    run: ({ route }) => toggleDossier(route.page === "mail" ? route.thread : null),
  },
  {
    id: "team",
    group: "window",
    title: "action.team",
    also: "action.team.also",
    icon: Users,
    keys: ["Mod+t"],
    blocked: free,
    run: toggleTeamPanel,
  },
  {
    id: "palette",
    group: "window",
    title: "action.palette",
    icon: Search,
    keys: ["Mod+k"],
    blocked: free,
    run: () => showOverlay({ kind: "palette", mode: "all" }),
    hidden: true,
  },
  {
    id: "keys",
    group: "window",
    title: "action.keys",
    also: "action.keys.also",
    icon: Keyboard,
    keys: ["?"],
    blocked: free,
    run: () => showOverlay({ kind: "keys" }),
  },
  {
    id: "pane.next",
    group: "window",
    title: "action.nextPane",
    icon: ArrowDown,
    keys: ["F6"],
    blocked: free,
    run: () => walkPanes(1),
    hidden: true,
  },
  {
    id: "pane.previous",
    group: "window",
    title: "action.previousPane",
    icon: ArrowUp,
    keys: ["Shift+F6"],
    blocked: free,
    run: () => walkPanes(-1),
    hidden: true,
  },
  {
    id: "back",
    group: "window",
    title: "action.back",
    icon: ArrowUp,
    keys: ["Escape", "Alt+ArrowLeft"],
    blocked: free,
    run: goBack,
    hidden: true,
  },
] as const satisfies readonly Row<string>[];

export type ActionId = (typeof TABLE)[number]["id"];
export type Action = Row<ActionId>;
export const ACTIONS: readonly Action[] = TABLE;

/** The action of that name. */
export function actionOf(id: ActionId): Action {
  const found = ACTIONS.find((action) => action.id === id);
  if (!found) throw new Error(`There is no action ${id}.`);
  return found;
}
