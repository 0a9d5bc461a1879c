import { api } from "../api/commands.ts";
import { customerKeys } from "../api/customers.ts";
import { useCommand } from "../api/use-command.ts";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";

/** How long taking it back is offered, s. */
const UNDO_SECONDS = 10;

type Named = { id: string; name: string };
type Said = Awaited<ReturnType<typeof api.mergeCustomers>>;
type Apart = Awaited<ReturnType<typeof api.dismissDuplicate>>;

const STALE = [customerKeys.dossiers, customerKeys.pages, customerKeys.badges];

/**
 * Makes customers of Metakocka one in the team's mapping, parts them, or says that they only look like one; each time it can
 * be taken back.
 */
export function useMerge() {
  const t = useT();
  const undo = useCommand({
    run: (before: Said) => api.saySameCustomers(before),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
  });
  const undoDismissal = useCommand({
    run: (before: Apart) => api.sayApartCustomers(before),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
  });
  const offer = (text: string, run: () => void) =>
    showToast({ text, seconds: UNDO_SECONDS, action: { label: t("common.undo"), run } });
  const told = (text: string, before: Said) => {
    if (before.length > 0) offer(text, () => undo.mutate(before));
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
  const dismiss = useCommand({
    run: ({ one, other }: { one: Named; other: Named }) => api.dismissDuplicate(one.id, other.id),
    failureTitle: "customer.mergeFailed",
    stale: STALE,
    onSuccess: (before, { one, other }) =>
      offer(t("customer.apart.done", { name: other.name, other: one.name }), () =>
        undoDismissal.mutate(before),
      ),
  });
  return { merge, part, dismiss };
}
