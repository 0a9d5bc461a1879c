// Generated from src-tauri by `cargo xtask bindings`. Do not edit.
// (Provisional: written by hand in the shape tauri-specta writes, until the generator runs.)
import { invoke as TAURI_INVOKE } from "@tauri-apps/api/core";
import { listen as TAURI_LISTEN } from "@tauri-apps/api/event";

/** Row ids are strings at this door. */
export type Role = "inbox" | "sent" | "drafts" | "trash" | "junk" | "archive";
export type AccountState = "connecting" | "live" | "polling" | "offline" | "needs_you";
export type Code = "usage" | "not_found" | "offline" | "sign_in" | "refused" | "keychain" | "store" | "internal" | "not_now";
export type ApiError = { code: Code; message: string };
export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

export type Address = { name: string; address: string };
export type Security = "tls" | "starttls";
export type Endpoint = { host: string; port: number; security: Security };

/** What the rail shows. */
export type Overview = {
  accounts: AccountView[];
  folders: FolderView[];
  /** Unified counts by role over all accounts. */
  unified: { role: Role; unread: number; total: number }[];
  pending: { operations: number; outbox: number; unknown: number };
  /** Share of bodies searchable here, 0..1. */
  coverage: number;
  /** RFC 3339; the newest moment every account was looked at. Null before the first look. */
  syncedAt: string | null;
  /** Number of the newest change; pass to changesSince. */
  seq: number;
};
export type AccountView = {
  id: string; email: string; name: string;
  state: AccountState; why: string;
  unread: number;
  backlog: { envelopes: number; bodies: number; bodiesTotal: number; secondsLeft: number | null };
};
export type FolderView = { id: string; account: string; path: string; name: string; role: Role | null; total: number; unread: number; selectable: boolean; depth: number };

/** Which list. A role is the unified view over all accounts. */
export type Scope = { kind: "role"; role: Role } | { kind: "folder"; folder: string };
export type ThreadRow = {
  id: string; subject: string;
  /** Newest other people first; what line 1 shows. */
  people: Address[];
  count: number; unread: boolean; flagged: boolean; hasAttachment: boolean; answered: boolean;
  date: string; snippet: string;
  /** The newest message's id in this scope. */
  newest: string;
};
export type ThreadPage = { threads: ThreadRow[]; next: string | null; seq: number };
/** What changed in a scope since a number: rows to put in (by id) and ids to drop. `reset` = too much, start over. */
export type ThreadDelta = { seq: number; upserts: ThreadRow[]; removed: string[]; reset: boolean };

export type MessageHead = {
  id: string; messageId: string | null; subject: string;
  from: Address[]; to: Address[]; cc: Address[]; replyTo: Address[];
  date: string; unread: boolean; flagged: boolean; draft: boolean; outgoing: boolean;
  hasAttachment: boolean; bodyHere: boolean; snippet: string;
  placements: { folder: string; path: string; role: Role | null }[];
};
export type Conversation = { id: string; subject: string; messages: MessageHead[] };

export type Part = { n: number; name: string; contentType: string; size: number; inline: boolean };
export type LinkInfo = { text: string; href: string; /** The text names another host than the link goes to. */ lies: boolean };
export type MessageBody = {
  /** A whole sanitised HTML document for the sandboxed frame, or null for plain text. */
  html: string | null;
  /** Plain text of what the author wrote new, for text mails. */
  text: string;
  /** The quoted rest and signature of a text mail, folded at first; empty when none. */
  quoted: string;
  blockedImages: number; trackers: string[]; remoteAllowed: boolean;
  links: LinkInfo[]; attachments: Part[];
  /** True for calendar invites, bounces and so on, said in words. */
  notices: { kind: "invite" | "bounce" | "unsubscribe" | "auth_failed" | "defect"; text: string }[];
};

export type SearchHit = { id: string; thread: string; folder: string; path: string; subject: string; from: Address[]; date: string;
  /** Text with the matched words between U+E000 and U+E001. */
  snippet: string; hasAttachment: boolean; unread: boolean };
export type SearchPage = { total: number; coverage: number; next: string | null; hits: SearchHit[]; ms: number;
  /** Operators understood, for chips; and what was not understood. */
  chips: { text: string; label: string }[]; problem: string | null };

export type MailAction =
  | { kind: "read" } | { kind: "unread" } | { kind: "flag" } | { kind: "unflag" }
  | { kind: "archive" } | { kind: "trash" } | { kind: "junk" } | { kind: "move"; folder: string };
/** Acts on whole threads (in a scope) or on single messages. */
export type Target = { kind: "threads"; scope: Scope; threads: string[] } | { kind: "messages"; messages: string[] };
export type ActResult = { /** Pass to undo; null when nothing changed. */ undo: string | null; count: number; /** In words, for the toast. */ what: MailAction["kind"] };

export type Draft = {
  id: string | null; account: string;
  to: Address[]; cc: Address[]; bcc: Address[]; subject: string; text: string;
  /** Simple HTML instead of plain text, null = plain. */
  html: string | null;
  /** The message this answers. */
  replyTo: string | null;
};
export type ReplyMode = "reply" | "reply_all" | "new";
export type OutboxView = { id: string; messageId: string; subject: string; to: Address[]; state: "queued" | "sending" | "unknown" | "failed" | "cancelled" | "sent"; attempts: number; error: string | null; at: string };

export type Discovered = { imap: Endpoint | null; smtp: Endpoint | null; username: string; source: string; note: string | null };
export type AccountForm = { email: string; name: string; imap: Endpoint; smtp: Endpoint | null; username: string; password: string; caPem: string | null };
export type TestLine = { what: "incoming" | "outgoing" | "push"; ok: boolean; warning: boolean; message: string };
export type HealthView = { accounts: { id: string; email: string; state: AccountState; why: string;
    layers: { layer: "push" | "poll" | "reconcile"; lastAt: string | null; found: number }[];
    backlog: { envelopes: number; bodies: number } }[];
  pending: { operations: number; outbox: number; unknown: number }; coverage: number; storeBytes: number; keychain: string };
export type Settings = { language: "en" | "sl" | "system"; theme: "light" | "dark" | "system"; density: "comfortable" | "compact"; singleKeys: boolean; undoSeconds: number; reconcileMinutes: number; notifications: boolean };

/** Something is stale: which tags to ask again. Tags: overview, threads, thread:ID, outbox, accounts, settings. */
export type Stale = { tags: string[]; account: string | null; seq: number };
export type Notice = { level: "info" | "warning" | "error"; text: string; account: string | null };

const call = async <T>(name: string, args?: Record<string, unknown>): Promise<Result<T, ApiError>> => {
  try {
    return { status: "ok", data: await TAURI_INVOKE<T>(name, args) };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as ApiError };
  }
};

export const commands = {
  overview: () => call<Overview>("overview"),
  listThreads: (scope: Scope, cursor: string | null, limit: number) => call<ThreadPage>("list_threads", { scope, cursor, limit }),
  changesSince: (scope: Scope, seq: number) => call<ThreadDelta>("changes_since", { scope, seq }),
  openThread: (thread: string) => call<Conversation>("open_thread", { thread }),
  messageBody: (message: string, images: boolean, dark: boolean) => call<MessageBody>("message_body", { message, images, dark }),
  fetchBody: (message: string) => call<null>("fetch_body", { message }),
  trustSender: (message: string) => call<null>("trust_sender", { message }),
  saveAttachment: (message: string, n: number) => call<string>("save_attachment", { message, n }),
  openAttachment: (message: string, n: number) => call<null>("open_attachment", { message, n }),
  openLink: (href: string) => call<null>("open_link", { href }),
  search: (text: string, cursor: string | null, limit: number) => call<SearchPage>("search", { text, cursor, limit }),
  act: (target: Target, action: MailAction) => call<ActResult>("act", { target, action }),
  undo: (token: string) => call<null>("undo", { token }),
  startDraft: (mode: ReplyMode, message: string | null) => call<Draft>("start_draft", { mode, message }),
  saveDraft: (draft: Draft) => call<string>("save_draft", { draft }),
  listDrafts: () => call<Draft[]>("list_drafts"),
  discardDraft: (id: string) => call<null>("discard_draft", { id }),
  /** Queues it; leaves after the undo window. Returns the outbox id. */
  sendDraft: (id: string) => call<string>("send_draft", { id }),
  /** Takes a queued mail back and reopens its draft. */
  unsend: (outbox: string) => call<Draft>("unsend", { outbox }),
  outbox: () => call<OutboxView[]>("outbox"),
  retryOutbox: (id: string) => call<null>("retry_outbox", { id }),
  cancelOutbox: (id: string) => call<null>("cancel_outbox", { id }),
  discoverAccount: (email: string) => call<Discovered>("discover_account", { email }),
  testAccount: (form: AccountForm) => call<TestLine[]>("test_account", { form }),
  addAccount: (form: AccountForm) => call<string>("add_account", { form }),
  signIn: (account: string, password: string) => call<null>("sign_in", { account, password }),
  removeAccount: (account: string) => call<null>("remove_account", { account }),
  syncNow: (account: string | null) => call<null>("sync_now", { account }),
  health: () => call<HealthView>("health"),
  getSettings: () => call<Settings>("get_settings"),
  setSettings: (settings: Settings) => call<null>("set_settings", { settings }),
  windowReady: () => call<null>("window_ready"),
};

type EventName = "stale" | "notice";
type EventPayload = { stale: Stale; notice: Notice };
const event = <N extends EventName>(name: N) => ({
  listen: (handler: (payload: EventPayload[N]) => void) => TAURI_LISTEN<EventPayload[N]>(name, (e) => handler(e.payload)),
});
export const events = { stale: event("stale"), notice: event("notice") };
