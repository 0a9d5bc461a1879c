import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { TeamMember } from "../../api/bindings.ts";

/** An @ and what follows it, at the caret; not within a word, as in a mail address. */
const BEGUN = /(?<![\p{L}\p{N}.])@[\p{L}\p{N}.-]*/u;

/** Offers members after an @. */
export function mentionSource(members: () => readonly TeamMember[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const begun = context.matchBefore(BEGUN);
    if (!begun?.text.startsWith("@")) return null;
    const options = members()
      .filter(({ active }) => active)
      .map(
        ({ name, email }): Completion => ({ label: `@${name}`, detail: email, apply: `@${name} ` }),
      );
    return { from: begun.from, options, validFor: /^@[\p{L}\p{N}. -]*$/u };
  };
}
