/** Where a link goes and whether its words say something else. */
export type LinkTarget = { href: string; lies: boolean };

/** A link of the mail, and where its words and pictures lie on the page of the frame, px. */
export type PlacedLink = LinkTarget & {
  key: number;
  text: string;
  boxes: { x: number; y: number; width: number; height: number }[];
};

const OPENABLE = /^(?:https?|mailto|tel):/iu;

/**
 * Takes the links out of the frame's own hands.
 *
 * A frame without scripts also runs none of the listeners we would put into it (WebKit refuses them), so
 * a click inside could only navigate the frame. The addresses move to the elements' data, and
 * `MailFrame` lays real links of the window over their places.
 */
export const takeLinks = (doc: Document): void => {
  let key = 0;
  for (const link of doc.querySelectorAll<HTMLAnchorElement>("a[href], area[href]")) {
    const href = link.getAttribute("href")?.trim() ?? "";
    link.removeAttribute("href");
    link.removeAttribute("target");
    if (!OPENABLE.test(href)) continue;
    link.dataset.kontorLink = href;
    link.dataset.kontorKey = String(key);
    key += 1;
  }
  for (const control of doc.querySelectorAll<HTMLElement>("[tabindex], button, input, select")) {
    control.tabIndex = -1;
  }
};

/** Measures the links where they now stand. */
export const placeLinks = (doc: Document): PlacedLink[] =>
  [...doc.querySelectorAll<HTMLElement>("[data-kontor-link]")].flatMap((element) => {
    const boxes = boxesOf(element);
    const href = element.dataset.kontorLink ?? "";
    return href === ""
      ? []
      : [
          {
            key: Number(element.dataset.kontorKey),
            href,
            lies: element.dataset.kontorLies !== undefined,
            text: nameOf(element, href),
            boxes,
          },
        ];
  });

const nameOf = (element: HTMLElement, href: string): string => {
  const words = element.textContent?.replace(/\s+/gu, " ").trim() ?? "";
  const picture = element.querySelector("img[alt]")?.getAttribute("alt")?.trim() ?? "";
  return words || picture || href;
};

/** Line boxes of an inline link, and the pictures in it, which stand taller than the line. */
const boxesOf = (element: HTMLElement): PlacedLink["boxes"] => {
  const rects = typeof element.getClientRects === "function" ? [...element.getClientRects()] : [];
  for (const inner of element.querySelectorAll("img, table, div, span[style*=block]")) {
    rects.push(inner.getBoundingClientRect());
  }
  return rects
    .filter(({ width, height }) => width > 1 && height > 1)
    .map(({ x, y, width, height }) => ({ x, y, width, height }));
};
