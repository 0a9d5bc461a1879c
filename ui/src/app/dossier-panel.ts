import { useSyncExternalStore } from "react";
import { currentDossierRoom, getLayout, setLayout, useDossierRoom, useLayout } from "./layout.ts";
import { focusedPane, focusPane } from "./panes.ts";
import { currentRoute, onRoute, type Route } from "./route.ts";
import { makeStore, useStore } from "./store.ts";

/** Whether a place has a dossier: beside a list and a conversation; not beside results alone or a mail of its own. */
export function hasDossier(route: Route): boolean {
  if (route.page !== "mail" || route.compose !== null) return false;
  return route.search === null || route.thread !== null;
}

/** How the dossier stands beside the mail: a column, a strip, or not at all. */
export function useDossierShape(): "column" | "strip" | "none" {
  const there = useSyncExternalStore(onRoute, () => hasDossier(currentRoute()));
  const room = useDossierRoom();
  const { dossierOpen } = useLayout();
  if (room === "page" || !there) return "none";
  return room === "column" && dossierOpen ? "column" : "strip";
}

/** The thread whose dossier lies over its conversation, where it has no column of its own. */
const over = makeStore<string | null>(null);

export const useDossierOver = (thread: string | null): boolean => {
  const shown = useStore(over);
  return thread !== null && shown === thread;
};

/** Where the focus was when the dossier was laid over the conversation. */
let before: HTMLElement | null = null;

export function layDossierOver(thread: string): void {
  before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  over.set(thread);
}

/** Another mail was opened, or there is a column now: coming back, the mail is not covered. */
export function leaveDossier(thread: string | null): void {
  if (over.get() === thread) over.set(null);
}

/** Takes it off again; the focus goes back to where it was. False when none lies over this thread's conversation. */
export function liftDossier(thread: string | null): boolean {
  const shown = over.get() !== null && over.get() === thread;
  over.set(null);
  if (!shown || currentDossierRoom() === "column") return false;
  const back = before;
  before = null;
  requestAnimationFrame(() => {
    if (back?.isConnected && back !== document.body) back.focus();
    else focusPane("conversation");
  });
  return true;
}

/** Shows or hides the dossier of a conversation, in the way the window has room for. */
export function toggleDossier(thread: string | null): void {
  if (currentDossierRoom() !== "column") {
    if (thread !== null && over.get() !== thread) layDossierOver(thread);
    else liftDossier(thread);
    return;
  }
  const within = focusedPane() === "dossier";
  setLayout({ dossierOpen: !getLayout().dossierOpen });
  // The button that was pressed is gone, its counterpart stands in the same place.
  if (within) requestAnimationFrame(() => focusPane("dossier"));
}

/** A new profile, a new test. */
export function forgetDossier(): void {
  before = null;
  over.set(null);
  setLayout({ dossierOpen: true });
}
