import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { en } from "./en.ts";
import { type Format, formatFor } from "./format.ts";
import { fill, type Params } from "./message.ts";
import { inSlovenian } from "./said.ts";
import { sl } from "./sl.ts";

export type Language = "en" | "sl";
type Messages = typeof en;
/** Name of a message. */
export type Key = keyof Messages;
/** Names of messages that need no values: what tables of data may hold. */
export type PlainKey = { [K in Key]: Params<Messages[K]> extends [] ? K : never }[Key];
/** Says a message in the window's language. */
export type Translate = {
  <K extends Key>(key: K, ...params: Params<Messages[K]>): string;
  /** Says a sentence of the engine, which writes English, in the window's language. */
  readonly said: (sentence: string) => string;
};

/** English counts and dates are written the European way: day first, 24 hours. */
const LOCALES: Record<Language, string> = { en: "en-GB", sl: "sl-SI" };

type Voice = { language: Language; locale: string; t: Translate; format: Format };

/** One language's words without React: for tables, tests and the other language in the palette. */
export function voiceOf(language: Language): Voice {
  const locale = LOCALES[language];
  const messages = language === "sl" ? sl : en;
  const t: Translate = Object.assign(
    <K extends Key>(key: K, ...params: Params<Messages[K]>) =>
      fill(messages[key], params[0] ?? {}, locale),
    { said: language === "sl" ? inSlovenian : (sentence: string) => sentence },
  );
  return { language, locale, t, format: formatFor(locale) };
}

const VoiceContext = createContext<Voice>(voiceOf("en"));

/** Follows the setting, or the system's preference when the setting says so. */
export function languageOf(setting: Language | "system"): Language {
  if (setting !== "system") return setting;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("sl")) ? "sl" : "en";
}

export function LanguageProvider(props: { language: Language; children: ReactNode }) {
  const voice = useMemo(() => voiceOf(props.language), [props.language]);
  useEffect(() => {
    document.documentElement.lang = props.language;
  }, [props.language]);
  return <VoiceContext value={voice}>{props.children}</VoiceContext>;
}

export function useT(): Translate {
  return useContext(VoiceContext).t;
}

/** Dates, numbers and sizes in the window's language. */
export function useFormat(): Format {
  return useContext(VoiceContext).format;
}

export function useVoice(): Voice {
  return useContext(VoiceContext);
}
