import { type RefObject, useEffect } from "react";
import type { FactState, MailFact } from "../../../api/bindings.ts";

const STATES: readonly FactState[] = ["matched", "stale", "unknown"];

/**
 * Draws the lines under facts in formatted text without touching it: highlights are painted over ranges, so the editor's own
 * page stays as it is. Where the engine has none, the line below the text still says it all.
 */
export function useRichMarks(
  box: RefObject<HTMLElement | null>,
  facts: readonly MailFact[],
  on: boolean,
): void {
  useEffect(() => {
    if (!on || typeof CSS === "undefined" || !("highlights" in CSS)) return;
    const area = box.current?.querySelector<HTMLElement>("[contenteditable=true]");
    if (!area) return;
    const draw = () => {
      const found = rangesOf(area, facts);
      for (const state of STATES) {
        const ranges = found.filter(([of]) => of === state).map(([, range]) => range);
        CSS.highlights.set(`fact-${state}`, new Highlight(...ranges));
      }
    };
    draw();
    // Formatting replaces the nodes the ranges lie in, and leaves the words as they are.
    const formatted = new MutationObserver(draw);
    formatted.observe(area, { childList: true, subtree: true, characterData: true });
    return () => {
      formatted.disconnect();
      for (const state of STATES) CSS.highlights.delete(`fact-${state}`);
    };
  }, [box, facts, on]);
}

/** Where facts stand in the page, in their order; one whose words are formatted in the middle is left out. */
export function rangesOf(
  area: HTMLElement,
  facts: readonly MailFact[],
): (readonly [FactState, Range])[] {
  const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  let at = 0;
  let from = 0;
  const found: (readonly [FactState, Range])[] = [];
  for (const { text, state } of facts) {
    for (let node = at; node < texts.length; node += 1) {
      const start = texts[node]?.data.indexOf(text, node === at ? from : 0) ?? -1;
      const holder = texts[node];
      if (start < 0 || holder === undefined) continue;
      const range = document.createRange();
      range.setStart(holder, start);
      range.setEnd(holder, start + text.length);
      found.push([state, range]);
      at = node;
      from = start + text.length;
      break;
    }
  }
  return found;
}
