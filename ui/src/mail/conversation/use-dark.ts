import { useSyncExternalStore } from "react";

const DARK = "(prefers-color-scheme: dark)";

function watch(watcher: () => void): () => void {
  const media = window.matchMedia(DARK);
  const theme = new MutationObserver(watcher);
  media.addEventListener("change", watcher);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    media.removeEventListener("change", watcher);
    theme.disconnect();
  };
}

function isDark(): boolean {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && window.matchMedia(DARK).matches);
}

/** Whether the window now stands in dark colours, by setting or by system. */
export const useDark = (): boolean => useSyncExternalStore(watch, isDark);
