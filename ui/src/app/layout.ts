import { useSyncExternalStore } from "react";
import { media } from "./media.ts";
import { makeStore, useStore } from "./store.ts";

/** How wide panes may be, px: least, most, and where a double click puts them. */
export const WIDTHS = {
  rail: { min: 180, max: 280, initial: 212 },
  list: { min: 300, max: 480, initial: 352 },
  dossier: { min: 260, max: 380, initial: 300 },
} as const;

type Layout = {
  rail: number;
  list: number;
  dossier: number;
  /** Whether the dossier stands beside the conversation where there is room; else it is folded to its strip. */
  dossierOpen: boolean;
  /** Accounts whose folders are shown; null before anyone chose: then the first account's are. */
  openAccounts: readonly string[] | null;
};

const NAME = "kontor.layout";
const START: Layout = {
  rail: WIDTHS.rail.initial,
  list: WIDTHS.list.initial,
  dossier: WIDTHS.dossier.initial,
  dossierOpen: true,
  openAccounts: null,
};

function width(value: unknown, of: { min: number; max: number; initial: number }): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return of.initial;
  return Math.min(of.max, Math.max(of.min, value));
}

/** Reads what was kept. Anything strange is where a new window starts. */
export function readLayout(text: string | null): Layout {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (typeof kept !== "object" || kept === null) return START;
    const { rail, list, dossier, dossierOpen, openAccounts } = kept as Record<string, unknown>;
    const ids = Array.isArray(openAccounts)
      ? openAccounts.filter((id): id is string => typeof id === "string")
      : null;
    return {
      rail: width(rail, WIDTHS.rail),
      list: width(list, WIDTHS.list),
      dossier: width(dossier, WIDTHS.dossier),
      dossierOpen: dossierOpen !== false,
      openAccounts: ids,
    };
  } catch {
    return START;
  }
}

const store = makeStore(readLayout(localStorage.getItem(NAME)), (layout) =>
  localStorage.setItem(NAME, JSON.stringify(layout)),
);

export const setLayout = (change: Partial<Layout>): void =>
  store.set((now) => ({ ...now, ...change }));

export const getLayout = (): Layout => store.get();
export const useLayout = (): Layout => useStore(store);

/**
 * How the panes stand at a width.
 *
 * `wide`: rail, list, conversation. `icons`: the rail folds to icons. `drawer`: the rail is called in.
 * `one`: one pane at a time.
 */
export type Form = "wide" | "icons" | "drawer" | "one";

const FORMS: readonly [Form, string][] = [
  ["one", "(max-width: 640px)"],
  ["drawer", "(max-width: 859px)"],
  ["icons", "(max-width: 1039px)"],
];

export function currentForm(): Form {
  return FORMS.find(([, query]) => media(query).matches)?.[0] ?? "wide";
}

/**
 * Where the dossier has room: a column beside the conversation, a strip that unfolds over it, or a page behind a line
 * under the subject.
 */
export type DossierRoom = "column" | "strip" | "page";

const ROOMS: readonly [DossierRoom, string][] = [
  ["page", "(max-width: 859px)"],
  ["strip", "(max-width: 1343px)"],
];

export function currentDossierRoom(): DossierRoom {
  return ROOMS.find(([, query]) => media(query).matches)?.[0] ?? "column";
}

function watchForm(watcher: () => void): () => void {
  const lists = [...FORMS, ...ROOMS].map(([, query]) => media(query));
  for (const list of lists) list.addEventListener("change", watcher);
  return () => {
    for (const list of lists) list.removeEventListener("change", watcher);
  };
}

export const useForm = (): Form => useSyncExternalStore(watchForm, currentForm);

export const useDossierRoom = (): DossierRoom =>
  useSyncExternalStore(watchForm, currentDossierRoom);
