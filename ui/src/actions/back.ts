import { liftDossier } from "../app/dossier-panel.ts";
import { focusedPane, focusPane } from "../app/panes.ts";
import { goTo, goToMail } from "../app/route.ts";
import { leaveCustomer } from "../customer/open.ts";
import { clearPicked, getSelection } from "../mail/list/selection.ts";
import type { ActionContext } from "./context.ts";

/**
 * Escape: one step back. A dossier over the conversation goes first, then ticks, then the focus leaves
 * the dossier and the conversation, then the open thread is left where it fills the window, then the
 * search; a page leads back to the mail.
 */
export function goBack(context: ActionContext): void {
  const { route } = context;
  if (route.page === "welcome") return;
  if (route.page === "customer") {
    leaveCustomer();
    return;
  }
  if (route.page !== "mail") {
    goTo({ page: "mail", scope: context.scope, thread: null, search: null, compose: null });
    return;
  }
  if (liftDossier(route.thread)) return;
  if (getSelection().picked.size > 0) clearPicked();
  else if (route.thread !== null && (context.form === "one" || route.search !== null)) {
    goToMail({ thread: null });
    requestAnimationFrame(() => focusPane("list"));
  } else if (focusedPane() === "dossier") focusPane("conversation");
  else if (focusedPane() === "conversation") focusPane("list");
  else if (route.search !== null) goToMail({ search: null });
}
