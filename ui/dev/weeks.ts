import type { MemberWork, TeamAnalytics, TeamMember, TeamWork } from "../src/api/bindings.ts";

/** Thursday of the sample is in the week of this Monday. */
const LAST = Date.UTC(2026, 10, 16);
const WEEK = 7 * 86_400_000;
/** Its ISO number. */
const NUMBER = 47;
/** Weeks of the year before. */
const BEFORE = 52;

/** What a member does in a usual week: edits, answers, and how long those take, s. */
const HABITS: Readonly<Record<string, readonly [notes: number, replies: number, seconds: number]>> =
  {
    ana: [9, 24, 5400],
    bor: [4, 11, 14_400],
    maja: [7, 19, 7200],
    luka: [2, 6, 28_800],
    nika: [3, 0, 0],
    jan: [1, 4, 2400],
  };

/** Up and down without chance: pictures must not differ. */
const wave = (seed: number, week: number) => 1 + 0.5 * Math.sin(seed * 2.1 + week * 1.3);

function work(of: number, id: string, ago: number): TeamWork {
  const [notes, replies, seconds] = HABITS[id] ?? [0, 0, 0];
  // The week is not over yet; nobody worked in the summer's third week.
  const share = ago === 0 ? 0.6 : ago === 15 ? 0 : wave(of, ago);
  const sent = Math.round(replies * share);
  // Before the summer, answers did not tell how long they took.
  const timed = ago < 20 ? sent : 0;
  return {
    notes: Math.round(notes * wave(of + 3, ago) * (ago === 15 ? 0 : 1)),
    replies: sent,
    timed,
    medianSeconds: timed === 0 ? null : Math.round(seconds * wave(of + 7, ago)),
  };
}

function together(all: readonly TeamWork[]): TeamWork {
  const sum = (of: (one: TeamWork) => number) => all.reduce((total, one) => total + of(one), 0);
  const timed = all.filter((one) => one.medianSeconds !== null);
  const middle = timed.map((one) => one.medianSeconds ?? 0).toSorted((a, b) => a - b);
  return {
    notes: sum((one) => one.notes),
    replies: sum((one) => one.replies),
    timed: sum((one) => one.timed),
    medianSeconds: middle[Math.floor(middle.length / 2)] ?? null,
  };
}

/** The sample company's weeks; of nobody, they are empty. */
export function weeksOf(members: readonly TeamMember[], count: number): TeamAnalytics {
  const ago = Array.from({ length: count }, (_, index) => count - 1 - index);
  const rows: MemberWork[] = members.map(({ id }, of) => {
    const weeks = ago.map((back) => work(of, id, back));
    return { member: id, weeks, total: together(weeks) };
  });
  const team = ago.map((_, index) => together(rows.flatMap(({ weeks }) => weeks[index] ?? [])));
  return {
    weeks: ago.map((back) => ({
      begins: new Date(LAST - back * WEEK).toISOString().slice(0, 10),
      number: back < NUMBER ? NUMBER - back : NUMBER - back + BEFORE,
    })),
    members: rows,
    team: { member: null, weeks: team, total: together(team) },
    own: members.length === 0 ? [] : OWN,
    knownSince: members.length === 0 ? null : "2026-02-03T08:12:00Z",
  };
}

const OWN: TeamAnalytics["own"] = [
  { kind: "assign", count: 14, titled: 0 },
  { kind: "note", count: 88, titled: 0 },
  { kind: "reply", count: 231, titled: 12 },
  { kind: "status", count: 61, titled: 0 },
];
