import { useEffect, useMemo, useRef, useState } from "react";
import { copyFromFrame, returnFocus } from "./frame-focus.ts";
import { type LinkTarget, type PlacedLink, placeLinks, takeLinks } from "./frame-links.ts";
import { onGround } from "./frame-style.ts";
import { LinkOverlay } from "./LinkOverlay.tsx";
import styles from "./MailFrame.module.css";

type Props = {
  /** A whole document, made safe in Rust. */
  html: string;
  /** Names the frame for screen readers. */
  title: string;
  /** The colours the document was made for. */
  dark: boolean;
  onOpen: (href: string) => void;
  /** The link under the pointer or the focus, null when there is none. */
  onTarget: (target: LinkTarget | null) => void;
};

/**
 * A mail's HTML in a frame that runs no script and opens nothing.
 *
 * `allow-same-origin` without `allow-scripts` lets the window measure the document; the document can do nothing
 * with it. The frame is as tall as the mail, so the conversation scrolls and the frame never does; a mail wider
 * than the pane scrolls sideways in its own box.
 */
export function MailFrame({ html, title, dark, onOpen, onTarget }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const [links, setLinks] = useState<PlacedLink[]>([]);
  const document = useMemo(() => onGround(html, dark), [html, dark]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new document is a new frame to watch
  useEffect(() => {
    const element = frame.current;
    const holder = box.current;
    if (element === null || holder === null) return;
    return watchFrame(element, holder, setLinks);
  }, [document]);

  useEffect(() => {
    const element = frame.current;
    const home = box.current?.closest<HTMLElement>("[data-focus-home]") ?? box.current;
    if (element === null || home === null) return;
    const stops = [returnFocus(element, home), copyFromFrame(element)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);

  return (
    <div ref={box} className={styles.box} data-scheme={dark ? "dark" : "light"} tabIndex={-1}>
      <div className={styles.sheet}>
        <iframe
          ref={frame}
          className={styles.frame}
          title={title}
          sandbox="allow-same-origin"
          srcDoc={document}
          tabIndex={-1}
          // Deprecated, and the only thing that keeps WebKit from drawing bars while the height settles.
          scrolling="no"
        />
        <LinkOverlay links={links} onOpen={onOpen} onTarget={onTarget} />
      </div>
    </div>
  );
}

/** A mail whose height follows the frame's would grow for ever. */
const MAX_GROWTH_STEPS = 12;

/** Waits for the document, takes its links, and keeps frame and links in step with its size. */
const watchFrame = (
  frame: HTMLIFrameElement,
  box: HTMLElement,
  onLinks: (links: PlacedLink[]) => void,
): (() => void) => {
  let ready: Document | null = null;
  let waiting = 0;
  let grown = 0;

  const fitFrame = (): void => {
    const root = ready?.documentElement;
    if (!ready || !root) return;
    frame.style.inlineSize = "100%";
    const wide = root.scrollWidth;
    // Only the table that is too wide goes beyond the pane; text goes on wrapping inside it.
    root.style.setProperty("--kontor-pane", `${box.clientWidth}px`);
    if (wide > box.clientWidth + 1) frame.style.inlineSize = `${wide}px`;
    let height = Math.ceil(root.getBoundingClientRect().height);
    // Content placed outside the flow does not count in the root's height but must be seen.
    if (root.scrollHeight > Math.max(height, frame.clientHeight) && grown < MAX_GROWTH_STEPS) {
      grown += 1;
      height = root.scrollHeight;
    }
    frame.style.blockSize = `${height}px`;
    onLinks(placeLinks(ready));
  };
  const sizes = new ResizeObserver(fitFrame);

  const look = (): void => {
    const doc = frame.contentDocument;
    // Before the mail arrives the frame holds an empty document of its own.
    if (doc?.body && doc.URL === "about:srcdoc" && doc.readyState !== "loading") {
      if (doc !== ready) {
        ready = doc;
        takeLinks(doc);
        sizes.disconnect();
        sizes.observe(doc.documentElement);
        for (const image of doc.images) sizes.observe(image);
        sizes.observe(box);
        fitFrame();
      }
      if (doc.readyState === "complete") return;
    }
    waiting = requestAnimationFrame(look);
  };
  const onLoad = (): void => {
    cancelAnimationFrame(waiting);
    look();
    fitFrame();
  };
  frame.addEventListener("load", onLoad);
  look();
  return () => {
    cancelAnimationFrame(waiting);
    frame.removeEventListener("load", onLoad);
    sizes.disconnect();
  };
};
