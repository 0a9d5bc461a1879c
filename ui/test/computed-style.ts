/** Attributes no style sheet of a test selects by: they differ from row to row, the styles do not. */
const NO_MATTER = /^(?:id|href|title|aria-.+|data-.+)$/;

/**
 * jsdom works out a computed style anew at each call, some milliseconds, and finding by role asks for the style of
 * every element and all above it: half of the time of a window's test. Elements of one name with the same attributes
 * below the same ancestors have the same style while the style sheets stay, so it is worked out once for all of them.
 */
export function keepComputedStyles(): void {
  const compute = window.getComputedStyle.bind(window);
  // What changes last is told when the page is already gone.
  const { head } = document;
  /** By name, attributes and ancestors. */
  const styles = new Map<string, CSSStyleDeclaration>();
  /** An element's name and attributes, until one of them changes. */
  let own = new WeakMap<Element, string>();
  const note = (records: readonly MutationRecord[]) => {
    for (const { target, type, removedNodes } of records) {
      if (type === "attributes") own.delete(target as Element);
      // What is taken out may change unseen before it comes back.
      if (removedNodes.length > 0) own = new WeakMap();
      // A style sheet came, went or changed.
      if (type !== "attributes" && head.contains(target)) styles.clear();
    }
  };
  const changes = new MutationObserver(note);
  changes.observe(document, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
  const ownOf = (element: Element): string => {
    const before = own.get(element);
    if (before !== undefined) return before;
    const told = element
      .getAttributeNames()
      .filter((name) => !NO_MATTER.test(name))
      .map((name) => `${name}=${element.getAttribute(name)}`);
    const words = [element.localName, ...told].join(" ");
    own.set(element, words);
    return words;
  };
  const kindOf = (element: Element): string => {
    const words: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) words.push(ownOf(at));
    return words.join("<");
  };
  window.getComputedStyle = (element, pseudo) => {
    // Another document, a part that hangs nowhere, a part of an element: not watched.
    if (pseudo || element.ownerDocument !== document || !element.isConnected) {
      return compute(element, pseudo);
    }
    note(changes.takeRecords());
    const kind = kindOf(element);
    const style = styles.get(kind) ?? compute(element);
    styles.set(kind, style);
    return style;
  };
}
