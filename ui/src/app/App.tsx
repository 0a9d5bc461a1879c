import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { KeysDialog } from "../actions/KeysDialog.tsx";
import { Palette } from "../actions/Palette.tsx";
import { useShortcuts } from "../actions/shortcuts.ts";
import type { Notice } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { useLiveData } from "../api/live.ts";
import { overviewQuery, settingsQuery } from "../api/queries.ts";
import { ToastRegion } from "../components/ToastRegion.tsx";
import { TooltipProvider } from "../components/Tooltip.tsx";
import { showToast } from "../components/toasts.ts";
import { LanguageProvider, languageOf, type Translate, useT } from "../i18n/language.tsx";
import { HeldReplies } from "../team/HeldReplies.tsx";
import { TeamPanel } from "../team/TeamPanel.tsx";
import { useAnnouncement } from "./announce.ts";
import { askEarly } from "./early.ts";
import { Frame } from "./Frame.tsx";
import { openNotified } from "./notified.ts";
import { useOverlay } from "./overlay.ts";
import { goTo, usePlace } from "./route.ts";
import { SavedDialog } from "./SavedDialog.tsx";

/** How long a notice stays, s: long enough to be read twice. */
const NOTICE_SECONDS = 8;

/** The window: language and looks by the settings, live data, keys, and what lies over the panes. */
export function App() {
  const { data: settings } = useQuery(settingsQuery);
  useLooks(settings?.theme ?? "system", settings?.density ?? "comfortable");
  useWindowReady();
  return (
    <LanguageProvider language={languageOf(settings?.language ?? "system")}>
      <TooltipProvider>
        <Inside singleKeys={settings?.singleKeys ?? true} />
      </TooltipProvider>
    </LanguageProvider>
  );
}

function Inside({ singleKeys }: { singleKeys: boolean }) {
  const overlay = useOverlay();
  const t = useT();
  useLiveData(
    useCallback((notice: Notice) => showNotice(notice, t), [t]),
    openNotified,
  );
  useShortcuts(singleKeys);
  useFirstAccount();
  const client = useQueryClient();
  useEffect(() => askEarly(client), [client]);
  return (
    <>
      <Frame />
      <TeamPanel />
      <HeldReplies />
      <SavedDialog />
      {overlay.kind === "palette" ? <Palette key={overlay.mode} mode={overlay.mode} /> : null}
      {overlay.kind === "keys" ? <KeysDialog /> : null}
      <ToastRegion />
      <Announcer />
    </>
  );
}

/** Reads out what happened without being asked, such as mail that arrived. */
function Announcer() {
  return (
    <p className="visually-hidden" aria-live="polite">
      {useAnnouncement()}
    </p>
  );
}

function showNotice(notice: Notice, t: Translate): void {
  showToast({
    text: t.said(notice.text),
    tone: notice.level === "error" ? "error" : "plain",
    seconds: notice.level === "error" ? null : NOTICE_SECONDS,
    action: null,
  });
}

/** Theme and density as attributes of the page, where the tokens look for them. */
function useLooks(theme: "light" | "dark" | "system", density: "comfortable" | "compact"): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === "system") delete dataset.theme;
    else dataset.theme = theme;
    dataset.density = density;
  }, [theme, density]);
}

/** Tells Rust once that the first picture stands. */
function useWindowReady(): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      // Nothing to do when it fails: it only measures.
      api.windowReady().catch(() => undefined);
    });
    return () => cancelAnimationFrame(frame);
  }, []);
}

/** Without an account there is only one thing to do. */
function useFirstAccount(): void {
  const { data: overview } = useQuery(overviewQuery);
  const { page } = usePlace();
  const none = overview?.accounts.length === 0;
  useEffect(() => {
    if (none && page === "mail") goTo({ page: "welcome" }, { replace: true });
  }, [none, page]);
}
