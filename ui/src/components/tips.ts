/** What the window's tooltip says, and beside which element. */
export type Tip = {
  element: HTMLElement;
  label: string;
  keys: string | undefined;
  side: "top" | "bottom" | "left" | "right";
  /** It comes right after another one: without a fade. */
  instant: boolean;
};

/** How long the pointer rests before the first one comes, ms. */
const REST = 500;
/** After one has gone, the next comes without waiting for so long, ms. */
const WARM = 400;

/**
 * Watches pointer and focus for elements with a note (`data-tip`) and tells which one to show; null when none is. By touch
 * there is none, and pressing an element takes its own away until the pointer has left it.
 */
export function watchTips(tell: (tip: Tip | null) => void): () => void {
  let shown: HTMLElement | null = null;
  let under: HTMLElement | null = null;
  let waiting = 0;
  let gone = Number.NEGATIVE_INFINITY;

  const hide = () => {
    clearTimeout(waiting);
    if (shown === null) return;
    shown = null;
    gone = performance.now();
    still.disconnect();
    tell(null);
  };
  const show = (element: HTMLElement) => {
    const tip = tipOf(element, performance.now() - gone < WARM);
    if (tip === null) return hide();
    shown = element;
    // What it says may change while it is looked at, and its element may go.
    still.disconnect();
    still.observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-tip"] });
    tell(tip);
  };
  const still = new MutationObserver((changes) => {
    if (shown === null) return;
    if (!shown.isConnected) hide();
    else if (changes.some(({ target, type }) => type === "attributes" && target === shown)) {
      show(shown);
    }
  });

  const over = (event: PointerEvent) => {
    const element = event.pointerType === "touch" ? null : noted(event.target);
    if (element === under) return;
    under = element;
    hide();
    if (element === null) return;
    const rest = performance.now() - gone < WARM ? 0 : REST;
    waiting = window.setTimeout(() => show(element), rest);
  };
  const focus = (event: FocusEvent) => {
    const element = noted(event.target);
    if (element?.matches(":focus-visible")) show(element);
    else hide();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || shown === null) return;
    // The first press takes the tooltip away, the next one means what it says everywhere.
    event.stopPropagation();
    hide();
  };
  const leave = () => {
    under = null;
    hide();
  };
  const listeners: [string, (event: never) => void][] = [
    ["pointerover", over],
    ["pointerdown", hide],
    ["click", hide],
    ["focusin", focus],
    ["focusout", hide],
    ["keydown", key],
    ["scroll", hide],
    ["blur", leave],
  ];
  for (const [name, listener] of listeners) {
    window.addEventListener(name, listener as EventListener, true);
  }
  document.documentElement.addEventListener("pointerleave", leave);
  return () => {
    hide();
    for (const [name, listener] of listeners) {
      window.removeEventListener(name, listener as EventListener, true);
    }
    document.documentElement.removeEventListener("pointerleave", leave);
  };
}

function noted(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
}

function tipOf(element: HTMLElement, instant: boolean): Tip | null {
  const { tip: label, tipKeys: keys, tipSide } = element.dataset;
  if (!element.isConnected || label === undefined || label === "") return null;
  const side = tipSide as Tip["side"] | undefined;
  return { element, label, keys, side: side ?? "bottom", instant };
}
