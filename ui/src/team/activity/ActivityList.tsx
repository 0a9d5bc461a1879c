import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { ActivityItem, TeamOverview } from "../../api/bindings.ts";
import { useNow } from "../../app/now.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import styles from "./ActivityTab.module.css";
import { Item } from "./Item.tsx";
import { openItem } from "./open-item.ts";
import { type ActivityLine, LINE_HEIGHT, linesOf } from "./rows.ts";

/** How near the end more is loaded, lines. */
const AHEAD = 12;

type Props = {
  items: readonly ActivityItem[];
  overview: TeamOverview;
  /** Whom all of it is about; null: anybody. */
  about: string | null;
  /** Null while it loads or when there is no more. */
  loadMore: (() => void) | null;
  more: boolean;
};

/** The items, only those in view in the page. Older ones come while one scrolls. */
export function ActivityList({ items, overview, about, loadMore, more }: Props) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(items, more, now, t, format), [items, more, now, t, format]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => LINE_HEIGHT[lines[index]?.kind ?? "item"],
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore && lastShown >= lines.length - AHEAD) loadMore();
  }, [loadMore, lastShown, lines.length]);
  return (
    <div ref={scroller} className={styles.scroller}>
      <ul className={styles.lines} style={{ blockSize: virtual.getTotalSize() }}>
        {shown.map(({ index, start, key }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <li key={key} className={styles.place} style={{ translate: `0 ${start}px` }}>
              {line.kind === "day" ? (
                <Day line={line} />
              ) : (
                <Item
                  item={line.item}
                  last={line.last}
                  overview={overview}
                  about={about}
                  onOpen={() => openItem(line.item, t)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Day({ line }: { line: Extract<ActivityLine, { kind: "day" }> }) {
  return (
    <h3 className={styles.day}>
      <span>{line.label}</span>
      {line.count === null ? null : <span>{line.count}</span>}
    </h3>
  );
}
