import { currentForm } from "./layout.ts";
import { makeStore, useStore } from "./store.ts";

/** Where the button stands. */
export type Corner = "bottom-end" | "bottom-start" | "top-end" | "top-start";
export const CORNERS: readonly Corner[] = ["bottom-end", "bottom-start", "top-end", "top-start"];

/** What stands in the corner while the sheet is closed. */
export type Look = "button" | "toolbar";
const LOOKS: readonly Look[] = ["button", "toolbar"];

/** How much of the toolbar is shown. */
export type ToolbarSize = "mini" | "expanded";
const SIZES: readonly ToolbarSize[] = ["mini", "expanded"];

export type TeamTab = "customer" | "activity" | "team";
const TABS: readonly TeamTab[] = ["customer", "activity", "team"];

/** Who or what the sheet is about when it does not follow the open mail. */
export type Kept = { subject: string; name: string; thread: string | null };

export type TeamPanel = {
  open: boolean;
  tab: TeamTab;
  corner: Corner;
  look: Look;
  size: ToolbarSize;
  /** Whether the activity is narrowed to who the sheet is about. */
  narrowed: boolean;
  /** Null: the sheet follows the open mail. */
  kept: Kept | null;
  /** Whose activity is shown; null: everyone's. */
  member: string | null;
};

const NAME = "kontor.team";
const START: TeamPanel = {
  open: false,
  tab: "customer",
  corner: "bottom-end",
  look: "button",
  size: "expanded",
  narrowed: true,
  kept: null,
  member: null,
};

/** Reads what was kept. Anything strange is where a new window starts. */
export function readPanel(text: string | null): TeamPanel {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (typeof kept !== "object" || kept === null) return START;
    const { open, tab, corner, look, size, narrowed } = kept as Record<string, unknown>;
    return {
      open: open === true,
      tab: TABS.find((known) => known === tab) ?? START.tab,
      corner: CORNERS.find((known) => known === corner) ?? START.corner,
      look: LOOKS.find((known) => known === look) ?? START.look,
      size: SIZES.find((known) => known === size) ?? START.size,
      narrowed: narrowed !== false,
      kept: null,
      member: null,
    };
  } catch {
    return START;
  }
}

/** Filling the whole window unasked would hide the mail. */
function atStart(): TeamPanel {
  const panel = readPanel(localStorage.getItem(NAME));
  return panel.open && currentForm() === "one" ? { ...panel, open: false } : panel;
}

const store = makeStore(atStart(), ({ open, tab, corner, look, size, narrowed }) =>
  localStorage.setItem(NAME, JSON.stringify({ open, tab, corner, look, size, narrowed })),
);

export const useTeamPanel = (): TeamPanel => useStore(store);

export const setTeamPanel = (change: Partial<TeamPanel>): void =>
  store.set((now) => ({ ...now, ...change }));

/** Set while opening or closing was asked for: then the focus goes along. */
let focusAsked = false;

export function openTeamPanel(change: Partial<TeamPanel> = {}): void {
  focusAsked = !store.get().open;
  setTeamPanel({ ...change, open: true });
}

export function closeTeamPanel(): void {
  focusAsked = true;
  setTeamPanel({ open: false });
}

export function toggleTeamPanel(): void {
  if (store.get().open) closeTeamPanel();
  else openTeamPanel();
}

/** Whether what appears now takes the focus; asked once. */
export function takesFocus(): boolean {
  const asked = focusAsked;
  focusAsked = false;
  return asked;
}

/** A new profile, a new test. */
export function forgetTeamPanel(): void {
  focusAsked = false;
  store.set(START);
}
