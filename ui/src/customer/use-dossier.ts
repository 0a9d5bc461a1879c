import { useQuery } from "@tanstack/react-query";
import type { DossierView } from "../api/bindings.ts";
import { customerQuery, dossierQuery } from "../api/customers.ts";
import { conversationQuery } from "../api/queries.ts";
import { useChosen } from "./chosen.ts";

/**
 * The dossier of a conversation, shown once its mail stands: it must never make the mail wait. Where its address is of
 * several customers, the one that was chosen.
 */
export function useDossier(thread: string | null) {
  const mail = useQuery({ ...conversationQuery(thread ?? ""), enabled: thread !== null });
  const { data, error, isError, refetch } = useQuery({
    ...dossierQuery(thread ?? ""),
    enabled: thread !== null && !mail.isPending,
  });
  const chosen = useChosen(thread);
  const other =
    data?.several.some(({ customer }) => customer === chosen) && data.customer?.id !== chosen
      ? chosen
      : null;
  const of = useQuery({ ...customerQuery(other ?? ""), enabled: other !== null });
  return { data: other === null ? data : shown(data, of.data), error, isError, refetch };
}

/** A conversation's dossier with another customer in it. */
function shown(asked: DossierView | undefined, of: DossierView | undefined) {
  if (asked === undefined || of === undefined) return asked;
  const { customer, waiting } = of;
  return { ...asked, customer, waiting, suggestions: [], linked: false };
}
