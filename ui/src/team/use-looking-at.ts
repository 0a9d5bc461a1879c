import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { TeamOverview } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { threadTeamQuery } from "../api/team.ts";
import { useAnswer } from "../mail/compose/composing.ts";
import { useOpenThread } from "./subject.ts";

/** Walking through the list is no reading, ms. */
const PAUSE = 500;

/** Tells colleagues which conversation is open here and whether an answer is being written. Alone, nothing is told. */
export function useLookingAt(overview: TeamOverview | undefined): void {
  const thread = useOpenThread();
  const writing = useAnswer(thread ?? "") !== null && thread !== null;
  const inTeam = overview !== undefined && overview.state !== "alone";
  const { data: shared } = useQuery({
    ...threadTeamQuery(thread ?? ""),
    enabled: inTeam && thread !== null,
  });
  const subject = thread === null ? null : (shared?.subject ?? null);
  useEffect(() => {
    // A window that did not end well may have left a caret behind.
    if (inTeam) api.teamCaret(null).catch(() => undefined);
  }, [inTeam]);
  useEffect(() => {
    if (!inTeam) return;
    const timer = setTimeout(() => {
      // Presence is a courtesy: what fails is told anew with the next conversation.
      api.teamLookingAt(subject, writing).catch(() => undefined);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [inTeam, subject, writing]);
}
