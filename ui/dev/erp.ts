import type { AuditLine, ErpEntry, ErpOverview } from "../src/api/bindings.ts";
import { type Handlers, refusal } from "../test/transport.ts";

/** A mirror that is whole, beside the sample company. */
const LIVE: ErpOverview = {
  state: "live",
  why: "",
  lastAt: "2026-11-19T08:59:42Z",
  toldAt: "2026-11-19T08:59:42Z",
  progress: null,
  fresh: [
    { kind: "customer", at: "2026-11-19T08:12:00Z", from: null },
    { kind: "offer", at: "2026-11-19T08:20:00Z", from: null },
    { kind: "order", at: "2026-11-19T08:59:42Z", from: null },
    { kind: "invoice", at: "2026-11-19T08:59:42Z", from: "2026-09-20" },
    { kind: "product", at: "2026-11-19T08:51:00Z", from: null },
  ],
  customers: 2031,
  documents: 20_418,
  products: 3000,
  calls: 8412,
  errors: 3,
  drift: 2,
  paused: false,
  known: 2031,
  followed: 214,
  kept: 5000,
  coverage: { addresses: 412, known: 287, byHand: 19, ofNone: 31 },
};

/** The same, read for the first time. */
const FIRST: ErpOverview = {
  ...LIVE,
  state: "first",
  progress: { done: 7300, total: 20_418, secondsLeft: 1310 },
  fresh: [],
  drift: 0,
};

/** A company whose key was withdrawn. */
const WITHDRAWN: ErpOverview = {
  ...LIVE,
  state: "needs_you",
  why: "Metakocka does not accept this company number and key. Look them up in Metakocka under Settings, API, and enter them again.",
  lastAt: "2026-11-18T16:04:00Z",
  errors: 41,
  paused: true,
};

/** Alone: the keychain was emptied. */
const LOST: ErpOverview = {
  ...LIVE,
  state: "needs_you",
  why: "The keychain of this computer no longer has what opens Metakocka's key. Enter Metakocka's key again; nothing else is lost.",
  lastAt: "2026-11-18T16:04:00Z",
  calls: 0,
  errors: 0,
};

const AUDIT: AuditLine[] = [
  {
    at: "2026-11-18T08:02:00Z",
    member: "maja",
    action: "connect",
    detail: "company 4211 at https://main.metakocka.si",
  },
  { at: "2026-11-17T14:40:00Z", member: null, action: "invite", detail: "member" },
];

const OFF: ErpOverview = {
  ...LIVE,
  state: "off",
  lastAt: null,
  fresh: [],
  customers: 0,
  documents: 0,
  products: 0,
};

const STATES = { live: LIVE, first: FIRST, withdrawn: WITHDRAWN, lost: LOST, off: OFF };

/** The company's Metakocka as the team's server, or alone the one inside, has it, answering as Rust does. */
export class Mirror {
  overview: ErpOverview;
  audit: readonly AuditLine[];
  /** What is on its way into Metakocka: it stays connected. */
  underWay: string | null = null;
  /** What admins entered, the key left out. */
  readonly entered: Omit<ErpEntry, "key">[] = [];

  constructor(state = "live") {
    this.overview = STATES[state as keyof typeof STATES] ?? LIVE;
    this.audit = state === "off" ? [] : AUDIT;
  }

  private note(action: string, company: string) {
    const detail = `company ${company} at https://main.metakocka.si`;
    const line = { at: "2026-11-19T08:59:00Z", member: "maja", action, detail };
    this.audit = [line, ...this.audit];
  }

  handlers(): Handlers {
    return {
      erpOverview: () => this.overview,
      connectErp: ({ baseUrl, company }) => {
        this.entered.push({ baseUrl, company });
        this.overview = FIRST;
        this.note("connect", company);
        return null;
      },
      disconnectErp: () => {
        if (this.underWay !== null) throw refusal("refused", this.underWay);
        this.overview = OFF;
        this.note("disconnect", "4211");
        return null;
      },
      auditLog: () => [...this.audit],
    };
  }
}
