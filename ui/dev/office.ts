import type {
  AccountState,
  Conversation,
  FolderView,
  MailAction,
  MessageBody,
  MessageHead,
  Overview,
  Role,
  Scope,
  SearchHit,
  Settings,
  ThreadDelta,
  ThreadOrder,
  ThreadPage,
  ThreadRow,
} from "../src/api/bindings.ts";
import { type Handlers, refusal, rust } from "../test/transport.ts";
import { INBOX, type Letter, ORDER_HTML, olderLetters, PEOPLE, SENT } from "./letters.ts";
import { Shelf, weightOf } from "./views.ts";

type Stored = { row: ThreadRow; role: Role; folder: string; seq: number; gone: boolean };

const FOLDERS: readonly [name: string, role: Role | null][] = [
  ["Inbox", "inbox"],
  ["Naročila", null],
  ["Dobavitelji", null],
  ["Archive", "archive"],
  ["Spam", "junk"],
];

const REFUSED =
  "The mail server does not accept this name and password (Authentication failed). Check both; some providers want an app password.";

const ACCOUNTS: readonly [name: string, state: AccountState, why: string, unread: number][] = [
  ["Maja", "live", "", 6],
  ["Prodaja", "live", "", 7],
  [
    "Info",
    "polling",
    "Instant mail does not work: The mail server has not answered for too long. Looking every 30 seconds.",
    1,
  ],
  ["Servis", "live", "", 0],
  ["Računi", "needs_you", REFUSED, 0],
  ["Arhiv", "offline", "", 0],
];

/** Hrast & Vijak: one small company's mail, kept in memory, answering as Rust does. */
export class Office {
  settings: Settings = {
    language: "en",
    theme: "light",
    density: "comfortable",
    singleKeys: true,
    undoSeconds: 10,
    reconcileMinutes: 10,
    notifications: true,
    notificationText: false,
    shareSubjects: false,
  };
  /** The searches kept in the rail. */
  readonly shelf = new Shelf();
  /** Set to make the next command of that name fail, once. */
  failing: string | null = null;
  private seq = 1;
  private readonly stored: Stored[] = [];
  private readonly undos = new Map<string, () => void>();
  private readonly state: string;

  constructor(state = "usual", older = 240) {
    this.state = state;
    if (state === "empty" || state === "none") return;
    for (const letter of [...INBOX, ...olderLetters(older), ...SENT]) this.put(letter);
  }

  /** A new mail arrives; the window hears of it as from Rust. */
  async arrive(letter: Partial<Letter> = {}): Promise<string> {
    this.seq += 1;
    const id = this.put({
      who: [PEOPLE.jonas],
      subject: "Re: Showroom opening",
      at: "2026-11-19T09:50",
      snippet: "The opening is moved to 3 December.",
      unread: true,
      ...letter,
    });
    await this.tell();
    return id;
  }

  handlers(): Handlers {
    return {
      overview: () => this.overview(),
      getSettings: () => this.settings,
      setSettings: (settings) => {
        this.settings = settings;
        return null;
      },
      ...this.shelf.handlers(),
      listThreads: (scope, order, cursor, limit) => this.page(scope, order, cursor, limit),
      changesSince: (scope, seq) => this.delta(scope, seq),
      openThread: (thread) => this.conversation(thread),
      messageBody: (message) => this.body(message),
      fetchBody: () => null,
      trustSender: () => null,
      search: (text, cursor, limit) => this.search(text, cursor, limit),
      act: (target, action) => {
        const threads =
          target.kind === "threads"
            ? target.threads
            : target.messages.map((message) => message.split("-")[0] ?? "");
        return this.act(threads, action);
      },
      undo: async (token) => {
        this.undos.get(token)?.();
        await this.tell();
        return null;
      },
      startDraft: (mode, message) => ({
        id: null,
        account: "a0",
        to: mode === "new" ? [] : [PEOPLE.tomaz],
        cc: mode === "reply_all" ? [PEOPLE.nina] : [],
        bcc: [],
        subject: mode === "new" ? "" : "Re: Ponudba PN-2026-0418 – hrastove plošče in okovje",
        text: "",
        html: null,
        replyTo: message,
        began: null,
        messageId: null,
      }),
      saveDraft: (draft) => draft.id ?? "d1",
      listDrafts: () => [],
      discardDraft: () => null,
      sendDraft: () => "o1",
      outbox: () => [],
      openLink: () => null,
      syncNow: () => null,
      windowReady: () => null,
    };
  }

  private put(letter: Letter): string {
    const id = `t${this.stored.length + 1}`;
    const row: ThreadRow = {
      id,
      subject: letter.subject,
      people: [...letter.who],
      recipients: [...(letter.to ?? [])],
      to: [...(letter.to ?? [])],
      count: letter.count ?? 1,
      unread: letter.unread ?? false,
      flagged: letter.flagged ?? false,
      hasAttachment: letter.file ?? false,
      answered: letter.answered ?? false,
      date: new Date(`${letter.at}:00+01:00`).toISOString(),
      snippet: letter.snippet,
      newest: `${id}-${letter.count ?? 1}`,
    };
    const place: Pick<Stored, "role" | "folder"> = letter.to
      ? { role: "sent", folder: "a1-sent" }
      : { role: "inbox", folder: "a1-0" };
    this.stored.push({ row, ...place, seq: this.seq, gone: false });
    return id;
  }

  private tell(): Promise<void> {
    return rust.stale({ tags: ["overview", "threads"], seq: this.seq });
  }

  private check(name: string): void {
    if (this.failing !== name) return;
    this.failing = null;
    throw refusal("refused", "The server said: mailbox is locked.");
  }

  private in(scope: Scope): Stored[] {
    return this.stored
      .filter(
        (kept) =>
          !kept.gone &&
          (scope.kind === "role" ? kept.role === scope.role : kept.folder === scope.folder),
      )
      .sort((a, b) => (a.row.date < b.row.date ? 1 : -1));
  }

  private page(scope: Scope, order: ThreadOrder, cursor: string | null, limit: number): ThreadPage {
    this.check("listThreads");
    const rows = this.in(scope)
      .map((kept) => kept.row)
      .sort((a, b) => weightOf(b, order) - weightOf(a, order));
    const from = cursor === null ? 0 : rows.findIndex((row) => row.id === cursor) + 1;
    const threads = rows.slice(from, from + limit);
    const more = from + limit < rows.length;
    return { threads, next: more ? (threads.at(-1)?.id ?? null) : null, seq: this.seq };
  }

  private delta(scope: Scope, seq: number): ThreadDelta {
    const here = new Set(this.in(scope));
    const changed = this.stored.filter((kept) => kept.seq > seq);
    return {
      seq: this.seq,
      upserts: changed.filter((kept) => here.has(kept)).map((kept) => kept.row),
      removed: changed.filter((kept) => !here.has(kept)).map((kept) => kept.row.id),
      reset: false,
    };
  }

  private async act(threads: readonly string[], action: MailAction) {
    this.check("act");
    const meant = this.stored.filter((kept) => threads.includes(kept.row.id));
    const before = meant.map((kept) => ({ kept, copy: { ...kept } }));
    this.seq += 1;
    for (const kept of meant) this.change(kept, action);
    const token = `undo${this.seq}`;
    this.undos.set(token, () => {
      this.seq += 1;
      for (const { kept, copy } of before) Object.assign(kept, copy, { seq: this.seq });
    });
    await this.tell();
    return { undo: token, count: meant.length, what: action.kind };
  }

  private change(kept: Stored, action: MailAction): void {
    kept.seq = this.seq;
    const flags: Partial<Record<MailAction["kind"], Partial<ThreadRow>>> = {
      read: { unread: false },
      unread: { unread: true },
      flag: { flagged: true },
      unflag: { flagged: false },
    };
    kept.row = { ...kept.row, ...flags[action.kind] };
    if (action.kind === "archive" || action.kind === "trash" || action.kind === "junk") {
      kept.role = action.kind;
    }
    if (action.kind === "move") kept.folder = action.folder;
    if (action.kind === "move") kept.role = "archive";
  }

  private overview(): Overview {
    const offline = this.state === "offline";
    const first = this.state === "first";
    const unread = this.in({ kind: "role", role: "inbox" }).filter(
      (kept) => kept.row.unread,
    ).length;
    const count = (role: Role) => this.in({ kind: "role", role }).length;
    const accounts = this.state === "none" ? [] : ACCOUNTS;
    return {
      accounts: accounts.map(([name, state, why, waiting], index) => ({
        id: `a${index}`,
        email: `${name.toLowerCase().replace("č", "c")}@hrastvijak.example`,
        name,
        state: offline ? "offline" : state,
        why: offline ? "The server name imap.hrastvijak.example has no address." : why,
        unread: waiting,
        backlog:
          first && index === 0
            ? { envelopes: 0, bodies: 5900, bodiesTotal: 10000, secondsLeft: 170 }
            : { envelopes: 0, bodies: 0, bodiesTotal: 10000, secondsLeft: null },
      })),
      folders: accounts.flatMap((_, account) => this.folders(account)),
      unified: [
        { role: "inbox", unread: unread + 10, total: count("inbox") },
        { role: "drafts", unread: 0, total: 2 },
        { role: "sent", unread: 0, total: 412 },
        { role: "archive", unread: 0, total: 9120 },
        { role: "junk", unread: 3, total: 31 },
        { role: "trash", unread: 0, total: 17 },
      ],
      pending: { operations: offline ? 3 : 0, outbox: 0, unknown: 0 },
      coverage: first ? 0.41 : this.state === "partial" ? 0.98 : 1,
      syncedAt: "2026-11-19T08:59:48Z",
      seq: this.seq,
    };
  }

  private folders(account: number): FolderView[] {
    return FOLDERS.map(([name, role], index) => ({
      id: `a${account}-${index}`,
      account: `a${account}`,
      path: name,
      name,
      role,
      total: 120,
      unread: account === 0 ? (index === 0 ? 6 : index === 1 ? 2 : 0) : 0,
      selectable: true,
      depth: 0,
    }));
  }

  private conversation(thread: string): Conversation {
    const kept = this.stored.find((found) => found.row.id === thread);
    if (!kept) throw refusal("not_found", "This conversation is no longer here.");
    const { row } = kept;
    const messages = Array.from({ length: row.count }, (_, index): MessageHead => {
      const last = index === row.count - 1;
      const theirs = last || index % 2 === 1;
      const from = theirs ? (row.people[0] ?? PEOPLE.tomaz) : PEOPLE.maja;
      return {
        id: `${thread}-${index + 1}`,
        messageId: `<${thread}-${index + 1}@sample.example>`,
        subject: row.subject.replace(/^Re: /, ""),
        from: [from],
        to: [theirs ? PEOPLE.prodaja : (row.people[0] ?? PEOPLE.tomaz)],
        cc: thread === "t1" ? [PEOPLE.nina] : [],
        replyTo: [],
        date: new Date(
          Date.parse(row.date) - (row.count - 1 - index) * 2.3 * 86_400_000,
        ).toISOString(),
        unread: last && row.unread,
        flagged: last && row.flagged,
        draft: false,
        outgoing: !theirs,
        hasAttachment: last && row.hasAttachment,
        bodyHere: true,
        snippet: last
          ? row.snippet
          : "V prilogi je ponudba za hrastove plošče in okovje, veljavna do 30. novembra",
        placements: [{ folder: "a1-0", path: "Naročila", role: null }],
      };
    });
    return { id: thread, subject: row.subject.replace(/^Re: /, ""), messages };
  }

  private body(message: string): MessageBody {
    const rich = message === "t1-4";
    const row = this.stored.find((kept) => message.startsWith(`${kept.row.id}-`))?.row;
    return {
      html: rich ? ORDER_HTML : null,
      text: rich
        ? ""
        : `Pozdravljeni,\n\n${row?.snippet ?? ""}\n\nLep pozdrav\n${row?.people[0]?.name ?? ""}`,
      quoted: rich ? "" : "> Spoštovani,\n> hvala za sporočilo.",
      blockedImages: rich ? 3 : 0,
      trackers: rich ? ["track.example"] : [],
      remoteAllowed: false,
      links: [],
      attachments: rich
        ? [
            {
              n: 1,
              name: "Naročilo-2026-11.pdf",
              contentType: "application/pdf",
              size: 184_000,
              inline: false,
            },
            {
              n: 2,
              name: "Količine-popravek.xlsx",
              contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
              size: 22_000,
              inline: false,
            },
          ]
        : [],
      notices: [],
    };
  }

  private search(text: string, cursor: string | null, limit: number) {
    this.check("search");
    const words = fold(text)
      .split(/\s+/)
      .filter((word) => word && !word.includes(":"));
    const only = /has:attachment/.test(text);
    const from = /from:"?([^"\s]+)/.exec(fold(text))?.[1];
    const kovac = /(?:customer:1600|doc:)/.test(text);
    const found = this.stored.filter(({ row }) => {
      const ours = row.people.some(({ address }) => address.endsWith("mizarstvo-kovac.example"));
      if (kovac && !ours) return false;
      const all = fold(
        `${row.subject} ${row.snippet} ${row.people.map((who) => who.name).join(" ")}`,
      );
      const sender =
        !from ||
        fold(row.people.map((who) => `${who.name} ${who.address}`).join(" ")).includes(from);
      return sender && (!only || row.hasAttachment) && words.every((word) => all.includes(word));
    });
    const start = Number(cursor ?? 0);
    const hits = found.slice(start, start + limit).map(
      ({ row, folder }): SearchHit => ({
        id: `${row.id}-1`,
        thread: row.id,
        folder,
        path: "Inbox",
        subject: mark(row.subject, words),
        from: row.people,
        date: row.date,
        snippet: mark(row.snippet, words),
        hasAttachment: row.hasAttachment,
        unread: row.unread,
      }),
    );
    return {
      total: found.length,
      coverage: this.overview().coverage,
      next: start + limit < found.length ? String(start + limit) : null,
      hits,
      ms: 37.4,
      chips: [],
      problem: null,
    };
  }
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function mark(text: string, words: readonly string[]): string {
  return text.replace(/[\p{L}\p{N}]+/gu, (word) =>
    words.some((wanted) => fold(word).startsWith(wanted)) ? `\u{e000}${word}\u{e001}` : word,
  );
}
