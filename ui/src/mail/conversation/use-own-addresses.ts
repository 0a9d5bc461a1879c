import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { overviewQuery } from "../../api/queries.ts";

/** The addresses of this profile's accounts, in small letters. */
export function useOwnAddresses(): ReadonlySet<string> {
  const overview = useQuery(overviewQuery);
  const accounts = overview.data?.accounts;
  return useMemo(
    () => new Set(accounts?.map((account) => account.email.toLowerCase())),
    [accounts],
  );
}
