import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useCallback, useEffect, useMemo } from "react";
import { useContextMaker } from "../../actions/context.ts";
import { actOn, step } from "../../actions/threads.ts";
import type { MailAction, Scope, ThreadRow } from "../../api/bindings.ts";
import { overviewQuery, scopeKey, settingsQuery } from "../../api/queries.ts";
import { useThreadList } from "../../api/thread-list.ts";
import { announce } from "../../app/announce.ts";
import { useForm } from "../../app/layout.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Kbd } from "../../components/Kbd.tsx";
import { useT } from "../../i18n/language.tsx";
import { scopeCounts, scopeName } from "../folders.ts";
import { EmptyList } from "./EmptyList.tsx";
import styles from "./List.module.css";
import { ListHeader } from "./ListHeader.tsx";
import { keepPicked, moveCursor, resetSelection, useSelection } from "./selection.ts";
import { ComingList, ThreadList } from "./ThreadList.tsx";
import { useArrivals } from "./use-arrivals.ts";

/** The list of threads of one scope, with its header and the way into the search. */
export function ListPane({ scope, open }: { scope: Scope; open: string | null }) {
  const t = useT();
  const form = useForm();
  return (
    <div className={styles.pane}>
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
      <Rows key={scopeKey(scope)} scope={scope} open={open} />
    </div>
  );
}

function Rows({ scope, open }: { scope: Scope; open: string | null }) {
  const t = useT();
  const list = useThreadList(scope);
  const { rows } = list;
  const { data: overview } = useQuery(overviewQuery);
  const { data: settings } = useQuery(settingsQuery);
  const selection = useSelection();
  const makeContext = useContextMaker();
  const name = scopeName(scope, overview, t);
  const { arrived, clear } = useArrivals(rows, scopeKey(scope), list.isSuccess);
  const compact = settings?.density === "compact";

  useEffect(() => resetSelection, []);
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
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list;
  const loadMore = useMemo(
    () =>
      hasNextPage && !isFetchingNextPage && !isFetchNextPageError
        ? () => {
            fetchNextPage().catch(() => undefined);
          }
        : null,
    [fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError],
  );

  if (list.isPending) return <ComingList compact={compact} />;
  if (list.isError && rows.length === 0) {
    return <Problem words={t("list.failed")} retry={() => list.refetch()} />;
  }
  if (rows.length === 0) return <EmptyList scope={scope} overview={overview} />;
  return (
    <>
      <ThreadList
        rows={rows}
        total={scopeCounts(scope, overview)?.total ?? null}
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
      {isFetchNextPageError ? (
        <Problem words={t("list.moreFailed")} retry={() => fetchNextPage()} />
      ) : null}
    </>
  );
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
