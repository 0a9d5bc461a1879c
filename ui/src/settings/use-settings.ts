import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Settings } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { keys, settingsQuery } from "../api/queries.ts";
import { showFailure } from "../api/show-failure.ts";
import { useT } from "../i18n/language.tsx";

/** The settings, and a way to change some: seen at once, put back with a reason when they were not kept. */
export function useSettings() {
  const t = useT();
  const client = useQueryClient();
  const query = useQuery(settingsQuery);
  const write = useMutation({
    mutationFn: (next: Settings) => api.setSettings(next),
    onMutate: (next) => {
      const before = client.getQueryData<Settings>(keys.settings);
      client.setQueryData(keys.settings, next);
      return { before };
    },
    onError: (error, _next, kept) => {
      client.setQueryData(keys.settings, kept?.before);
      showFailure(t, "settings.saveFailed", error);
    },
  });
  return {
    query,
    change: (part: Partial<Settings>) => {
      const now = client.getQueryData<Settings>(keys.settings);
      if (now !== undefined) write.mutate({ ...now, ...part });
    },
  };
}
