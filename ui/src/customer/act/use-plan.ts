import { useState } from "react";
import { actKeys } from "../../api/acts.ts";
import type { ActView } from "../../api/bindings.ts";
import { useCommand } from "../../api/use-command.ts";

/** Plans what a form says; then there is something to look at. */
export function usePlan<Form>(run: (form: Form) => Promise<ActView>) {
  const [planned, setPlanned] = useState<ActView | null>(null);
  const plan = useCommand({
    run,
    failureTitle: "act.failed",
    stale: [actKeys.all],
    onSuccess: setPlanned,
  });
  return { planned, plan, edit: () => setPlanned(null) };
}
