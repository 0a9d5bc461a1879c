import { type PointerEvent, type RefObject, useLayoutEffect, useRef } from "react";
import type { Corner } from "../app/team-panel.ts";
import { nearest } from "./corners.ts";

/** A press that moves less is a click, px. */
const SLACK = 6;
/** How long it takes to its new corner, ms: the design's value. */
const MOVE = 180;

/** Follows the pointer while it is pressed, and glides to the corner it is let go near. */
export function useDrag(
  moving: RefObject<HTMLElement | null>,
  corner: Corner,
  onMove: (corner: Corner) => void,
) {
  const moved = useRef(false);
  const from = useRef<DOMRect | null>(null);
  useLayoutEffect(() => {
    const element = moving.current;
    const before = from.current;
    from.current = null;
    if (corner === undefined || element === null || before === null) return;
    glide(element, before);
  }, [moving, corner]);

  const begin = (event: PointerEvent<HTMLElement>) => {
    moved.current = false;
    if (event.button !== 0) return;
    const element = event.currentTarget;
    const { clientX, clientY, pointerId } = event;
    // A quick hand is off the element before the first move is told. What was pressed holds the pointer, not what is
    // around it: a click goes to who holds it.
    const pressed = (event.target as Element).closest("button") ?? element;
    pressed.setPointerCapture?.(pointerId);
    element.onpointermove = (now) => {
      const [x, y] = [now.clientX - clientX, now.clientY - clientY];
      if (!moved.current && Math.hypot(x, y) < SLACK) return;
      moved.current = true;
      element.style.translate = `${x}px ${y}px`;
    };
    element.onpointerup = (now) => {
      if (!moved.current) return;
      from.current = element.getBoundingClientRect();
      element.style.translate = "";
      const next = nearest(now.clientX, now.clientY, window.innerWidth, window.innerHeight);
      if (next === corner) glide(element, from.current);
      onMove(next);
    };
    element.onpointercancel = () => {
      element.style.translate = "";
    };
    element.onlostpointercapture = () => {
      element.onpointermove = null;
      element.onpointerup = null;
    };
  };
  return {
    begin,
    /** Whether this click ended a move and means nothing else. A key's click never does. */
    isEnd: (click: { detail: number }) => moved.current && click.detail > 0,
  };
}

function glide(element: HTMLElement, from: DOMRect): void {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const to = element.getBoundingClientRect();
  element.animate?.(
    [{ translate: `${from.x - to.x}px ${from.y - to.y}px` }, { translate: "0 0" }],
    { duration: MOVE, easing: "cubic-bezier(0.3, 0, 0.1, 1)" },
  );
}
