import { api } from "../api/commands.ts";
import { customerKeys } from "../api/customers.ts";
import { useCommand } from "../api/use-command.ts";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";

/** How long taking it back is offered, s. */
const UNDO_SECONDS = 10;

type Named = { id: string; name: string };
type Said = Awaited<ReturnType<typeof api.mergeCustomers>>;

const STALE = [customerKeys.dossiers, customerKeys.pages, customerKeys.badges];

/** Makes customers of Metakocka one in the team's mapping, or parts them; each time it can be taken back. */
export function useMerge() {
  const t = useT();
  const undo = useCommand({
    run: (before: Said) => api.saySameCustomers(before),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
  });
  const told = (text: string, before: Said) => {
    if (before.length === 0) return;
    showToast({
      text,
      seconds: UNDO_SECONDS,
      action: { label: t("common.undo"), run: () => undo.mutate(before) },
    });
  };
  const merge = useCommand({
    run: ({ main, other }: { main: Named; other: Named }) => api.mergeCustomers(main.id, other.id),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
    onSuccess: (before, { main, other }) =>
      told(t("customer.merged", { name: other.name, main: main.name }), before),
  });
  const part = useCommand({
    run: (customer: Named) => api.partCustomer(customer.id),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
    onSuccess: (before, { name }) => told(t("customer.parted", { name }), before),
  });
  return { merge, part };
}
