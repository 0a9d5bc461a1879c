import { type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import type { Item } from "./items.ts";

/**
 * Keeps the row that is looked at where it is while rows come and go above it.
 *
 * At the very top new mail may come in visibly, unless the pointer is over the list: then somebody
 * is about to press something and nothing may move.
 */
export function useAnchor(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly Item[],
  offsets: readonly number[],
): { remember: () => void; pointer: (inside: boolean) => void } {
  const anchor = useRef<{ key: string; below: number } | null>(null);
  const pointed = useRef(false);
  const latest = useRef({ items, offsets });

  const remember = useCallback(() => {
    const top = scroller.current?.scrollTop ?? 0;
    anchor.current = firstBelow(latest.current.items, latest.current.offsets, top);
  }, [scroller]);

  useLayoutEffect(() => {
    latest.current = { items, offsets };
    const element = scroller.current;
    const kept = anchor.current;
    if (!element) return;
    if (kept && (element.scrollTop > 0 || pointed.current)) {
      const at = items.findIndex((item) => item.key === kept.key);
      const start = offsets[at];
      const wanted = start === undefined ? null : Math.max(0, start - kept.below);
      if (wanted !== null && wanted !== element.scrollTop) element.scrollTop = wanted;
    }
    remember();
  }, [items, offsets, scroller, remember]);

  const pointer = useCallback((inside: boolean) => {
    pointed.current = inside;
  }, []);
  return { remember, pointer };
}

/** The first thread that begins at or under a scroll position, and how far under it. */
export function firstBelow(
  items: readonly Item[],
  offsets: readonly number[],
  top: number,
): { key: string; below: number } | null {
  const at = items.findIndex(
    (item, index) => item.kind === "thread" && (offsets[index + 1] ?? 0) > top,
  );
  const item = items[at];
  return item ? { key: item.key, below: (offsets[at] ?? 0) - top } : null;
}
