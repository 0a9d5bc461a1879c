import type { DossierView } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { customerKeys } from "../api/customers.ts";
import { useCommand } from "../api/use-command.ts";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";

/** How long taking it back is offered, s. */
const UNDO_SECONDS = 10;

/** Whose an address is: a customer's, nobody's by hand (null), or whatever Metakocka's addresses say ("theirs"). */
type Said = { id: string; name: string } | null | "theirs";

const say = (address: string, said: Said): Promise<null> => {
  if (said === "theirs") return api.unlinkCustomer(address);
  return api.linkCustomer(address, said?.id ?? null);
};

/** Says by hand whose the address of a conversation is; each time it can be taken back. */
export function useLink({ address, customer, linked }: DossierView) {
  const t = useT();
  const before: Said = linked ? customer : "theirs";
  const stale = [customerKeys.dossiers];
  const undo = useCommand({
    run: (said: Said) => say(address, said),
    failureTitle: "customer.linkFailed",
    stale,
  });
  const toast = (said: Said): string => {
    if (said === "theirs") return t("customer.unlinked", { address });
    if (said === null) return t("customer.linkedToNone", { address });
    return t("customer.linked", { address, name: said.name });
  };
  return useCommand({
    run: (said: Said) => say(address, said),
    failureTitle: "customer.linkFailed",
    stale,
    onSuccess: (_, said) => {
      showToast({
        text: toast(said),
        seconds: UNDO_SECONDS,
        action: { label: t("common.undo"), run: () => undo.mutate(before) },
      });
    },
  });
}
