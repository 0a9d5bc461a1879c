import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { memo, useCallback, useEffect, useMemo } from "react";
import { useContextMaker } from "../../actions/context.ts";
import { actOn, step } from "../../actions/threads.ts";
import type { MailAction, Scope, ThreadOrder, ThreadRow } from "../../api/bindings.ts";
import { overviewQuery, scopeKey, settingsQuery } from "../../api/queries.ts";
import { useThreadList } from "../../api/thread-list.ts";
import { announce } from "../../app/announce.ts";
import { useForm } from "../../app/layout.ts";
import { useOrder } from "../../app/list-order.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Kbd } from "../../components/Kbd.tsx";
import { useT } from "../../i18n/language.tsx";
import { isWritten, scopeCounts, scopeName } from "../folders.ts";
import { EmptyList } from "./EmptyList.tsx";
import { FilterBar, FilterEnd } from "./FilterBar.tsx";
import { clearFilter, keepOpened, useFilter, useNarrowed } from "./filter.ts";
import styles from "./List.module.css";
import { ListHeader } from "./ListHeader.tsx";
import { keepPicked, moveCursor, resetSelection, useSelection } from "./selection.ts";
import { ComingList, ThreadList } from "./ThreadList.tsx";
import { useArrivals } from "./use-arrivals.ts";

/** Rows that fill any pane. */
const SCREENFUL = 30;
/** How many conversations a filter looks through before it leaves the rest to the search. */
const LOOK_THROUGH = 3000;

/** The list of threads of one scope, with its header and the way into the search. */
export function ListPane({ scope, open }: { scope: Scope; open: string | null }) {
  const order = useOrder(scope);
  return (
    <div className={styles.pane}>
      <Above scope={scope} />
      <Rows key={`${scopeKey(scope)} ${order}`} scope={scope} order={order} open={open} />
    </div>
  );
}

/** What stands above the rows, whichever of them is open. */
const Above = memo(function Above({ scope }: { scope: Scope }) {
  const t = useT();
  const form = useForm();
  return (
    <>
      <ListHeader scope={scope} />
      <search className={styles.searchRow}>
        <button
          type="button"
          className={styles.searchField}
          onClick={() => goToMail({ search: "", thread: null, compose: null })}
        >
          <Icon of={Search} size={14} />
          <span className={styles.searchWords}>{t("search.placeholder")}</span>
          {form === "one" ? null : <Kbd keys="/" />}
        </button>
      </search>
      <FilterBar />
    </>
  );
});

type RowsProps = { scope: Scope; order: ThreadOrder; open: string | null };

function Rows({ scope, order, open }: RowsProps) {
  const t = useT();
  const list = useThreadList(scope);
  const all = list.rows;
  const rows = useNarrowed(all);
  const filter = useFilter();
  const { data: overview } = useQuery(overviewQuery);
  const { data: settings } = useQuery(settingsQuery);
  const selection = useSelection();
  const makeContext = useContextMaker();
  const name = scopeName(scope, overview, t);
  const { arrived, clear } = useArrivals(all, scopeKey(scope), list.isSuccess);
  const compact = settings?.density === "compact";

  useEffect(() => resetSelection, []);
  useEffect(() => clearFilter, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter asks again
  useEffect(() => {
    keepOpened(all.find((row) => row.id === open) ?? null);
  }, [open, all, filter]);
  useEffect(() => keepPicked(new Set(rows.map((row) => row.id))), [rows]);
  useEffect(() => {
    if (arrived.length > 0) announce(t("list.arrived", { n: arrived.length, where: name }));
  }, [arrived, name, t]);

  const onOpen = useCallback((row: ThreadRow) => {
    moveCursor(row.id);
    goToMail({ thread: row.id, compose: null });
  }, []);
  const onStep = useCallback((by: 1 | -1) => step(makeContext(), by), [makeContext]);
  const onAct = useCallback(
    (row: ThreadRow, action: MailAction) => {
      actOn(makeContext(), [row.id], action).catch((error: unknown) => reportError(error));
    },
    [makeContext],
  );
  const { loadMore, looking, stopped } = useLoading(list, rows.length);

  if (list.isPending) return <ComingList compact={compact} />;
  if (list.isError && all.length === 0) {
    return <Problem words={t("list.failed")} retry={() => list.refetch()} />;
  }
  if (all.length === 0) return <EmptyList scope={scope} overview={overview} />;
  if (rows.length === 0) {
    if (looking) return <ComingList compact={compact} />;
    return <FilterEnd scope={scope} overview={overview} looked={all.length} all={!stopped} />;
  }
  return (
    <>
      <ThreadList
        rows={rows}
        dated={order === "newest"}
        written={isWritten(scope, overview)}
        total={filter === null ? (scopeCounts(scope, overview)?.total ?? null) : null}
        label={name}
        open={open}
        selection={selection}
        compact={compact}
        loadMore={loadMore}
        arrived={arrived.length}
        onSeen={clear}
        onOpen={onOpen}
        onStep={onStep}
        onAct={onAct}
      />
      {stopped ? (
        <FilterEnd scope={scope} overview={overview} looked={all.length} all={false} />
      ) : null}
      {list.isFetchNextPageError ? (
        <Problem words={t("list.moreFailed")} retry={() => list.fetchNextPage()} />
      ) : null}
    </>
  );
}

/**
 * How the list goes on downwards. A narrowed list goes on by itself until it fills the pane, but stops before it has
 * walked through years of mail.
 */
function useLoading(list: ReturnType<typeof useThreadList>, shown: number) {
  const filter = useFilter();
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list;
  const stopped = filter !== null && hasNextPage && list.rows.length >= LOOK_THROUGH;
  const free = hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !stopped;
  const loadMore = useMemo(
    () =>
      free
        ? () => {
            fetchNextPage().catch(() => undefined);
          }
        : null,
    [fetchNextPage, free],
  );
  const looking =
    filter !== null && shown < SCREENFUL && hasNextPage && !stopped && !isFetchNextPageError;
  useEffect(() => {
    if (looking) loadMore?.();
  }, [looking, loadMore]);
  return { loadMore, looking, stopped };
}

function Problem({ words, retry }: { words: string; retry: () => Promise<unknown> }) {
  const t = useT();
  return (
    <div className={styles.problem}>
      <Banner
        tone="red"
        action={
          <Button size="small" onClick={() => retry().catch(() => undefined)}>
            {t("common.tryAgain")}
          </Button>
        }
      >
        {words}
      </Banner>
    </div>
  );
}
