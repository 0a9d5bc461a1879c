import { useEffect, useRef } from "react";

/**
 * What only the conversation can do, because only it knows which message is meant.
 *
 * It offers these while it is on screen; without an offer the action is not enabled.
 */
export type PaneAction =
  | "message.next"
  | "message.previous"
  | "message.reply"
  | "message.replyAll"
  | "message.forward"
  | "message.images"
  | "compose.new";

export type PaneActions = Partial<Record<PaneAction, () => void>>;

const offers = new Set<{ current: PaneActions }>();
const watchers = new Set<() => void>();

function changed(): void {
  for (const watcher of watchers) watcher();
}

/** The newest offer for an action, or null. */
export function paneAction(name: PaneAction): (() => void) | null {
  for (const offer of [...offers].reverse()) {
    const run = offer.current[name];
    if (run) return run;
  }
  return null;
}

/** Offers actions to shortcuts, palette and menus while the component is on screen. */
export function useOfferActions(actions: PaneActions): void {
  const offer = useRef(actions);
  const names = Object.keys(actions).sort().join(" ");
  useEffect(() => {
    offer.current = actions;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new set of names is a new offer
  useEffect(() => {
    offers.add(offer);
    changed();
    return () => {
      offers.delete(offer);
      changed();
    };
  }, [names]);
}

/** Tells whenever offers come or go. */
export function onOffers(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
