/**
 * jsdom works out a computed style anew at each call, some milliseconds, and finding by role asks for the style of
 * every element and all above it: half of the time of a window's test. An element's style depends on itself, what
 * stands above it and, for `:first-of-type` alone, beside it; so an answer is kept until one of these changes.
 * `takeRecords` tells of a change even within the same task.
 */
export function keepComputedStyles(): void {
  const compute = window.getComputedStyle.bind(window);
  const kept = new WeakMap<Element, { style: CSSStyleDeclaration; at: number }>();
  const changedAt = new WeakMap<Node, number>();
  let now = 0;
  const note = (records: readonly MutationRecord[]) => {
    if (records.length === 0) return;
    now += 1;
    for (const { target } of records) changedAt.set(target, now);
  };
  const stands = (element: Element, since: number): boolean => {
    for (let node: Node | null = element; node; node = node.parentNode) {
      if ((changedAt.get(node) ?? 0) > since) return false;
    }
    return true;
  };
  const changes = new MutationObserver(note);
  changes.observe(document, { attributes: true, childList: true, subtree: true });
  window.getComputedStyle = (element, pseudo) => {
    // Another document, a part that hangs nowhere, a part of an element: not watched.
    if (pseudo || element.ownerDocument !== document || !element.isConnected) {
      return compute(element, pseudo);
    }
    note(changes.takeRecords());
    const before = kept.get(element);
    if (before && stands(element, before.at)) return before.style;
    const style = compute(element);
    kept.set(element, { style, at: now });
    return style;
  };
}
