import { useQuery } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import type { Overview } from "../../api/bindings.ts";
import { overviewQuery } from "../../api/queries.ts";
import { useNow } from "../../app/now.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Icon } from "../../components/Icon.tsx";
import type { Format } from "../../i18n/format.ts";
import { type Translate, useFormat, useT } from "../../i18n/language.tsx";
import { accountName } from "../folders.ts";
import styles from "./Rail.module.css";
import { type SyncState, syncState } from "./sync-state.ts";

/** The foot of the rail: who you are and how fresh the mail is. */
export function SyncFoot({ folded }: { folded: boolean }) {
  const { data } = useQuery(overviewQuery);
  return data ? <Foot overview={data} folded={folded} /> : <div className={styles.foot} />;
}

function Foot({ overview, folded }: { overview: Overview; folded: boolean }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(1000);
  const state = syncState(overview);
  const words = wordsFor(state, now, t, format);
  const [first] = overview.accounts;
  const offline = state.kind === "offline";
  return (
    <div className={styles.foot} data-state={state.kind} title={folded ? words : undefined}>
      {offline ? (
        <Icon of={WifiOff} />
      ) : first ? (
        <Avatar name={accountName(first)} size={24} colour={3} />
      ) : null}
      {!folded && state.kind === "synced" && first ? (
        <span className={styles.footName}>{accountName(first)}</span>
      ) : null}
      <span className={folded ? "visually-hidden" : styles.footWords}>{words}</span>
    </div>
  );
}

function wordsFor(state: SyncState, now: Date, t: Translate, format: Format): string {
  switch (state.kind) {
    case "none":
      return "";
    case "offline":
      return state.waiting > 0
        ? `${t("rail.offlineSentence")} ${t("rail.waiting", { n: state.waiting })}.`
        : t("rail.offlineSentence");
    case "arriving":
      if (state.share === null) return t("rail.envelopes", { n: state.envelopes });
      return state.secondsLeft === null
        ? t("rail.bodies", { share: format.percent(state.share) })
        : t("rail.bodiesLeft", {
            share: format.percent(state.share),
            time: duration(state.secondsLeft, t),
          });
    case "never":
      return t("rail.notSynced");
    case "synced":
      return age(state.at, now, t, format);
  }
}

/** A time left, rounded up so that it never reads 0. */
export function duration(seconds: number, t: Translate): string {
  if (seconds < 60) return t("rail.seconds", { n: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 5400) return t("rail.minutes", { n: Math.ceil(seconds / 60) });
  return t("rail.hours", { n: Math.ceil(seconds / 3600) });
}

function age(at: Date, now: Date, t: Translate, format: Format): string {
  const seconds = Math.floor((now.getTime() - at.getTime()) / 1000);
  if (seconds < 1) return t("rail.syncedNow");
  if (seconds < 60) return t("rail.syncedSeconds", { n: seconds });
  if (seconds < 3600) return t("rail.syncedMinutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("rail.syncedHours", { n: Math.floor(seconds / 3600) });
  return t("rail.syncedOn", { when: format.date(at, now) });
}
