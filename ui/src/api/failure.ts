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

/** The sentence of anything that was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === "string" ? error : "";
}
