/**
 * Gives the keyboard back to the window after someone has clicked or selected text inside a mail.
 *
 * A frame without scripts swallows keys: while it has the focus, no shortcut reaches the window. When the
 * pointer is released the focus moves to `home`; what is selected stays selected. Returns the undoing.
 */
export const returnFocus = (frame: HTMLIFrameElement, home: HTMLElement): (() => void) => {
  let waiting = 0;
  const settle = (): void => {
    waiting = 0;
    if (document.activeElement !== frame) return;
    if (frame.contentDocument?.querySelector(":active")) {
      waiting = requestAnimationFrame(settle);
    } else {
      home.focus({ preventScroll: true });
    }
  };
  const onBlur = (): void => {
    if (document.activeElement !== frame) return;
    forgetOther(frame);
    if (waiting === 0) waiting = requestAnimationFrame(settle);
  };
  window.addEventListener("blur", onBlur);
  return () => {
    window.removeEventListener("blur", onBlur);
    cancelAnimationFrame(waiting);
  };
};

let lastSelected: HTMLIFrameElement | null = null;

/** One selection in the window at a time, as in any page. */
const forgetOther = (frame: HTMLIFrameElement): void => {
  if (lastSelected !== frame) lastSelected?.contentDocument?.getSelection()?.removeAllRanges();
  window.getSelection()?.removeAllRanges();
  lastSelected = frame;
};

/** Copies what is selected in a frame that no longer has the focus. */
export const copyFromFrame = (frame: HTMLIFrameElement): (() => void) => {
  const onCopy = (event: ClipboardEvent): void => {
    const here = window.getSelection();
    const there = frame.contentDocument?.getSelection();
    if (inField(event.target) || (here !== null && !here.isCollapsed)) return;
    if (!there || there.isCollapsed || event.clipboardData === null) return;
    event.clipboardData.setData("text/plain", there.toString());
    const holder = document.createElement("div");
    holder.append(document.importNode(there.getRangeAt(0).cloneContents(), true));
    event.clipboardData.setData("text/html", holder.innerHTML);
    event.preventDefault();
  };
  document.addEventListener("copy", onCopy);
  return () => document.removeEventListener("copy", onCopy);
};

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select"));
