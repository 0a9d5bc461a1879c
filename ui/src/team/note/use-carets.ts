import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { TeamOverview } from "../../api/bindings.ts";
import { teamWithCaretsQuery } from "../../api/team.ts";
import { caretsIn, type TheirCaret } from "./carets.ts";

const NONE: readonly TheirCaret[] = [];

/** The carets of colleagues in a note; the same value until one moves. */
export function useCarets(subject: string): readonly TheirCaret[] {
  const select = useCallback(
    ({ members, me }: TeamOverview) => caretsIn(members, subject, me),
    [subject],
  );
  return useQuery({ ...teamWithCaretsQuery, select }).data ?? NONE;
}
