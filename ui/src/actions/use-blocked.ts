import { useSyncExternalStore } from "react";
import { onRoute } from "../app/route.ts";
import type { PlainKey } from "../i18n/language.tsx";
import { onSelection } from "../mail/list/selection.ts";
import { useContextMaker } from "./context.ts";
import { onOffers } from "./pane-actions.ts";
import type { Action } from "./table.ts";

/** Why an action cannot be done now, null when it can: who shows it is drawn anew when that changes, not for each mail. */
export function useBlocked(action: Action): PlainKey | null {
  const makeContext = useContextMaker();
  return useSyncExternalStore(watch, () => action.blocked(makeContext()));
}

/** What is meant and what is offered. What data says is asked again when its owner is drawn. */
function watch(watcher: () => void): () => void {
  const stops = [onRoute(watcher), onSelection(watcher), onOffers(watcher)];
  return () => {
    for (const stop of stops) stop();
  };
}
