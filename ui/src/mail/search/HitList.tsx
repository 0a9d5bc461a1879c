import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { SearchHit } from "../../api/bindings.ts";
import { useNow } from "../../app/now.ts";
import { useT } from "../../i18n/language.tsx";
import { HitRow } from "./HitRow.tsx";
import styles from "./Search.module.css";

/** Heights of a result, px: two lines side by side, or three below each other in a narrow pane. */
const WIDE = 58;
const NARROW = 72;
/** From this width on a result is one line of columns, px; `Search.module.css` says the same. */
const COLUMNS = 620;

type Props = {
  hits: readonly SearchHit[];
  total: number;
  folders: ReadonlyMap<string, string>;
  open: string | null;
  cursor: string | null;
  loadMore: (() => void) | null;
  onOpen: (hit: SearchHit) => void;
  onCursor: (id: string) => void;
  /** Back to the field. */
  onLeave: () => void;
};

export function HitList(props: Props) {
  const { hits, total, folders, open, cursor, loadMore, onOpen, onCursor, onLeave } = props;
  const t = useT();
  const now = useNow(60_000);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useRowHeight(scroller);
  const virtual = useVirtualizer({
    count: hits.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => hits[index]?.id ?? index,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights must be read again
  useEffect(() => virtual.measure(), [height, virtual]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore && last >= hits.length - 10) loadMore();
  }, [loadMore, last, hits.length]);

  const at = Math.max(
    0,
    hits.findIndex((hit) => hit.id === cursor),
  );
  const press = (event: KeyboardEvent) => {
    const meaning = meaningOf(event, open !== null);
    if (meaning === null) return;
    event.preventDefault();
    const hit = hits[at];
    if (meaning === "choose") {
      if (hit) onOpen(hit);
      return;
    }
    const next = meaning === "leave" ? undefined : hits[at + meaning];
    if (next) {
      virtual.scrollToIndex(at + Number(meaning));
      onCursor(next.id);
    } else if (meaning !== 1) onLeave();
  };

  return (
    <div ref={scroller} className={styles.scroller}>
      <div
        role="listbox"
        aria-label={t("search.mail")}
        tabIndex={-1}
        className={styles.rows}
        style={{ blockSize: virtual.getTotalSize() }}
        onKeyDown={press}
      >
        {shown.map((place) => {
          const hit = hits[place.index];
          if (!hit) return null;
          return (
            <div
              key={place.key}
              role="presentation"
              className={styles.place}
              style={{ transform: `translateY(${place.start}px)` }}
            >
              <HitRow
                hit={hit}
                folder={folders.get(hit.folder) ?? hit.path}
                selected={open === null ? place.index === at : hit.thread === open}
                cursor={place.index === at}
                now={now}
                position={place.index + 1}
                total={total}
                onOpen={onOpen}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What a key means among results: up, down, open this one, or back to the field. */
function meaningOf(event: KeyboardEvent, opened: boolean): 1 | -1 | "choose" | "leave" | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key) {
    case "ArrowDown":
    case "j":
      return 1;
    case "ArrowUp":
    case "k":
      return -1;
    case "Enter":
    case "o":
      return "choose";
    case "Escape":
      // With a result open, Escape closes it first: that is the table's business.
      return opened ? null : "leave";
    default:
      return null;
  }
}

function useRowHeight(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(WIDE);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setHeight(element.offsetWidth >= COLUMNS ? WIDE : NARROW),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return height;
}
