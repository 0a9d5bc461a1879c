import type { Corner } from "../app/team-panel.ts";

/** The corner an arrow key leads to. */
export function beside(corner: Corner, key: string): Corner | null {
  const [block, inline] = corner.split("-");
  switch (key) {
    case "ArrowUp":
      return `top-${inline}` as Corner;
    case "ArrowDown":
      return `bottom-${inline}` as Corner;
    case "ArrowLeft":
      return `${block}-start` as Corner;
    case "ArrowRight":
      return `${block}-end` as Corner;
    default:
      return null;
  }
}

/** The corner nearest to a point of the window. */
export function nearest(x: number, y: number, width: number, height: number): Corner {
  return `${y < height / 2 ? "top" : "bottom"}-${x < width / 2 ? "start" : "end"}`;
}
