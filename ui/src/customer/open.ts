import type { DocumentView } from "../api/bindings.ts";
import { layDossierOver } from "../app/dossier-panel.ts";
import { currentDossierRoom, setLayout } from "../app/layout.ts";
import { focusPane } from "../app/panes.ts";
import { currentRoute, goTo, goToMail, type Route } from "../app/route.ts";
import { findShown } from "../app/standing.tsx";
import { makeStore, useStore } from "../app/store.ts";
import { setTeamPanel } from "../app/team-panel.ts";

/** Where a customer's page was opened from. */
let before: Route | null = null;

/** Leads to everything about a customer; the sheet would lie over it. */
export function openCustomer(id: string): void {
  const route = currentRoute();
  if (route.page !== "customer") before = route;
  setTeamPanel({ open: false });
  goTo({ page: "customer", id });
  requestAnimationFrame(() => focusPane("conversation"));
}

/** The document a customer's page was opened for. */
const looked = makeStore<{ customer: string; document: DocumentView } | null>(null);

export const useLookedAt = (customer: string): DocumentView | null => {
  const now = useStore(looked);
  return now?.customer === customer ? now.document : null;
};

export const stopLooking = (): void => looked.set(null);

/** Shows a document above everything else of its customer. */
export function openDocument(customer: string, document: DocumentView): void {
  looked.set({ customer, document });
  openCustomer(customer);
  focusNamed();
}

/** Leads back to where it was opened from, else to the mail. */
export function leaveCustomer(): void {
  const back = before;
  before = null;
  stopLooking();
  if (back === null) goToMail({ thread: null, search: null, compose: null });
  else goTo(back);
  requestAnimationFrame(() => focusPane(back === null ? "list" : "dossier"));
}

/** Leads to all mails that name a document. */
export function openCorrespondence(number: string): void {
  const quoted = /\s/.test(number) ? `"${number}"` : number;
  goToMail({ search: `doc:${quoted} `, thread: null, compose: null });
}

type Shown = { thread: string; document: string };

/** The document of a conversation that stands above the dossier. */
const shown = makeStore<Shown | null>(null);

export const useShownDocument = (thread: string): string | null => {
  const now = useStore(shown);
  return now?.thread === thread ? now.document : null;
};

/** Shows a document beside its conversation, in the way the window has room for. */
export function showDocument(thread: string, document: string): void {
  shown.set({ thread, document });
  if (currentDossierRoom() === "column") setLayout({ dossierOpen: true });
  else layDossierOver(thread);
  focusNamed();
}

function focusNamed(): void {
  requestAnimationFrame(() => findShown("[data-named-document]")?.focus());
}

export const hideDocument = (): void => shown.set(null);
