import "./renders.ts";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { clearToasts } from "../src/components/toasts.ts";
import { keepComputedStyles } from "./computed-style.ts";

// Two busy cores: a slow answer is no failure, and a failure is read better without the whole page.
configure({
  asyncUtilTimeout: 8000,
  // What is drawn ahead out of sight is nothing one reads.
  defaultIgnore: "script, style, [data-ahead] *",
  getElementError: (message) => new Error(message?.split("\n")[0] ?? "Not found."),
});

// What jsdom has not got. Sizes are a window of 1440 × 900, so that the virtualised lists show rows.
class SizeObserver implements ResizeObserver {
  private readonly report: ResizeObserverCallback;
  constructor(report: ResizeObserverCallback) {
    this.report = report;
  }
  observe(target: Element): void {
    const { offsetWidth: width, offsetHeight: height } = target as HTMLElement;
    const size = [{ inlineSize: width, blockSize: height }];
    const contentRect = new DOMRect(0, 0, width, height);
    const entry = { target, contentRect, borderBoxSize: size, contentBoxSize: size };
    // Never within the call, as in a browser: React may be rendering.
    queueMicrotask(() => this.report([entry as unknown as ResizeObserverEntry], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}

keepComputedStyles();
vi.stubGlobal("ResizeObserver", SizeObserver);
vi.stubGlobal("CSS", { escape: (text: string) => text.replace(/[^\w-]/g, (sign) => `\\${sign}`) });
// Newer browsers answer with a promise, which must not become an effect's undoing.
Element.prototype.scrollIntoView = (() => Promise.resolve()) as Element["scrollIntoView"];
Element.prototype.scrollTo = function scrollTo(this: Element, ...args: unknown[]) {
  const first = args[0];
  this.scrollTop =
    typeof first === "object" && first !== null ? Number(Reflect.get(first, "top")) : 0;
  this.dispatchEvent(new Event("scroll"));
} as Element["scrollTo"];
for (const [name, px] of [
  ["offsetWidth", 1440],
  ["offsetHeight", 900],
  ["clientWidth", 1440],
  ["clientHeight", 900],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => px });
}

const everywhere = [new DOMRect(0, 0, 1440, 900)];
Element.prototype.getClientRects = () => everywhere as unknown as DOMRectList;

// The note's editor measures the letters it shows.
Range.prototype.getClientRects = () => everywhere as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 8, 20);

/** Media queries answer for a window of this width; tests may set it. */
export const screenWidth = { px: 1440 };
window.matchMedia = (query) => {
  const max = /max-width:\s*(\d+)px/.exec(query)?.[1];
  const min = /min-width:\s*(\d+)px/.exec(query)?.[1];
  return {
    get matches() {
      return (
        (max !== undefined || min !== undefined) &&
        (max === undefined || screenWidth.px <= Number(max)) &&
        (min === undefined || screenWidth.px >= Number(min))
      );
    },
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
