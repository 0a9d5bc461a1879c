import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { clearToasts } from "../src/components/toasts.ts";

// What jsdom has not got. Sizes are a window of 1440 × 900, so that the virtualised lists show rows.
class SizeObserver implements ResizeObserver {
  private readonly report: ResizeObserverCallback;
  constructor(report: ResizeObserverCallback) {
    this.report = report;
  }
  observe(target: Element): void {
    const box = target.getBoundingClientRect();
    const size = [{ inlineSize: box.width, blockSize: box.height }];
    const entry = { target, contentRect: box, borderBoxSize: size, contentBoxSize: size };
    this.report([entry as unknown as ResizeObserverEntry], this);
  }
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal("ResizeObserver", SizeObserver);
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = function scrollTo(this: Element, ...args: unknown[]) {
  const first = args[0];
  this.scrollTop =
    typeof first === "object" && first !== null ? Number(Reflect.get(first, "top")) : 0;
  this.dispatchEvent(new Event("scroll"));
} as Element["scrollTo"];
Object.defineProperty(HTMLElement.prototype, "offsetWidth", {
  configurable: true,
  get: () => 1440,
});
Object.defineProperty(HTMLElement.prototype, "offsetHeight", {
  configurable: true,
  get: () => 900,
});

/** Media queries answer for a window of this width; tests may set it. */
export const screenWidth = { px: 1440 };
window.matchMedia = (query) => {
  const max = /max-width:\s*(\d+)px/.exec(query)?.[1];
  const min = /min-width:\s*(\d+)px/.exec(query)?.[1];
  const matches =
    (max !== undefined || min !== undefined) &&
    (max === undefined || screenWidth.px <= Number(max)) &&
    (min === undefined || screenWidth.px >= Number(min));
  return {
    matches,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  };
};

beforeEach(() => {
  screenWidth.px = 1440;
  window.location.hash = "";
  window.localStorage.clear();
});

afterEach(async () => {
  cleanup();
  clearToasts();
  // Unlisten calls of the last tick still need the transport.
  await new Promise((resolve) => setTimeout(resolve, 0));
  clearMocks();
});
