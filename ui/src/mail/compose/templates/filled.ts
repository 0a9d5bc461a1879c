import type { TemplatePiece } from "../../../api/bindings.ts";

/** What a person said of placeholders without a value: the value, or that it is left out. */
export type ByHand = Readonly<Record<string, string | null>>;

/** The finished text; null while something is missing that was neither filled in nor left out. */
export function finished(pieces: readonly TemplatePiece[], byHand: ByHand): string | null {
  let text = "";
  for (const piece of pieces) {
    if (!piece.missing) {
      text += piece.text;
      continue;
    }
    const said = byHand[piece.placeholder ?? ""];
    if (said === undefined || said?.trim() === "") return null;
    text += said ?? "";
  }
  return text;
}
