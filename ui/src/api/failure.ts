import type { Translate } from "../i18n/language.tsx";
import type { ApiError, Code } from "./bindings.ts";

/** A command that did not do what it was asked: a code to decide by and a sentence to show. */
export class Failure extends Error {
  readonly code: Code;

  constructor(error: ApiError) {
    super(error.message);
    this.name = "Failure";
    this.code = error.code;
  }
}

/** The sentence of anything that was thrown, as the engine wrote it: to be kept and said later. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === "string" ? error : "";
}

/** The sentence of anything that was thrown, in the window's language. */
export function reasonOf(error: unknown, t: Translate): string {
  return t.said(sentenceOf(error));
}
