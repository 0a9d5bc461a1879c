import type {
  Collision,
  DocumentChange,
  Draft,
  HealthView,
  OutboxView,
} from "../src/api/bindings.ts";
import { type Handlers, refusal } from "../test/transport.ts";
import { PEOPLE } from "./letters.ts";
import { Writing } from "./writing.ts";

const QUOTED = `Tomaž Kovač, 19. 11. 2026 09:42:
> Pozdravljena, Maja,
>
> hvala za ponudbo. Plošče potrjujemo, pri okovju pa prosim za
> spremembo količin.`;

const REFUSED =
  "The mail server does not accept this name and password (Authentication failed). Check both; some providers want an app password.";

/** What is written, sent and set up at one desk of Hrast & Vijak: the rest of what Rust answers. */
export class Desk {
  readonly writing = new Writing();
  readonly drafts = new Map<string, Draft>();
  readonly outbox: OutboxView[];
  readonly sent = new Map<string, Draft>();
  /** Who else answers what is answered here. */
  collisions: Collision[] = [];
  /** What changed of documents since any draft was begun. */
  changes: DocumentChange[] = [];
  /** What was decided about mails in the outbox, in order. */
  readonly decided: [what: string, id: string][] = [];
  private last = 0;
  private readonly state: string;

  constructor(state = "usual") {
    this.state = state;
    this.outbox = state === "usual" ? [] : [...WAITING];
  }

  /** Colleagues answer what is answered here, and one did while a reply waited. */
  collide(): void {
    const on = { message: null, thread: "t1" };
    this.collisions = [
      {
        ...on,
        member: "ana",
        name: "Ana Zupančič",
        what: "answered",
        at: "2026-11-19T08:42:00Z",
        message: "m1",
      },
      { ...on, member: "jan", name: "Jan Vrhovec", what: "answering", at: null },
      {
        ...on,
        member: "luka",
        name: "Luka Pirc",
        what: "unsent",
        at: "2026-11-18T16:42:00Z",
      },
    ];
    this.outbox.push(HELD);
  }

  /** Documents changed while something was written, each part of one. */
  change(): void {
    const labels = { beforeLabel: "", afterLabel: "" };
    const at = "2026-11-19T08:59:00Z";
    const offer = { ...labels, at, number: "PN-2026-0418", named: true };
    const order = { ...labels, at, number: "NAR-2026-0702", named: false };
    this.changes = [
      { ...offer, part: "total", before: "4.123,80 €", after: "4.180,00 €" },
      { ...offer, part: "due", before: "4. 12. 2026", after: "30. 11. 2026" },
      { ...order, part: "status", before: "new_order", after: "ready_to_ship" },
      {
        ...order,
        part: "status",
        number: "NAR-2026-0711",
        before: "v_izdelavi",
        after: "shipped",
        beforeLabel: "V izdelavi",
        afterLabel: "Odpremljeno",
      },
      { ...order, part: "gone", number: "2026-1191", before: "310,00 €", after: "" },
    ];
  }

  handlers(): Handlers {
    return {
      ...this.writing.handlers(),
      draftChanges: () => this.changes,
      startDraft: (mode, message) => ({
        id: null,
        account: "a1",
        to: mode === "new" ? [] : [PEOPLE.tomaz],
        cc: mode === "reply_all" ? [PEOPLE.nina] : [],
        bcc: [],
        subject: mode === "new" ? "" : "Re: Ponudba PN-2026-0418 – hrastove plošče in okovje",
        text: mode === "new" ? "" : `\n\n${QUOTED}`,
        html: null,
        replyTo: message,
        began: Date.now(),
        messageId: null,
      }),
      saveDraft: (draft) => {
        this.last += 1;
        const id = draft.id ?? `d${this.last}`;
        this.drafts.set(id, { ...draft, id, messageId: `${id}@hrastvijak.example` });
        return id;
      },
      listDrafts: () => [...this.drafts.values()],
      discardDraft: (id) => {
        this.drafts.delete(id);
        return null;
      },
      draftCollision: () => this.collisions,
      outboxCollision: () => this.collisions,
      sendDraft: (id) => {
        const draft = this.drafts.get(id);
        if (!draft) throw refusal("not_found", "This draft is no longer here.");
        // As in Rust the draft stays until the mail has left, so that taking it back loses nothing.
        this.sent.set(`o-${id}`, draft);
        return `o-${id}`;
      },
      unsend: (outbox) => {
        const draft = this.sent.get(outbox);
        if (!draft) throw refusal("not_now", "It has already left.");
        this.sent.delete(outbox);
        this.drafts.set(draft.id ?? "", draft);
        return draft;
      },
      outbox: () => this.outbox,
      retryOutbox: (id) => this.decide("retry", id),
      cancelOutbox: (id) => this.decide("cancel", id),
      saveAttachment: () => "/home/maja/Prenosi/Naročilo-2026-11.pdf",
      openAttachment: () => null,
      discoverAccount: (email) => ({
        imap: { host: "imap.hrastvijak.example", port: 993, security: "tls" },
        smtp: { host: "smtp.hrastvijak.example", port: 587, security: "starttls" },
        username: email,
        source: "",
        note: null,
      }),
      testAccount: () => [
        {
          what: "incoming",
          ok: true,
          warning: false,
          message: "certificate valid, password accepted",
        },
        { what: "outgoing", ok: true, warning: false, message: "nothing was sent" },
        {
          what: "push",
          ok: true,
          warning: true,
          message: "for the inbox at once; other folders every 30 s, the server has no NOTIFY",
        },
      ],
      addAccount: () => "a9",
      signIn: (_, password) => {
        if (password !== "prav") {
          throw refusal("sign_in", REFUSED);
        }
        return null;
      },
      removeAccount: () => null,
      health: () => this.health(),
    };
  }

  private decide(what: string, id: string): null {
    this.decided.push([what, id]);
    const at = this.outbox.findIndex((mail) => mail.id === id && mail.held);
    if (at >= 0) this.outbox.splice(at, 1);
    return null;
  }

  private health(): HealthView {
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
    const rows: [
      email: string,
      state: HealthView["accounts"][number]["state"],
      why: string,
      ages: [number | null, number | null, number | null],
      found: [number, number],
      bodies: number,
    ][] = [
      ["maja", "live", "", [4, 18, 360], [0, 0], 0],
      ["prodaja", "live", "", [11, 22, 180], [0, 0], 0],
      [
        "info",
        "polling",
        "Instant mail does not work: The mail server asks for a pause (too many open connections from this address, try again later). Kontor tries again by itself. Looking every 30 seconds.",
        [2520, 9, 60],
        [2, 0],
        0,
      ],
      ["servis", "live", "", [2, 27, 480], [0, 0], 1284],
      ["racuni", "needs_you", REFUSED, [null, 10_000, 90_000], [0, 0], 3],
      ["arhiv", "offline", "", [null, null, 180_000], [0, 0], 0],
    ];
    const well = this.state === "well";
    return {
      accounts: rows.map(([name, state, why, ages, [poll, reconcile], bodies], index) => ({
        id: `a${index}`,
        email: `${name}@hrastvijak.example`,
        state: well ? "live" : state,
        why: well ? "" : why,
        layers: (["push", "poll", "reconcile"] as const).map((layer, at) => {
          const age = ages[at] ?? (well ? 12 : null);
          return {
            layer,
            lastAt: age === null ? null : ago(age),
            found: layer === "poll" ? poll : layer === "reconcile" ? reconcile : 0,
          };
        }),
        backlog: { envelopes: 0, bodies: well ? 0 : bodies },
      })),
      pending: well
        ? { operations: 0, outbox: 0, unknown: 0 }
        : { operations: 3, outbox: this.outbox.length, unknown: 1 },
      coverage: 0.987,
      storeBytes: 2_418_000_000,
      keychain: "Secret Service (GNOME)",
    };
  }
}

const HELD: OutboxView = {
  id: "o9",
  messageId: "9@hrastvijak.example",
  subject: "Re: Ponudba PN-2026-0418",
  to: [PEOPLE.tomaz],
  state: "failed",
  attempts: 1,
  error:
    "Ana Zupančič answered this conversation while your reply waited. It was not sent: send it anyway, or take it back.",
  at: "2026-11-19T08:41:00Z",
  held: true,
};

const WAITING: OutboxView[] = [
  {
    id: "o1",
    messageId: "<1@hrastvijak.example>",
    subject: "Potrditev naročila NAR-2026-0702",
    to: [PEOPLE.gregor],
    state: "queued",
    attempts: 2,
    error: "imap.hrastvijak.example does not answer on port 587.",
    at: "2026-11-19T08:41:00Z",
    held: false,
  },
  {
    id: "o2",
    messageId: "<2@hrastvijak.example>",
    subject: "Re: PO 4471: two pallets short on delivery",
    to: [PEOPLE.sarah],
    state: "unknown",
    attempts: 1,
    error: null,
    at: "2026-11-19T08:52:00Z",
    held: false,
  },
  {
    id: "o3",
    messageId: "<3@hrastvijak.example>",
    subject: "Ponudba PN-2026-0431",
    to: [{ name: "", address: "nabava@stara-domena.example" }],
    state: "failed",
    attempts: 1,
    error:
      "The mail was not sent to anyone; it was refused for nabava@stara-domena.example: 550 5.1.1 User unknown There is no such mailbox: check the address.",
    at: "2026-11-19T07:20:00Z",
    held: false,
  },
];
