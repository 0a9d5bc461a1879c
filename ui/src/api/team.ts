import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { ActivityQuery, TeamOverview } from "./bindings.ts";
import { api } from "./commands.ts";

/** Keys of what the team shares; `teamKeys.all` is every one of them. */
export const teamKeys = {
  all: ["team"] as const,
  overview: ["team", "overview"] as const,
  allActivity: ["team", "activity"] as const,
  activity: (query: ActivityFilter) => ["team", "activity", query] as const,
  analytics: (weeks: number) => ["team", "analytics", weeks] as const,
  thread: (thread: string) => ["team", "thread", thread] as const,
  conflicts: ["team", "conflicts"] as const,
  critical: ["team", "critical"] as const,
  company: (link: string, server: string | null) => ["company", link, server] as const,
  history: (subject: string) => ["team", "history", subject] as const,
  marks: (subject: string) => ["team", "marks", subject] as const,
  words: (subject: string) => ["team", "words", subject] as const,
  files: (subject: string) => ["team", "files", subject] as const,
  version: (subject: string, version: number) => ["team", "version", subject, version] as const,
};

/** What of the activity is asked for, without where the page begins. */
export type ActivityFilter = Omit<ActivityQuery, "after">;

/** The team with everybody's carets. */
export const teamWithCaretsQuery = queryOptions({
  queryKey: teamKeys.overview,
  queryFn: () => api.teamOverview(),
});

/** The team. Carets move several times a second and only notes show them: for them nothing else is drawn anew. */
export const teamOverviewQuery = queryOptions({ ...teamWithCaretsQuery, select: withoutCarets });

function withoutCarets(team: TeamOverview): TeamOverview {
  return { ...team, members: team.members.map((member) => ({ ...member, caret: null })) };
}

/** The company's sign-in at an invitation's server; asked once, since another host may be behind every letter typed. */
export const companyQuery = (link: string, server: string | null) =>
  queryOptions({
    queryKey: teamKeys.company(link, server),
    queryFn: () => api.teamCompany(link, server),
    staleTime: 60_000,
    retry: false,
  });

export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: teamKeys.activity(filter),
    queryFn: ({ pageParam }) => api.teamActivity({ ...filter, after: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const teamAnalyticsQuery = (weeks: number) =>
  queryOptions({
    queryKey: teamKeys.analytics(weeks),
    queryFn: () => api.teamAnalytics(weeks),
  });

export const threadTeamQuery = (thread: string) =>
  queryOptions({
    queryKey: teamKeys.thread(thread),
    queryFn: () => api.threadTeam(thread),
  });

export const marksQuery = (subject: string) =>
  queryOptions({
    queryKey: teamKeys.marks(subject),
    queryFn: () => api.marks(subject),
  });

export const conflictsQuery = queryOptions({
  queryKey: teamKeys.conflicts,
  queryFn: () => api.conflicts(),
});

export const criticalFieldsQuery = queryOptions({
  queryKey: teamKeys.critical,
  queryFn: () => api.criticalFields(),
});

/**
 * A note to begin writing with. The editor takes differences from then on, so it is never asked again while it is shown
 * and never kept afterwards.
 */
export const noteQuery = (subject: string) =>
  queryOptions({
    queryKey: ["note", subject] as const,
    queryFn: () => api.note(subject),
    gcTime: 0,
  });

/** A note to read the beginning of, without its editor. */
export const noteWordsQuery = (subject: string) =>
  queryOptions({
    queryKey: teamKeys.words(subject),
    queryFn: () => api.note(subject),
  });

/** The files of a note; while one comes, how far it is. */
export const noteFilesQuery = (subject: string) =>
  queryOptions({
    queryKey: teamKeys.files(subject),
    queryFn: () => api.noteFiles(subject),
    refetchInterval: ({ state }) =>
      state.data?.some((file) => file.wanted && file.state === "remote") ? 1000 : false,
  });

export const noteHistoryQuery = (subject: string) =>
  queryOptions({
    queryKey: teamKeys.history(subject),
    queryFn: () => api.noteHistory(subject),
  });

/** A version never changes: kept as long as the cache keeps things. */
export const noteAtQuery = (subject: string, version: number) =>
  queryOptions({
    queryKey: teamKeys.version(subject, version),
    queryFn: () => api.noteAt(subject, version),
  });
