import { useSyncExternalStore } from "react";
import { media } from "../../app/media.ts";

const DARK = "(prefers-color-scheme: dark)";

function watch(watcher: () => void): () => void {
  const theme = new MutationObserver(watcher);
  media(DARK).addEventListener("change", watcher);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    media(DARK).removeEventListener("change", watcher);
    theme.disconnect();
  };
}

/** The same, outside React. */
export function isDark(): boolean {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && media(DARK).matches);
}

/** Whether the window now stands in dark colours, by setting or by system. */
export const useDark = (): boolean => useSyncExternalStore(watch, isDark);
