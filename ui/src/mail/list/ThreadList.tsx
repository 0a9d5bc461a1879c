import {
  defaultRangeExtractor,
  type Range,
  useVirtualizer,
  type Virtualizer,
} from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
} from "react";
import type { MailAction, ThreadRow as Row } from "../../api/bindings.ts";
import { useForm } from "../../app/layout.ts";
import { useNow } from "../../app/now.ts";
import { AfterPatience } from "../../components/Skeleton.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { type Item, itemsOf, offsetsOf, plainItemsOf, threadHeight } from "./items.ts";
import styles from "./List.module.css";
import { ListSkeleton } from "./ListSkeleton.tsx";
import { moveCursor, pickRange, type Selection, togglePicked } from "./selection.ts";
import { ThreadRow } from "./ThreadRow.tsx";
import { useAnchor } from "./use-anchor.ts";
import { useSettling } from "./use-settling.ts";

/** How near the end more is loaded, rows. */
const AHEAD = 20;

type Props = {
  rows: readonly Row[];
  /** They stand by date: days and months head them. */
  dated: boolean;
  /** They are what one wrote oneself. */
  written: boolean;
  /** All rows of the scope, when known. */
  total: number | null;
  label: string;
  open: string | null;
  selection: Selection;
  compact: boolean;
  loadMore: (() => void) | null;
  /** How many arrived unseen above; their pill leads to the top. */
  arrived: number;
  onSeen: () => void;
  onOpen: (row: Row) => void;
  onStep: (by: 1 | -1) => void;
  onAct: (row: Row, action: MailAction) => void;
};

/** The rows of a list, only those in view in the page. */
export function ThreadList(props: Props) {
  const { rows, dated, open, selection, compact, loadMore, onSeen } = props;
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const onePane = useForm() === "one";
  const scroller = useRef<HTMLDivElement>(null);
  const height = threadHeight(onePane, compact);
  const items = useMemo(
    () => (dated ? itemsOf(rows, now, t, format) : plainItemsOf(rows)),
    [rows, dated, now, t, format],
  );
  const offsets = useMemo(() => offsetsOf(items, height), [items, height]);
  const cursor = selection.cursor ?? open ?? rows[0]?.id ?? null;
  const cursorAt = items.findIndex((item) => item.key === cursor);
  const virtual = useRowsInView(scroller, items, height, offsets, cursorAt);
  const anchor = useAnchor(scroller, items, offsets);
  useFollowCursor(scroller, selection.cursor, cursorAt, (at) => {
    // Asked of the list itself, the page would be laid out for a row that stands in view as most do.
    const top = virtual.scrollOffset ?? 0;
    const bottom = top + (virtual.scrollRect?.height ?? 0);
    const inView = (offsets[at] ?? 0) >= top && (offsets[at + 1] ?? Infinity) <= bottom;
    if (!inView) virtual.scrollToIndex(at, { align: "auto" });
  });
  const lastShown = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore && lastShown >= items.length - AHEAD) loadMore();
  }, [loadMore, lastShown, items.length]);

  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    onSeen();
  };
  return (
    <div className={styles.frame}>
      {props.arrived > 0 && (virtual.scrollOffset ?? 0) > 0 ? (
        <button type="button" className={styles.pill} onClick={toTop}>
          {t("list.newMails", { n: props.arrived })}
        </button>
      ) : null}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={(event) => {
          anchor.remember();
          if (event.currentTarget.scrollTop <= 0) onSeen();
        }}
        onPointerEnter={() => anchor.pointer(true)}
        onPointerLeave={() => anchor.pointer(false)}
      >
        <Places
          {...props}
          virtual={virtual}
          items={items}
          offsets={offsets}
          cursor={cursor}
          now={now}
        />
      </div>
    </div>
  );
}

type Rows = Virtualizer<HTMLDivElement, Element>;
type PlacesProps = Props & {
  virtual: Rows;
  items: readonly Item[];
  offsets: readonly number[];
  cursor: string | null;
  now: Date;
};

/** The list itself: each item in view at its place. */
function Places(props: PlacesProps) {
  const { rows, open, selection, virtual, items, offsets, cursor, onOpen } = props;
  const settling = useSettling(rows);
  const order = useMemo(() => rows.map((row) => row.id), [rows]);
  const press = useCallback(
    (row: Row, event: MouseEvent) => {
      if (event.shiftKey) pickRange(row.id, order);
      else if (event.metaKey || event.ctrlKey) togglePicked(row.id);
      else onOpen(row);
    },
    [order, onOpen],
  );
  const pick = useCallback(
    (row: Row, range: boolean) => (range ? pickRange(row.id, order) : togglePicked(row.id)),
    [order],
  );
  return (
    <div
      role="listbox"
      aria-label={props.label}
      aria-multiselectable="true"
      className={styles.rows}
      style={{ blockSize: virtual.getTotalSize() }}
      data-settling={settling || undefined}
      data-picking={selection.picked.size > 0 || undefined}
      onKeyDown={(event) => onListKey(event, cursor, order, props.onStep)}
    >
      {virtual.getVirtualItems().map((place) => {
        const item = items[place.index];
        if (!item) return null;
        const at = { transform: `translateY(${offsets[place.index] ?? 0}px)` };
        if (item.kind === "day") {
          return (
            <div key={place.key} className={styles.day} style={at} role="presentation">
              {item.label}
            </div>
          );
        }
        const chosen = isChosen(item, open, selection);
        return (
          <div
            key={place.key}
            className={styles.item}
            style={at}
            role="presentation"
            data-line={needsLine(items, place.index, chosen, open, selection) || undefined}
          >
            <ThreadRow
              row={item.row}
              selected={chosen}
              picked={selection.picked.has(item.key)}
              cursor={item.key === cursor}
              compact={props.compact}
              dated={props.dated}
              written={props.written}
              now={props.now}
              position={item.position}
              total={props.total ?? -1}
              onPress={press}
              onFocus={focusRow}
              onPick={pick}
              onAct={props.onAct}
            />
          </div>
        );
      })}
    </div>
  );
}

/** Which items are in view. Their places are known beforehand, so nothing is measured. */
function useRowsInView(
  scroller: RefObject<HTMLDivElement | null>,
  items: readonly Item[],
  height: number,
  offsets: readonly number[],
  cursorAt: number,
): Rows {
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (offsets[index + 1] ?? 0) - (offsets[index] ?? 0),
    // Another function would have all places worked out anew, of each mail of a long list.
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    overscan: 8,
    // The row with the focus stays in the page when it is scrolled away, or the focus would be lost.
    rangeExtractor: useCallback(
      (range: Range) => withCursor(defaultRangeExtractor(range), cursorAt),
      [cursorAt],
    ),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights must be read again
  useEffect(() => virtual.measure(), [height, virtual]);
  return virtual;
}

const focusRow = (row: Row) => moveCursor(row.id);

/** A list that is not here yet: nothing at first, its shape when it takes long. */
export function ComingList({ compact }: { compact: boolean }) {
  return (
    <AfterPatience>
      <ListSkeleton compact={compact} />
    </AfterPatience>
  );
}

function isChosen(item: Item | undefined, open: string | null, selection: Selection): boolean {
  return (
    item?.kind === "thread" &&
    (selection.picked.size > 0 ? selection.picked.has(item.key) : item.key === open)
  );
}

/** A hairline stands between two rows of plain ground and nowhere else. */
function needsLine(
  items: readonly Item[],
  at: number,
  chosen: boolean,
  open: string | null,
  selection: Selection,
): boolean {
  const before = items[at - 1];
  return !chosen && before?.kind === "thread" && !isChosen(before, open, selection);
}

function withCursor(range: number[], cursor: number): number[] {
  if (cursor < 0 || range.includes(cursor)) return range;
  return [...range, cursor].sort((a, b) => a - b);
}

/** Brings the cursor's row into view and, when the list or nothing has the focus, focuses it. */
function useFollowCursor(
  scroller: RefObject<HTMLDivElement | null>,
  cursor: string | null,
  at: number,
  scrollTo: (at: number) => void,
): void {
  const latest = useRef({ at, scrollTo });
  latest.current = { at, scrollTo };
  useEffect(() => {
    if (cursor === null || latest.current.at < 0) return;
    latest.current.scrollTo(latest.current.at);
    const focused = document.activeElement;
    const ours =
      focused === null || focused === document.body || scroller.current?.contains(focused);
    if (ours) {
      const row = scroller.current?.querySelector<HTMLElement>(`#thread-${CSS.escape(cursor)}`);
      row?.focus({ preventScroll: true });
    }
  }, [cursor, scroller]);
}

function onListKey(
  event: KeyboardEvent,
  cursor: string | null,
  order: readonly string[],
  onStep: (by: 1 | -1) => void,
): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === " " && cursor !== null) {
    event.preventDefault();
    togglePicked(cursor);
    return;
  }
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
  if (by === null) return;
  event.preventDefault();
  if (!event.shiftKey) {
    onStep(by);
    return;
  }
  const next = order[order.indexOf(cursor ?? "") + by];
  if (next !== undefined) pickRange(next, order);
}
