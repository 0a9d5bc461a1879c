import type {
  ActivityItem,
  ActivityPage,
  ActivityQuery,
  NoteEdit,
  NoteEdited,
  NoteFileView,
  Splice,
  TeamConflict,
  TeamMember,
  TeamOverview,
  ThreadStatus,
} from "../src/api/bindings.ts";
import { type Handlers, refusal, rust } from "../test/transport.ts";
import { Marked } from "./marked.ts";
import { weeksOf } from "./weeks.ts";

const TOMAZ = "address:tomaz@mizarstvo-kovac.example";

const MEMBERS: readonly TeamMember[] = [
  ["ana", "Ana Zupančič", "admin", "online", null, null, "thread:2"],
  ["bor", "Bor Kranjc", "member", "busy", "2026-11-19T08:54:00Z", null, null],
  ["maja", "Maja Hribar", "admin", "online", null, "thread:1", null],
  ["luka", "Luka Pirc", "member", "offline", "2026-11-18T16:42:00Z", null, null],
  ["nika", "Nika Oblak", "member", "away", "2026-11-19T08:42:00Z", null, null],
  ["jan", "Jan Vrhovec", "member", "online", null, "thread:1", null],
].map(
  ([id, name, role, state, since, viewing, writing]): TeamMember =>
    ({
      id,
      name,
      email: `${id}@hrastvijak.example`,
      role,
      active: true,
      state,
      since,
      viewing,
      writing,
      // Jan stands behind "Kovač: kako delamo" in the note.
      caret: id === "jan" ? { subject: TOMAZ, anchor: 2, head: 20 } : null,
    }) as TeamMember,
);

const NOTE = `# Kovač: kako delamo
- Dostava samo zjutraj, dvorišče je ozko za vlačilec.
- Rok dobave vedno preveri v delavnici, šele potem potrdi.
- **3 % rabata** nad 100 m² plošč, dogovor z dne 3. 11.
- Račune pošiljaj Nini, v vednost Tomažu
- [x] Vzorec površine 07 poslan
- [ ] @Ana Zupančič pokliče glede montaže
`;

const happened = (
  id: string,
  kind: ActivityItem["kind"],
  member: string,
  at: string,
  more: Partial<ActivityItem> = {},
): ActivityItem => ({
  id,
  kind,
  subject: TOMAZ,
  subjectName: "Tomaž Kovač",
  member,
  name: MEMBERS.find((known) => known.id === member)?.name ?? member,
  at: new Date(`${at}:00+01:00`).toISOString(),
  waiting: false,
  rejected: null,
  detail: null,
  threadId: null,
  ...more,
});

const thread = { subject: "thread:1", subjectName: "Ponudba PN-2026-0418", threadId: "t1" };
const ITEMS: readonly ActivityItem[] = [
  happened("i1", "note", "ana", "2026-11-19T09:20", {
    detail: "dostava samo zjutraj, dvorišče je ozko",
  }),
  happened("i2", "status", "maja", "2026-11-19T08:55", {
    ...thread,
    detail: "waiting",
    waiting: true,
  }),
  happened("i3", "mention", "bor", "2026-11-19T08:51", { detail: "@Maja Hribar poglej rok" }),
  happened("i4", "assign", "ana", "2026-11-18T16:32", { ...thread, detail: "maja" }),
  happened("i5", "record", "bor", "2026-11-18T14:05", { detail: "delivery: ob sredah" }),
  happened("i6", "status", "maja", "2026-11-18T11:48", { ...thread, detail: "done" }),
  happened("i7", "reply", "maja", "2026-11-17T15:26", { ...thread }),
  happened("i8", "record", "maja", "2026-11-17T13:40", {
    detail: "credit limit: 8.000,00 €",
    rejected: "Only an admin may set this field.",
  }),
  happened("i9", "conflict", "ana", "2026-11-17T13:38", { detail: "credit limit" }),
  happened("i10", "reply", "jan", "2026-11-17T11:02", {
    subject: "thread:9",
    subjectName: "Naročilo 26/118",
    detail: null,
  }),
  happened("i11", "member", "jan", "2026-11-16T10:22", { subject: "org:1", subjectName: null }),
  happened("i12", "resolve", "bor", "2026-11-16T08:14", { detail: "price agreement: 3 %" }),
];

type Kept = { text: string; version: number; revisions: Map<string, string> };

/** The sample company's team, answering as Rust does. */
export class Crew {
  team: TeamOverview;
  conflicts: TeamConflict[] = [];
  critical = ["credit_limit", "delivery_promise", "price_agreement"];
  items: readonly ActivityItem[] = ITEMS;
  /** Everything asked that changes something, in order. */
  readonly asked: [string, ...unknown[]][] = [];
  readonly edits: NoteEdit[] = [];
  private counts = 0;
  /** Files that notes may name. */
  readonly files: NoteFileView[] = [];
  readonly seen: ActivityQuery[] = [];
  status: ThreadStatus | null = "waiting";
  assignee: string | null = "maja";
  readonly marks = new Marked(() => this.tell());
  private readonly notes = new Map<string, Kept>();

  constructor(state = "live") {
    const alone = state === "alone";
    this.team = {
      state: alone ? "alone" : (state as TeamOverview["state"]),
      why: state === "connecting" ? "The team server does not answer." : null,
      since: state === "offline" ? "2026-11-19T07:42:00Z" : null,
      server: alone ? null : "https://kontor.hrastvijak.example",
      org: alone ? null : "Hrast & Vijak",
      me: alone ? null : "maja",
      role: alone ? null : "admin",
      queue:
        state === "offline" || state === "connecting"
          ? { length: 3, oldestAt: "2026-11-19T07:44:00Z" }
          : { length: 0, oldestAt: null },
      latencyMs: state === "live" ? 34.2 : null,
      reconnects: 1,
      sent: 128,
      received: 4820,
      errors: state === "live" ? 1 : 3,
      lastError: alone
        ? null
        : {
            at: "2026-11-19T07:42:00Z",
            what: "The team's server has been silent for too long.",
          },
      members: alone ? [] : [...MEMBERS],
      unread: alone ? 0 : 3,
    };
    this.keep(TOMAZ, NOTE);
    if (!alone) this.conflicts = [CREDIT];
  }

  /** A colleague writes: the text becomes another one, and the window hears of it. */
  async write(subject: string, text: string): Promise<void> {
    const note = this.note(subject);
    note.text = text;
    note.version += 1;
    note.revisions.set(String(note.version), text);
    await this.tell();
  }

  tell(): Promise<void> {
    return rust.stale({ tags: ["team"] });
  }

  textOf(subject: string): string {
    return this.note(subject).text;
  }

  handlers(): Handlers {
    return {
      ...this.teamDoors(),
      ...this.noteDoors(),
      ...this.marks.handlers(),
      ...this.threadDoors(),
    };
  }

  private teamDoors(): Handlers {
    return {
      teamOverview: () => ({ ...this.team }),
      teamJoin: (form) => {
        this.asked.push(["join", form]);
        this.team = new Crew("live").team;
        return this.team;
      },
      teamCompany: () => null,
      teamJoinByCompany: (form) => {
        this.asked.push(["join by company", form]);
        this.team = new Crew("live").team;
        return this.team;
      },
      teamLeave: () => {
        this.asked.push(["leave"]);
        const told = this.team.state === "live";
        this.team = new Crew("alone").team;
        return told;
      },
      teamInvite: (role) => ({
        link: "https://kontor.hrastvijak.example/join/HRAST-7K2M-QX4P",
        code: "HRAST-7K2M-QX4P",
        role,
        expiresAt: "2026-11-26T09:00:00Z",
      }),
      teamSetPresence: (state) => {
        this.asked.push(["presence", state]);
        const members = this.team.members.map((member) =>
          member.id === this.team.me ? { ...member, state } : member,
        );
        this.team = { ...this.team, members };
        return null;
      },
      teamLookingAt: (subject, writing) => {
        this.asked.push(["looking", subject, writing]);
        return null;
      },
      teamCaret: (caret) => {
        this.asked.push(["caret", caret]);
        return null;
      },
      teamActivity: (query) => this.activity(query),
      teamAnalytics: (weeks) => weeksOf(this.team.members, weeks),
      markTeamSeen: () => {
        this.asked.push(["seen"]);
        this.team = { ...this.team, unread: 0 };
        return null;
      },
      conflicts: () => this.conflicts,
      resolveConflict: (id, value) => {
        this.asked.push(["resolve", id, value]);
        this.conflicts = this.conflicts.filter((conflict) => conflict.id !== id);
        return null;
      },
      criticalFields: () => this.critical,
      setCriticalFields: (fields) => {
        this.asked.push(["critical", fields]);
        this.critical = fields ?? [];
        return null;
      },
    };
  }

  private noteDoors(): Handlers {
    return {
      note: (subject) => {
        const { text, version } = this.note(subject);
        return {
          subject,
          text,
          revision: String(version),
          version,
          updatedAt: null,
          updatedBy: null,
          waiting: this.team.queue.length,
        };
      },
      editNote: (edit) => this.edit(edit),
      noteFiles: (subject) =>
        this.files.filter(({ target }) => this.note(subject).text.includes(target)),
      keepNoteFile: (file) => {
        this.asked.push(["keep", file.name, file.contentType, atob(file.data).length]);
        const sha256 = "ab".repeat(32);
        const size = atob(file.data).length;
        const target = `kontor-file:${sha256}?size=${size}&type=${file.contentType}`;
        this.files.push({
          sha256,
          name: file.name,
          size,
          contentType: file.contentType,
          state: "uploading",
          received: size,
          wanted: false,
          byName: "Maja Hribar",
          target,
        });
        return { sha256, name: file.name, link: `[${file.name}](${target})` };
      },
      wantNoteFile: (target) => {
        this.asked.push(["want", target]);
        return null;
      },
      openNoteFile: (name, target) => {
        this.asked.push(["open", name, target]);
        return null;
      },
      saveNoteFile: (name) => `/home/maja/Downloads/${name}`,
      noteHistory: () => [
        { version: 3, at: "2026-11-19T08:20:00Z", by: "ana", added: 42, removed: 0 },
        { version: 2, at: "2026-11-17T12:40:00Z", by: "bor", added: 61, removed: 12 },
        { version: 1, at: "2026-11-03T09:10:00Z", by: "maja", added: 118, removed: 0 },
      ],
      noteAt: (_, version) =>
        NOTE.split("\n")
          .slice(0, version + 1)
          .join("\n"),
      restoreNote: async (subject, version) => {
        this.asked.push(["restore", subject, version]);
        await this.write(
          subject,
          NOTE.split("\n")
            .slice(0, version + 1)
            .join("\n"),
        );
        return null;
      },
    };
  }

  private threadDoors(): Handlers {
    return {
      threadTeam: (id) => ({
        subject: `thread:${id.slice(1)}`,
        assignee: this.assignee,
        status: this.status,
      }),
      assignThread: async (_, member) => {
        this.asked.push(["assign", member]);
        this.assignee = member;
        await this.tell();
        return null;
      },
      setThreadStatus: async (_, status) => {
        this.status = status;
        await this.tell();
        return null;
      },
    };
  }

  private keep(subject: string, text: string): Kept {
    const note = { text, version: 1, revisions: new Map([["1", text]]) };
    this.notes.set(subject, note);
    return note;
  }

  private note(subject: string): Kept {
    return this.notes.get(subject) ?? this.keep(subject, "");
  }

  /** Puts a change of an older text into the newest one; what others did meanwhile is told as one splice. */
  private edit(edit: NoteEdit): NoteEdited {
    if (edit.splices.length > 0) this.edits.push(edit);
    const note = this.note(edit.subject);
    const known = note.revisions.get(edit.revision);
    if (known === undefined) throw refusal("usage", "The note was put back meanwhile.");
    const theirs = spliceOf(known, note.text);
    const theirText = apply(known, edit.splices);
    const moved = edit.splices.map((splice) => ({
      ...splice,
      at: splice.at >= theirs.at ? splice.at + [...theirs.insert].length - theirs.del : splice.at,
    }));
    note.text = apply(note.text, moved);
    if (edit.splices.length > 0) note.version += 1;
    note.revisions.set(String(note.version), note.text);
    const answer = spliceOf(theirText, note.text);
    const none = answer.del === 0 && answer.insert === "";
    return {
      revision: String(note.version),
      splices: none ? [] : [answer],
      version: note.version,
      waiting: this.team.queue.length,
      count: this.counts,
    };
  }

  private activity(query: ActivityQuery): ActivityPage {
    this.seen.push(query);
    const found = this.items.filter(
      (item) =>
        (query.kind === null || item.kind === query.kind) &&
        (query.member === null || item.member === query.member) &&
        (query.subject === null ||
          item.subject === query.subject ||
          (query.subject === TOMAZ && item.threadId === "t1")) &&
        (query.range !== "today" || item.at >= "2026-11-18T23:00:00Z") &&
        (query.text === null ||
          JSON.stringify(item).toLowerCase().includes(query.text.toLowerCase())),
    );
    const from = Number(query.after ?? 0);
    const to = from + 50;
    const count = (kind: ActivityItem["kind"]) => found.filter((item) => item.kind === kind).length;
    return {
      stats: {
        notes: count("note") + 8,
        replies: count("reply"),
        assigned: count("assign"),
        done: found.filter((item) => item.detail === "done").length,
      },
      items: found.slice(from, to),
      next: to < found.length ? String(to) : null,
    };
  }
}

const CREDIT: TeamConflict = {
  id: "c1",
  subject: "address:tomaz@mizarstvo-kovac.example",
  field: "credit_limit",
  base: "5.000,00 €",
  values: [
    {
      member: "maja",
      name: "Maja Hribar",
      value: "8.000,00 €",
      at: "2026-11-19T08:31:00Z",
      mine: true,
    },
    {
      member: "ana",
      name: "Ana Zupančič",
      value: "6.500,00 €",
      at: "2026-11-19T08:38:00Z",
      mine: false,
    },
  ],
};

function apply(text: string, splices: readonly Splice[]): string {
  const letters = [...text];
  for (const { at, del, insert } of splices) letters.splice(at, del, ...insert);
  return letters.join("");
}

function spliceOf(before: string, after: string): Splice {
  const [old, now] = [[...before], [...after]];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(old.length, now.length) - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end += 1;
  }
  return {
    at: start,
    del: old.length - start - end,
    insert: now.slice(start, now.length - end).join(""),
  };
}
