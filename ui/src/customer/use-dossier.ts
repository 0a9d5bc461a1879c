import { useQuery } from "@tanstack/react-query";
import { dossierQuery } from "../api/customers.ts";
import { conversationQuery } from "../api/queries.ts";

/**
 * The dossier of a conversation, asked for once its mail stands: it must never make the mail wait.
 */
export function useDossier(thread: string | null) {
  const mail = useQuery({ ...conversationQuery(thread ?? ""), enabled: thread !== null });
  return useQuery({
    ...dossierQuery(thread ?? ""),
    enabled: thread !== null && !mail.isPending,
  });
}
