import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Overview, SearchHit } from "../../api/bindings.ts";
import { overviewQuery } from "../../api/queries.ts";
import { hitsOf, useSearch } from "../../api/search.ts";
import { announce } from "../../app/announce.ts";
import { focusPane } from "../../app/panes.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { folderName } from "../folders.ts";
import { CoverageBar } from "./CoverageBar.tsx";
import { EmptyField } from "./EmptyField.tsx";
import { HitList } from "./HitList.tsx";
import { NothingFound } from "./NothingFound.tsx";
import { rememberSearch } from "./recent.ts";
import styles from "./Search.module.css";
import { SearchField } from "./SearchField.tsx";
import { useDebounced } from "./use-debounced.ts";

/** How long typing must rest before it is searched, ms: shorter than the next letter of a fast typist. */
const REST = 40;

/** The search: field, how complete it is, results. Fills the window until a result is opened. */
export function SearchPane({ text, open }: { text: string; open: string | null }) {
  const t = useT();
  const format = useFormat();
  const { data: overview } = useQuery(overviewQuery);
  const asked = useDebounced(text, REST);
  const search = useSearch(asked);
  const hits = useMemo(() => hitsOf(search.data), [search.data]);
  const folders = useFolderNames(overview);
  const results = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const first = search.data?.pages[0];
  const empty = text.trim() === "";
  const settled = asked === text && !search.isPlaceholderData && search.isSuccess;

  useEffect(() => {
    if (settled && first && !empty) announce(t("search.results", { n: first.total }));
  }, [settled, first, empty, t]);

  const openHit = useCallback(
    (hit: SearchHit) => {
      rememberSearch(text);
      setCursor(hit.id);
      goToMail({ thread: hit.thread, compose: null });
    },
    [text],
  );
  const focusHit = (id: string | undefined) => {
    if (id === undefined) return;
    setCursor(id);
    requestAnimationFrame(() =>
      results.current?.querySelector<HTMLElement>(`[data-hit="${CSS.escape(id)}"]`)?.focus(),
    );
  };
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = search;
  const loadMore = useMemo(
    () =>
      hasNextPage && !isFetchingNextPage
        ? () => {
            fetchNextPage().catch(() => undefined);
          }
        : null,
    [fetchNextPage, hasNextPage, isFetchingNextPage],
  );

  return (
    <div className={styles.pane}>
      <SearchField
        text={text}
        ms={settled && !empty && first ? first.ms : null}
        onChange={(next) => goToMail({ search: next, thread: null }, { replace: true })}
        onDown={() => focusHit(cursor ?? hits[0]?.id)}
        onEnter={() => {
          const [hit] = hits;
          if (hit) openHit(hit);
        }}
      />
      <CoverageBar coverage={first?.coverage ?? overview?.coverage ?? 1} overview={overview} />
      {first?.problem ? <p className={styles.problem}>{first.problem}</p> : null}
      <div className={styles.results} ref={results}>
        {empty ? (
          <EmptyField onPick={(next) => goToMail({ search: next }, { replace: true })} />
        ) : search.isError ? (
          <div className={styles.failed}>
            <Banner
              tone="red"
              action={
                <Button size="small" onClick={() => search.refetch().catch(() => undefined)}>
                  {t("common.tryAgain")}
                </Button>
              }
            >
              {t("search.failed")}
            </Banner>
          </div>
        ) : settled && hits.length === 0 ? (
          <NothingFound
            text={asked}
            onPick={(next) => goToMail({ search: next }, { replace: true })}
          />
        ) : hits.length > 0 ? (
          <>
            <h2 className={styles.kind}>
              {t("search.mail")}
              <span className={styles.kindCount}>{format.number(first?.total ?? hits.length)}</span>
            </h2>
            <HitList
              hits={hits}
              total={first?.total ?? hits.length}
              folders={folders}
              open={open}
              cursor={cursor}
              loadMore={loadMore}
              onOpen={openHit}
              onCursor={focusHit}
              onLeave={() => focusPane("list")}
            />
          </>
        ) : null}
      </div>
    </div>
  );
}

function useFolderNames(overview: Overview | undefined): ReadonlyMap<string, string> {
  const t = useT();
  return useMemo(
    () => new Map((overview?.folders ?? []).map((folder) => [folder.id, folderName(folder, t)])),
    [overview, t],
  );
}
