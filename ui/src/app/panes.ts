import { findShown } from "./standing.tsx";

/** Panes in the order F6 walks them. A pane is any element with `data-pane`. */
const ORDER = ["rail", "list", "conversation", "dossier", "team"] as const;
export type Pane = (typeof ORDER)[number];

const FOCUSABLE =
  'a[href], button:not([tabindex="-1"]), input, textarea, [tabindex="0"]:not([role="separator"])';

function paneElement(pane: string): HTMLElement | null {
  const element = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
  // What something else covers takes no focus.
  const shown = element && element.getClientRects().length > 0 && !element.closest("[inert]");
  return shown ? element : null;
}

/** The pane the focus is in. */
export function focusedPane(): Pane | null {
  const pane = document.activeElement?.closest<HTMLElement>("[data-pane]")?.dataset.pane;
  return ORDER.find((known) => known === pane) ?? null;
}

/** Puts the focus into a pane: on what it marks with `data-pane-focus`, else on its first control. */
export function focusPane(pane: Pane): boolean {
  const element = paneElement(pane);
  if (!element) return false;
  const target =
    findShown("[data-pane-focus]", element) ?? findShown(FOCUSABLE, element) ?? element;
  target.focus();
  return true;
}

/** Goes to the next pane on screen, or the one before. */
export function walkPanes(step: 1 | -1): void {
  const shown = ORDER.filter((pane) => paneElement(pane));
  const at = shown.indexOf(focusedPane() ?? "list");
  const next = shown[(at + step + shown.length) % shown.length];
  if (next) focusPane(next);
}
