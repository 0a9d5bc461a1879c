import type { AccountState } from "../api/bindings.ts";
import type { PlainKey } from "../i18n/language.tsx";

/** The state of an account in a word. */
export const STATE_WORD: Record<AccountState, PlainKey> = {
  live: "rail.live",
  polling: "rail.polling",
  connecting: "rail.connecting",
  offline: "rail.offline",
  needs_you: "rail.needsYou",
};
