import { showToast } from "../components/toasts.ts";
import type { Translate } from "../i18n/language.tsx";
import { makeStore, useStore } from "./store.ts";

/** How long one may press what stands beside it, s. */
const SECONDS = 8;

/** The file that was saved and is to lie somewhere else. */
const asked = makeStore<string | null>(null);

/** Says where a file was saved, and offers another place and name for it. */
export function tellSaved(path: string, t: Translate): void {
  showToast({
    text: t("saved.told", { path }),
    action: { label: t("saved.elsewhere"), run: () => asked.set(path) },
    seconds: SECONDS,
  });
}

export const closeSaved = (): void => asked.set(null);

export const useSavedFile = (): string | null => useStore(asked);

/** A path's folder and name, whichever way its slashes lean. */
export function partsOf(path: string): { folder: string; name: string } {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return { folder: path.slice(0, Math.max(at, 1)), name: path.slice(at + 1) };
}
