/**
 * jsdom works out a computed style anew at each call, some milliseconds, and finding by role asks for the style of
 * every element and all above it: half of the time of a window's test. Until the document changes the answer is the
 * same, so it is kept until then; `takeRecords` tells of a change even within the same task.
 */
export function keepComputedStyles(): void {
  const compute = window.getComputedStyle.bind(window);
  let kept = new WeakMap<Element, CSSStyleDeclaration>();
  const forget = () => {
    kept = new WeakMap();
  };
  const changes = new MutationObserver(forget);
  changes.observe(document, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
  window.getComputedStyle = (element, pseudo) => {
    // Another document, a part that hangs nowhere, a part of an element: not watched.
    if (pseudo || element.ownerDocument !== document || !element.isConnected) {
      return compute(element, pseudo);
    }
    if (changes.takeRecords().length > 0) forget();
    const style = kept.get(element) ?? compute(element);
    kept.set(element, style);
    return style;
  };
}
